"""Fakes of the ports, for tests of the cores."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bot.errors import ModelRefused
from bot.model import EVERYTHING, Edition, Message, Passage, Scope
from indexer.errors import PageUnreadable, SourceUnavailable
from indexer.model import Block, Chunk, Indexed, PageKey


def passage(text: str = "Data is kept in object storage.", **fields: Any) -> Passage:
    """A passage with sensible values for all that a test does not care about."""
    number = fields.pop("number", 1)
    defaults: dict[str, Any] = {
        "title": f"Page {number}",
        "heading": f"Section {number}",
        "url": f"https://docs.example/p{number}#section-{number}",
        "path": f"p{number}.md",
        "score": 1.0 / number,
        "similarity": 0.6,
    }
    return Passage(text=text, **(defaults | fields))


class FakeRetriever:
    """Finds the passages it was given, and remembers what was searched."""

    def __init__(self, *passages: Passage, error: Exception | None = None) -> None:
        self.passages, self.error = passages, error
        self.queries: list[str] = []
        self.scopes: list[Scope] = []

    async def search(self, query: str, limit: int, *, scope: Scope | None = None) -> Sequence[Passage]:
        self.queries.append(query)
        self.scopes.append(scope or EVERYTHING)
        if self.error:
            raise self.error
        return [one for one in self.passages if self.scopes[-1].holds(_edition(one))][:limit]

    async def editions(self) -> Sequence[Edition]:
        return sorted({_edition(one) for one in self.passages}, key=lambda one: (one.source, one.version))


def _edition(passage: Passage) -> Edition:
    return Edition(source=passage.source, version=passage.version)


class FakeModel:
    """Writes the pieces it was given; ``error`` comes behind them."""

    name = "fake-model"

    def __init__(self, *pieces: str, error: Exception | None = None) -> None:
        self.pieces, self.error = pieces, error
        self.prompts: list[Sequence[Message]] = []
        self.efforts: list[str] = []
        self.closed = False

    async def stream(self, messages: Sequence[Message], *, effort: str = "") -> AsyncGenerator[str, None]:
        self.prompts.append(messages)
        self.efforts.append(effort)
        try:
            for piece in self.pieces:
                yield piece
            if self.error:
                raise self.error
        finally:
            self.closed = True

    async def structured(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> dict[str, Any]:
        raise ModelRefused("This model writes no objects.")


class FakeSource:
    """A source of files that a test changes between runs."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(files)
        self.unreadable: set[str] = set()
        self.down = False

    @contextmanager
    def open(self) -> Iterator["FakeSource"]:
        if self.down:
            raise SourceUnavailable("The documentation cannot be reached.")
        yield self

    revision = "1"

    def paths(self) -> Sequence[str]:
        return sorted(self.files)

    def read(self, path: str) -> str:
        if path in self.unreadable:
            raise PageUnreadable("is not UTF-8 text")
        return self.files[path]

    def address(self, path: str) -> str:
        return ""


class FakeEmbedder:
    """Vectors of length 2 from the text's length, counting what was embedded."""

    name, dim, fingerprint = "fake", 2, "fake-2"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def encode_documents(self, documents: Sequence[str]) -> Sequence[Sequence[float]]:
        self.embedded.extend(documents)
        return [[1.0, float(len(text))] for text in documents]


class FakeStore:
    """An index in memory; ``fail_after`` chunks it fails, as a killed process would leave it."""

    def __init__(self) -> None:
        self.rows: dict[tuple[PageKey, int], Chunk] = {}
        self.fail_after: int | None = None
        self.finished: list[tuple[int, int]] = []
        self.rolled_back = ""
        self.dense: dict[str, Sequence[float]] = {}
        self.elsewhere: Mapping[PageKey, Indexed] = {}
        """What is served while this index is being built."""

    def anew(self) -> None:
        if self.rows:
            self.elsewhere, self.rows = self.manifest(), {}

    def manifest(self) -> Mapping[PageKey, Indexed]:
        found: dict[PageKey, Indexed] = {}
        for key in {key for key, _ in self.rows}:
            marks = [(chunk.fingerprint, chunk.of) for (page, _), chunk in self.rows.items() if page == key]
            whole = len(set(marks)) == 1 and marks[0][1] == len(marks)
            found[key] = Indexed(fingerprint=marks[0][0] if whole else "", chunks=len(marks))
        return found

    def served(self) -> Mapping[PageKey, Indexed]:
        return self.elsewhere or self.manifest()

    @property
    def rebuilding(self) -> bool:
        return bool(self.elsewhere)

    def digests(self, keys: Sequence[PageKey]) -> Mapping[PageKey, set[str]]:
        return {key: {chunk.digest for (page, _), chunk in self.rows.items() if page == key} for key in keys}

    def vectors(self, digests: Sequence[str]) -> Mapping[str, Sequence[float]]:
        held = {chunk.digest for chunk in self.rows.values()}
        return {digest: self.dense[digest] for digest in digests if digest in held}

    def replace(self, chunks: Sequence[Chunk], vectors: Sequence[Sequence[float]]) -> None:
        assert len(chunks) == len(vectors)
        self.dense |= {chunk.digest: vector for chunk, vector in zip(chunks, vectors, strict=True)}
        for chunk in chunks:
            for key, ordinal in [place for place in self.rows if place[0] == chunk.key]:
                if ordinal >= chunk.of:
                    del self.rows[key, ordinal]
        for chunk in chunks:
            if self.fail_after == 0:
                raise KeyboardInterrupt
            if self.fail_after is not None:
                self.fail_after -= 1
            self.rows[chunk.key, chunk.ordinal] = chunk

    def remove(self, keys: Sequence[PageKey]) -> None:
        self.rows = {place: chunk for place, chunk in self.rows.items() if place[0] not in keys}

    def finish(self, *, pages: int, chunks: int) -> None:
        assert (pages, chunks) == (len({key for key, _ in self.rows}), len(self.rows))
        self.finished.append((pages, chunks))
        self.elsewhere = {}


class ParagraphParser:
    """Blocks between blank lines; ``# `` begins a heading."""

    def blocks(self, markdown: str) -> Sequence[Block]:
        if "BREAKS THE PARSER" in markdown:
            raise ValueError("planted")
        parts = [part.strip() for part in markdown.split("\n\n") if part.strip()]
        return [
            Block(kind="heading", text=part.lstrip("# "), level=len(part) - len(part.lstrip("#")))
            if part.startswith("#")
            else Block(kind="paragraph", text=part)
            for part in parts
        ]


class Quiet:
    """A watcher that counts."""

    def __init__(self) -> None:
        self.pages = self.written = 0

    def planned(self, pages: int) -> None:
        self.pages = pages

    def wrote(self, pages: int, chunks: int) -> None:
        self.written += pages
