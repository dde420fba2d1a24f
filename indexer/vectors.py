"""Gives chunks their vectors, and embeds no text twice that the index knows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter

from indexer.model import Chunk
from indexer.ports import Embedder

Vector = Sequence[float]


class Vectors:
    """The vectors of one run's chunks."""

    def __init__(self, embedder: Embedder, known: Mapping[str, Vector], repeated: Iterable[str]) -> None:
        """``known``: digest to vector; ``repeated``: digests that come in more than one batch."""
        self._embedder, self._known, self._repeated = embedder, dict(known), frozenset(repeated)
        self.embedded: Counter[str] = Counter()
        """How many texts were embedded, by source."""
        self.seconds = 0.0
        """How long that took."""

    def of(self, batch: Sequence[Chunk]) -> Sequence[Vector]:
        """One vector a chunk, in order. Raises EmbeddingUnavailable."""
        needed = {chunk.digest: chunk for chunk in batch if chunk.digest not in self._known}
        start = perf_counter()
        made = (
            self._embedder.encode_documents([chunk.embedded for chunk in needed.values()]) if needed else ()
        )
        self.seconds += perf_counter() - start
        self.embedded.update(chunk.key.source for chunk in needed.values())
        fresh = dict(zip(needed, made, strict=True))
        self._known.update({digest: fresh[digest] for digest in fresh.keys() & self._repeated})
        return [fresh[key] if (key := chunk.digest) in fresh else self._known[key] for chunk in batch]


def repeated(pages: Iterable[Sequence[Chunk]]) -> Iterable[str]:
    """Digests of texts that stand in these pages more than once."""
    counts = Counter(chunk.digest for chunks in pages for chunk in chunks)
    return (digest for digest, count in counts.items() if count > 1)
