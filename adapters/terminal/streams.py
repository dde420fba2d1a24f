"""Standard input and output as they really are: closed, full, or in an encoding that lacks characters."""

import os
import re
import sys
from contextlib import suppress
from io import TextIOWrapper

# Line breaks and tabs are left: they steer nothing.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def prepare() -> None:
    """Give the process streams that never fail on a character, and some where it has none."""
    for name, mode, errors in (
        ("stdin", "r", "surrogateescape"),
        ("stdout", "w", "replace"),
        ("stderr", "w", "replace"),
    ):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us (`docent ask ... >&-`)
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - open as long as the process
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)


def abandon_output() -> None:
    """Write nothing more: what is still buffered would fail again when the process ends."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):  # an output without a file, as in tests, has nothing to abandon
        os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)


def plain(text: str) -> str:
    """``text`` without the control characters by which a page or a model could steer the terminal."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """The same on one line: file names may hold line breaks."""
    return plain(re.sub(r"[\r\n\t\u2028\u2029]+", " ", text))


def typed(text: str) -> str:
    """What somebody typed: its bytes as UTF-8, whatever encoding the system believes in."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
