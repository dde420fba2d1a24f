"""``docent ledger``: what left the ledger, and what the support team has approved."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from adapters.terminal.streams import one_line
from bot.channels.forgetting import Purged
from bot.support.handoffs import Approved

SHORT = 8
LINE_CHARS = 100


def show_purged(purged: Purged, *, dry_run: bool, as_json: bool) -> None:
    """What left, or would."""
    counts = {
        "questions": purged.questions,
        "ratings": purged.ratings,
        "hand_offs": purged.hand_offs,
        "withdrawn": len(purged.withdrawn),
    }
    if as_json:
        print(json.dumps(counts | {"dry_run": dry_run}))
        return
    begin = "Would leave" if dry_run else "Left the ledger"
    cards = _counted(purged.hand_offs, "card")
    print(f"{begin}: {_counted(purged.questions, 'question')}, {_counted(purged.ratings, 'rating')}, {cards}")
    if purged.withdrawn:
        print(f"Not done yet, and so withdrawn and emptied: {_counted(len(purged.withdrawn), 'question')}")


def show_approved(answers: Sequence[Approved], *, as_json: bool) -> None:
    """The answers, latest first."""
    if as_json:
        print(json.dumps({"approved": [asdict(one) for one in answers]}, ensure_ascii=False, indent=2))
        return
    for one in answers:
        day = datetime.fromtimestamp(one.at, UTC).date().isoformat()
        print(one_line(f"{one.ref[:SHORT]}  {day}  {one.question[:LINE_CHARS]}"))
        print(one_line(f"          {one.answer[:LINE_CHARS]}"))
    if not answers:
        print("Nothing is approved yet.")


def show_taken_back(answer: Approved) -> None:
    """What is no answer any more."""
    print(one_line(f"No answer any more: {answer.question[:LINE_CHARS]}"))
    print("The next indexing run takes it out of the index: `docent index`.")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
