"""Finds out which process holds a file lock, to name it to people."""

import fcntl
import os
import re
from pathlib import Path


def lock_holder(lock: Path) -> str:
    """The process that holds ``lock``, such as ``process 42 (docent chat)``; empty where it is free."""
    inode = _held(lock)
    return _named(_pid_of(inode)) if inode is not None else ""


def held_by(lock: Path, pid: int) -> bool:
    """Whether the process ``pid`` holds ``lock``; where nobody can tell who does, whether it lives."""
    inode = _held(lock)
    if inode is None:
        return False
    holder = _pid_of(inode)
    return holder == pid if holder is not None else _lives(pid)


def _held(lock: Path) -> int | None:
    """The inode of ``lock`` where a process holds it."""
    try:
        handle = os.open(lock, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return os.fstat(handle).st_ino
    else:
        return None
    finally:
        os.close(handle)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return pid > 0


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
