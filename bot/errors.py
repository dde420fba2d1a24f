"""Everything that can keep a question from being answered, and the sentence people read then."""


class AnswerError(Exception):
    """A question could not be answered. ``str()`` is for logs; people read :func:`sentence`."""


class RetrievalUnavailable(AnswerError):
    """The index cannot be searched: missing, locked, unreachable, or made with another model."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        """What the operator does next, as a sentence; empty where nothing is known."""


class ModelUnavailable(AnswerError):
    """The chat model's server did not answer: refused, timed out, overloaded, broken stream."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class ModelRefused(ModelUnavailable):
    """The server answered and said no: wrong key, unknown model, a request it does not take."""


class DeadlineExceeded(AnswerError):
    """The time for one answer is over."""


class EmptyQuestion(AnswerError):
    """There is nothing to answer."""


class UnknownScope(AnswerError):
    """A question was kept to a source, or a version, that the index does not hold."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class LedgerUnavailable(AnswerError):
    """The ledger cannot be read or written: its database is down, full, locked or too old."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class SurfaceUnavailable(Exception):
    """A platform did not take what was to be shown, or did not give what was asked for.

    ``str()`` is for logs: nobody can be told where the platform itself does not answer.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
        """Whether it may work later: the platform is down, and not the channel gone."""


def sentence(error: AnswerError) -> str:
    """What people read when ``error`` ended their question; never a vendor's exception text."""
    match error:
        case RetrievalUnavailable() | ModelUnavailable() | LedgerUnavailable() | UnknownScope():
            return " ".join(part for part in (error.reason, error.advice) if part)
        case DeadlineExceeded():
            return "This took longer than one answer may take. Please try again, or ask something narrower."
        case EmptyQuestion():
            return "Ask me a question about the documentation, for example: How is data stored?"
        case _:
            return "Something went wrong on our side. Please ask again."
