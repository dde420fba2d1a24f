"""The words for what leaves the ledger: what is too old, and what is one person's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """What shall leave: what is older, what is one person's, or what is both."""

    before: float | None = None
    """Seconds since the epoch; None for whatever age."""
    platform: str = ""
    person: str = ""
    """By the id of ``platform``; empty for everybody, and then what is under way is kept until it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What left the ledger, or would."""

    questions: int = 0
    """With their answers."""
    ratings: int = 0
    hand_offs: int = 0
    withdrawn: tuple[str, ...] = ()
    """The refs of those of a person's questions that were under way: emptied, and answered no more."""


GONE = "I have removed what my ledger knew of you: {what}."
NOTHING = "My ledger knows nothing of you."
WITHDRAWN = "What was not done yet is withdrawn; ask again if you still want to know."
STAYS = (
    "What stays: the messages in the channels, yours and mine, which can be deleted there, and answers that "
    "the support team has approved, which do not name you."
)


def told(purged: Purged) -> str:
    """What somebody reads who wanted to be forgotten."""
    counted = [
        _counted(purged.questions, "question with what became of it", "questions with what became of them"),
        _counted(purged.ratings, "rating", "ratings"),
        _counted(purged.hand_offs, "card of the support team's", "cards of the support team's"),
    ]
    what = ", ".join(part for part in counted if part)
    sentences = [GONE.format(what=what) if what else NOTHING, WITHDRAWN if purged.withdrawn else "", STAYS]
    return " ".join(filter(None, sentences))


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""
