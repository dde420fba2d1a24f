"""The support team's approved answers as documentation: one page each, read from the ledger."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError

from adapters.index_history_tables import opened
from adapters.ledger.connection import SQLITE, file_of, parsed
from adapters.ledger.tables import approvals
from bot.errors import LedgerUnavailable
from bot.support.handoffs import Approved
from indexer.errors import SourceUnavailable
from indexer.ports import Tree

UNREADABLE = "The ledger cannot be read, so the approved answers stay as they are; `docent doctor` checks it."
ASKED_CHARS = 80
"""Of the question, in the title: who answered and when stands behind it and must not be cut off below an
answer. In front it would cost more of the likeness to what people ask (0.05 of cosine, and 0.02 here)."""
_CODE = re.compile(
    r"(^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)|`[^`\n]+`)", re.DOTALL | re.MULTILINE
)
_MARKUP = re.compile(r"^([ \t]*)(?=#{1,6}(?:\s|$)|(?:-{3,}|={3,})[ \t]*$)|<", re.MULTILINE)


class ApprovedTree:
    """The pages of one moment; implements ``indexer.ports.Tree``."""

    def __init__(self, answers: Sequence[Approved]) -> None:
        self._answers: Mapping[str, Approved] = {f"{one.ref}.md": one for one in answers}
        self._pages = {path: page(one) for path, one in self._answers.items()}

    @property
    def revision(self) -> str:
        """Hash of all that is approved."""
        parts = [f"{path}\0{text}\0{self.address(path)}" for path, text in sorted(self._pages.items())]
        return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def paths(self) -> Sequence[str]:
        """One an answer, sorted."""
        return sorted(self._pages)

    def read(self, path: str) -> str:
        """The page of an answer."""
        return self._pages[path]

    def address(self, path: str) -> str:
        """The thread that the answer came of."""
        return self._answers[path].url


class ApprovedSource:
    """Implements ``indexer.ports.Source``. The ledger alone decides: no answer left, no page left."""

    def __init__(self, url: str) -> None:
        """``url`` as in ``[ledger]``."""
        self._url = url

    def needed(self) -> bool:
        """Whether there is anything to read. Raises SourceUnavailable where the ledger cannot tell."""
        return bool(self._read())

    @contextmanager
    def open(self) -> Iterator[Tree]:
        """The answers as they are now. Raises SourceUnavailable."""
        yield ApprovedTree(self._read())

    def _read(self) -> Sequence[Approved]:
        try:
            address = parsed(self._url)
            if address.drivername == SQLITE and not file_of(address).exists():
                return ()
            engine = opened(self._url)
            try:
                with engine.connect() as connection:
                    # A ledger that no service has used since an update, or at all, has no such table.
                    if not inspect(connection).has_table(approvals.name):
                        return ()
                    rows = connection.execute(select(approvals).order_by(approvals.c.ref)).mappings()
                    return [_answer(row) for row in rows]
            finally:
                engine.dispose()
        except (SQLAlchemyError, LedgerUnavailable, OSError) as error:
            raise SourceUnavailable(UNREADABLE) from error


def page(answer: Approved) -> str:
    """The Markdown page of an answer. It has no heading, so that its address gets no anchor."""
    when = datetime.fromtimestamp(answer.at, UTC)
    asked = " ".join(answer.question.split())
    short = asked if len(asked) <= ASKED_CHARS else f"{asked[: ASKED_CHARS - 1]}…"
    whole = "" if short == asked else f"{_plain(asked)}\n\n"
    title = f"{short} (support team, {when.day} {when:%B %Y})"
    return f"---\ntitle: {title}\n---\n{whole}{_plain(answer.answer)}\n"


def _plain(text: str) -> str:
    """``text`` with its code as it is, and nothing else read as HTML, a heading or front matter."""
    parts = _CODE.split(text.strip())
    # Two groups: every third part is text, then come the code and its fence.
    return "".join(
        part if number % 3 else _MARKUP.sub(lambda found: found[0] + "\\" if found[0] != "<" else "\\<", part)
        for number, part in enumerate(parts)
        if number % 3 != 2
    )


def _answer(row: Mapping[Any, Any]) -> Approved:
    return Approved(**{str(name): value for name, value in row.items()})
