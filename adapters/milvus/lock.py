"""Finds out which process holds a file lock, to name it to people."""

import fcntl
import os
import re
from pathlib import Path


def lock_holder(lock: Path) -> str:
    """The process that holds ``lock``, such as ``process 42 (docent chat)``; empty where it is free."""
    try:
        handle = os.open(lock, os.O_RDWR)
    except OSError:
        return ""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return _named(_pid_of(os.fstat(handle).st_ino))
    else:
        return ""
    finally:
        os.close(handle)


def _named(pid: int | None) -> str:
    if pid is None:
        return "another process"
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return f"process {pid}"
    # Arguments beyond the command may hold what somebody asked, so two plain words have to do.
    names = [Path(word).name for word in words if "python" not in Path(word).name]
    names = [name for name in names if re.fullmatch(r"\w[\w.-]{0,40}", name)][:2]
    return f"process {pid} ({' '.join(names)})" if names else f"process {pid}"


def _pid_of(inode: int) -> int | None:
    """The holder as Linux lists it; elsewhere nothing is known."""
    try:
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        fields = line.split()
        if len(fields) > 5 and fields[1] == "FLOCK" and fields[5].endswith(f":{inode}"):
            return int(fields[4])
    return None
