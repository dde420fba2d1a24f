"""What somebody at a terminal sees of an answer."""

import io
import signal
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from adapters.terminal.answers import Terminal, label
from adapters.terminal.interrupts import remembered
from bot.errors import ModelUnavailable
from bot.model import Answer, Citation, Delta, Event, Notice, Progress

SOURCE = Citation(number=1, title="Storage", heading="Data", url="https://docs.example/storage#data")


class Watched(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


async def happening(*events: Event, error: Exception | None = None) -> AsyncGenerator[Event, None]:
    for event in events:
        yield event
    if error:
        raise error


async def test_streamed_text_is_shown_once_and_the_sources_below_it() -> None:
    out, err = io.StringIO(), io.StringIO()
    answer = Answer(text="In object storage [1].", kind="answered", citations=(SOURCE,))
    shown = await Terminal(out, err).show(
        happening(Progress(step="Searching"), Delta(text="In object "), Delta(text="storage [1]."), answer)
    )
    assert shown is answer
    assert out.getvalue() == (
        "In object storage [1].\n\nSources\n  [1] Storage > Data\n      https://docs.example/storage#data\n"
    )
    assert err.getvalue() == ""


async def test_square_brackets_of_an_answer_are_no_formatting() -> None:
    out = io.StringIO()
    await Terminal(out, io.StringIO()).show(
        happening(
            Delta(text="[bold]x[/bold] [link=https://evil.example]y[/]"), Answer(text="", kind="answered")
        )
    )
    assert "[bold]x[/bold] [link=https://evil.example]y[/]" in out.getvalue()


async def test_a_page_or_a_model_cannot_steer_the_terminal() -> None:
    out = io.StringIO()
    hostile = Citation(number=1, title="\x1b[2JT", heading="", url="u\x07")
    await Terminal(out, io.StringIO()).show(
        happening(Delta(text="a\x1b]0;owned\x07b"), Answer(text="", kind="answered", citations=(hostile,)))
    )
    assert not {"\x1b", "\x07"} & set(out.getvalue())


async def test_on_a_terminal_an_extract_wraps_instead_of_being_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    out = Watched()
    text = (
        "- **Inserted data** is stored in object storage as an incremental log, word after word to the end."
    )
    await Terminal(out, io.StringIO()).show(happening(Answer(text=text, kind="extract")))
    assert "end." in out.getvalue()


async def test_the_same_notice_is_said_once_in_a_conversation() -> None:
    err = io.StringIO()
    terminal = Terminal(io.StringIO(), err)
    for _ in range(3):
        await terminal.show(happening(Notice(text="No model server."), Answer(text="x", kind="extract")))
    assert err.getvalue() == "No model server.\n"


async def test_what_was_streamed_before_an_error_stays_on_a_line_of_its_own() -> None:
    out = io.StringIO()
    with pytest.raises(ModelUnavailable):
        await Terminal(out, io.StringIO()).show(
            happening(Delta(text="Half an"), error=ModelUnavailable("Broke off."))
        )
    assert out.getvalue() == "Half an\n"


@pytest.mark.parametrize(
    ("title", "heading", "shown"),
    [("T", "", "T"), ("T", "T", "T"), ("T", "A > B", "T > A > B"), ("T", "T > A", "T > A")],
)
def test_a_section_is_named_by_its_page_and_headings(title: str, heading: str, shown: str) -> None:
    section = Citation(number=1, title=title, heading=heading, url="u")
    assert label(section) == shown
    assert label(replace(section, version="2.6")) == f"{shown} (2.6)"


async def test_an_error_before_the_first_word_leaves_the_output_empty() -> None:
    out, err = io.StringIO(), Watched()
    with pytest.raises(ModelUnavailable):
        await Terminal(out, err).show(
            happening(Progress(step="Reading [/nope] [red]\x1b[2J"), error=ModelUnavailable("Gone."))
        )
    assert out.getvalue() == ""
    assert "\x1b[2J" not in err.getvalue()


def test_ctrl_c_that_a_destructor_swallowed_is_raised_again():
    class Swallows:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    heard = []
    hook, sys.unraisablehook = sys.unraisablehook, heard.append
    try:
        with remembered() as check:
            check()
            Swallows()
            with pytest.raises(KeyboardInterrupt):
                check()
    finally:
        sys.unraisablehook = hook
    assert len(heard) == 1, "it was swallowed the first time"
