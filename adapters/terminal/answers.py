"""The terminal as a surface: events in, text out; colour and progress only where a person watches."""

import sys
from collections.abc import AsyncGenerator, Sequence
from typing import TextIO

from rich.console import Console
from rich.markdown import Markdown
from rich.status import Status
from rich.text import Text

from adapters.source_labels import versioned
from adapters.terminal.streams import one_line, plain
from bot.errors import AnswerError
from bot.model import Answer, Citation, Delta, Event, Notice, Passage, Progress


class Terminal:
    """Shows answers on ``out`` and everything about them on ``err``."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        """Standard output and standard error unless told otherwise."""
        self._out = Console(file=out or sys.stdout, soft_wrap=True, highlight=False)
        self._err = Console(file=err or sys.stderr, soft_wrap=True, highlight=False)
        self._noticed: set[str] = set()
        self._streaming = False
        """Whether the answer's text has begun to appear."""

    async def show(self, events: AsyncGenerator[Event, None]) -> Answer:
        """Stream one answer with its sources. Raises AnswerError as the events do."""
        status = self._err.status("") if self._err.is_terminal else None
        try:
            return await self._show(events, status)
        except AnswerError:
            self._stop(status)
            if self._streaming:
                self._out.print()
            raise
        finally:
            self._stop(status)

    def sources(self, citations: Sequence[Citation]) -> None:
        """The numbered list below an answer."""
        if not citations:
            return
        self._out.print("\nSources", style="bold")
        for citation in citations:
            self._out.print(f"  [{citation.number}] {plain(label(citation))}", markup=False)
            self._out.print(f"      {plain(citation.url)}", style="cyan", markup=False)

    async def _show(self, events: AsyncGenerator[Event, None], status: Status | None) -> Answer:
        self._streaming = False
        async for event in events:
            match event:
                case Progress(step=step):
                    self._progress(status, step)
                case Notice(text=text):
                    self._stop(status)
                    self._notice(text)
                case Delta(text=text):
                    self._stop(status)
                    self._streaming = True
                    self._out.print(plain(text), end="", markup=False)
                    self._out.file.flush()
                case Answer() as answer:
                    self._stop(status)
                    self._finish(answer)
        return answer

    def _notice(self, text: str) -> None:
        # In a conversation a model server that is down is worth one line, not one an answer.
        if text not in self._noticed:
            self._noticed.add(text)
            self._err.print(plain(text), style="yellow", markup=False)

    def _finish(self, answer: Answer) -> None:
        if self._streaming:
            self._out.print()
        elif self._out.is_terminal:
            self._out.print(Markdown(plain(answer.text)), soft_wrap=False)
        else:
            self._out.print(plain(answer.text), markup=False)
        self.sources(answer.citations)

    def _progress(self, status: Status | None, step: str) -> None:
        if status is not None:
            status.update(Text(f"{one_line(step)} ..."))
            status.start()

    def _stop(self, status: Status | None) -> None:
        if status is not None:
            status.stop()


def label(section: Citation | Passage) -> str:
    """A section's name for people: title, the headings below it, the version that it is for."""
    title, heading = section.title, section.heading
    if not heading or heading == title:
        name = title
    else:
        name = heading if heading.startswith(f"{title} > ") else f"{title} > {heading}"
    return versioned(name, section.version)
