"""A PostgreSQL server of a test's own, from Debian's package, on a free port of this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "s3cret-pass"
SETTINGS = "-c listen_addresses=127.0.0.1 -c fsync=on -c log_min_messages=panic"


class Postgres:
    """A cluster in a folder that is removed at the end."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder, self._programs = folder, programs
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address, with the password."""
        return f"postgresql+psycopg://docent:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def database(self, name: str) -> str:
        """The address of a new and empty database."""
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "docent", name)
        return self.url.replace("/postgres", f"/{name}")

    def init(self) -> None:
        """Make the cluster."""
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        shutil.chown(self._folder, *_user()) if os.geteuid() == 0 else None
        secret.chmod(0o644)
        data = str(self._folder / "data")
        self.run(
            "initdb", "-D", data, "-U", "docent", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8"
        )

    def start(self) -> None:
        """Begin to serve."""
        options = f"-p {self.port} -k {self._folder} {SETTINGS}"
        self._control("start", "-l", str(self._folder / "log"), "-o", options)

    def stop(self) -> None:
        """End, cutting off whoever is connected."""
        self._control("stop", "-m", "immediate")

    def pid(self) -> int:
        """The process that accepts connections."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as a user that it accepts: it refuses root."""
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            preexec_fn=_become_postgres if os.geteuid() == 0 else None,
            cwd=self._folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGPASSWORD": PASSWORD},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, f"{program} failed: {done.stderr.decode()[-500:]}"

    def _control(self, action: str, *arguments: str) -> None:
        self.run("pg_ctl", action, "-D", str(self._folder / "data"), "-w", "-t", "90", "-s", *arguments)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server that runs within; skips the test where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="docent-pg-"))
    server = Postgres(folder, found[-1].parent)
    try:
        server.init()
        server.start()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder)


def _user() -> tuple[int, int]:
    import pwd

    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("there is no user postgres to run PostgreSQL as: it refuses root")
    return user.pw_uid, user.pw_gid


def _become_postgres() -> None:
    uid, gid = _user()
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
