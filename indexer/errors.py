"""Everything that can stop an indexing run. ``str()`` of each is a sentence for the operator."""


class IndexingError(Exception):
    """A run stopped; what was served before is still served."""


class SourceUnavailable(IndexingError):
    """A source cannot be read at all: nothing is changed."""


class PageUnreadable(IndexingError):
    """One page cannot be read (too large, binary, not UTF-8): the run goes on without it."""


class StoreUnavailable(IndexingError):
    """The vector database cannot be opened, read or written."""


class EmbeddingUnavailable(IndexingError):
    """The embedding model cannot be loaded or does not answer."""


class SuspiciousPlan(IndexingError):
    """The plan would remove most of a source; it says which flag allows it."""


class RolledBack(IndexingError):
    """An earlier index was put back by hand: runs wait until somebody says otherwise."""


class IndexBusy(IndexingError):
    """Another run is at work; it says whose."""


class HistoryUnavailable(IndexingError):
    """Where runs are remembered cannot be used; a run itself does without."""


class ScheduleUnusable(IndexingError):
    """The times at which sources shall be read cannot be understood, or never come."""
