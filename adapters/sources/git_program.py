"""Runs the git program without a shell, prompts or hooks, and explains in words why it failed."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from adapters.sources.address import masked
from indexer.errors import SourceUnavailable

# Nothing a repository or its server says may run a program here, and no process outlives the call.
_HARDENED = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "submodule.recurse=false",
    "gc.autoDetach=false",
    "advice.detachedHead=false",
)
# Set by git around its own hooks: inherited, they would send our commands to another repository.
_FOREIGN = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)

_NO_CONFIG: Mapping[str, str] = {}

# What git says of the other side, of the network and of the disk; anything else is about the clone itself.
_TROUBLES = (
    (
        r"could not read (Username|Password)|Authentication failed|Permission denied \(|error: 40[13]"
        r"|terminal prompts disabled|Access denied",
        "wants credentials, or there is no such repository. Check the address, and give git access to it "
        "(an SSH key, or a credential helper).",
    ),
    (
        r"Host key verification failed|REMOTE HOST IDENTIFICATION",
        "has an SSH host key that is not known here. Add it to known_hosts.",
    ),
    (
        r"transport '.*' not allowed",
        "uses a protocol that is not allowed: use https or ssh, or name a folder.",
    ),
    (r"error: 30[12378]", "is redirected to where no repository can be read from. Check the address."),
    (
        r"does not look like a v\d|lacks these prerequisite|unrecognized (header|bundle)|bundle.*corrupt"
        r"|not a bundle|invalid gitfile format|index-pack died",
        "is not a complete git bundle. Write it anew with 'git bundle create docs.bundle --all'.",
    ),
    (
        r"does not appear to be a git repository|[Rr]epository.*not found|' not found|does not exist"
        r"|not exported|error: 404|not valid: is this a git repository",
        "is not a git repository. Check the address.",
    ),
    (r"dubious ownership", "belongs to another user: add it to git's safe.directory."),
    (
        r"unable to (access|connect|look up)|Could not resolve|Connection (refused|timed out|reset|closed)"
        r"|Network is unreachable|No route to host|early EOF|hung up|[Uu]nexpected disconnect",
        "cannot be reached, or the connection broke. Check the address and the network, then try again.",
    ),
    (r"No space left on device|Disk quota exceeded", "cannot be stored: the disk is full."),
    # Of a file that did not fit it says only this.
    (r"unable to write|write error", "cannot be stored: the disk is full, or may not be written."),
)


class GitError(Exception):
    """Git ended with an error; ``str()`` is what it wrote, addresses masked."""

    def trouble(self) -> str:
        """Why, as the rest of a sentence about the repository; empty if the clone itself is to blame."""
        return next((words for pattern, words in _TROUBLES if re.search(pattern, str(self))), "")

    def redirected(self) -> bool:
        """Whether the server named another address, which git was told not to follow."""
        return bool(re.search(r"error: 30[12378]", str(self)))

    def unavailable(self, address: str) -> SourceUnavailable:
        """The whole sentence; ``address`` already masked."""
        lines = [line for line in str(self).splitlines() if line.startswith(("fatal:", "error:"))]
        said = lines[-1].partition(": ")[2] if lines else "no reason was given"
        return SourceUnavailable(
            f"The git repository '{address}' {self.trouble() or f'cannot be read. Git says: {said}'}"
        )


def run_git(
    *arguments: str, cwd: Path | None = None, timeout: float, config: Mapping[str, str] = _NO_CONFIG
) -> str:
    """What git printed; ``cwd`` defaults to a folder outside of any repository.

    ``config`` goes to git through its environment, so that no list of processes shows a secret in it.

    Raises GitError, and SourceUnavailable where git is not installed or takes over ``timeout`` seconds.
    """
    options = [part for option in _HARDENED for part in ("-c", option)]
    try:
        process = subprocess.Popen(
            ["git", *options, *arguments],
            cwd=cwd or os.sep,
            env=_environment(config),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # without a terminal ssh cannot ask either, and all of it ends together
        )
    except OSError as error:
        raise SourceUnavailable(
            "The git program cannot be started: install git, or give the documentation as a folder or .zip."
        ) from error
    out, err = _finished(process, timeout)
    if process.returncode:
        raise GitError(masked(err.decode("utf-8", "replace")))
    return out.decode("utf-8", "surrogateescape")


def _finished(process: subprocess.Popen[bytes], timeout: float) -> tuple[bytes, bytes]:
    with process:
        try:
            return process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise SourceUnavailable(
                f"Git did not finish within {timeout:g} seconds. Check the address, then try again."
            ) from error
        except BaseException:  # Ctrl-C
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment(config: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    given = kept.get("GIT_CONFIG_COUNT", "")
    first = int(given) if given.isdecimal() else 0
    for number, (key, value) in enumerate(config.items(), first):
        kept |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return kept | {
        "GIT_CONFIG_COUNT": str(first + len(config)),
        "GIT_TERMINAL_PROMPT": "0",
        "GCM_INTERACTIVE": "never",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        "LC_ALL": "C",  # its errors are recognised by their English words
        "LANGUAGE": "C",
    }
