"""The words of a card, its buttons and their forms, for every platform to draw in its own way (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from bot.model import Answer
from bot.support import team_phrases as phrases
from bot.support.handoffs import OVER, Case, HandOff

Action = Literal["claim", "reply", "details", "resolve", "not_support", "approve", "take_back"]
ACTIONS: tuple[Action, ...] = get_args(Action)
WORKING: Mapping[Action, str] = {
    "claim": "Claim",
    "reply": "Reply",
    "details": "Ask for details",
    "resolve": "Resolve",
    "not_support": "Not support",
}
"""What can be done with a question that is not over; like the others in the order in which it is shown."""
HELD_ALREADY: Mapping[Action, str] = {action: label for action, label in WORKING.items() if action != "claim"}
APPROVING: Mapping[Action, str] = {"approve": "Approve as answer"}
APPROVED_ALREADY: Mapping[Action, str] = {"approve": "Edit the answer", "take_back": "Take the answer back"}
OUTCOME_CHARS = 500
UNSURE_BELOW = 0.6
"""Below this confidence a category is wrong more often than right (benchmarks/triage.md)."""
UNSURE = "category unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What somebody fills in who pressed a button."""

    title: str
    label: str
    send: str
    """What its own button says, where a platform lets that be said."""
    most: int
    """How many characters are taken; 0 for as many as the platform takes."""
    given: str = ""
    """What stands there already."""


APPROVAL = Form(title="Approve as answer", label="The answer", send="Approve", most=0)
APPROVAL_HINT = "Others find this text; take out what concerns only this person."
APPROVED = "Approved as an answer."
SIMILAR = "Similar questions"
FORMS: Mapping[Action, Form] = {
    "reply": Form(
        title="Reply in the thread", label="What shall the thread read, in your name?", send="Post", most=0
    ),
    "details": Form(
        title="Ask for details", label="What do you need to know?", send="Post", most=0, given=phrases.DETAILS
    ),
    "resolve": Form(title="Resolve", label="What came of it, in a line?", send="Resolve", most=OUTCOME_CHARS),
}


def offered(hand_off: HandOff) -> Mapping[Action, str]:
    """The buttons of a card with what they say."""
    match hand_off.state:
        case "open":
            return WORKING
        case "resolved":
            return APPROVING if hand_off.approved_at is None else APPROVED_ALREADY
        case "not_support":
            return {}
        case _:
            return HELD_ALREADY


def title(case: Case, limit: int) -> str:
    """The case in one plain line; a question that was deleted is not repeated."""
    gone = case.entry.state == "withdrawn"
    text = phrases.WITHDRAWN if gone else case.hand_off.summary or case.entry.text
    line = " ".join(text.split()) or "No text"
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def kind(hand_off: HandOff) -> str:
    """Category, severity and component, in plain words, and whether the category is hardly known."""
    doubt = UNSURE if hand_off.category and hand_off.confidence < UNSURE_BELOW else ""
    parts = (hand_off.category or "not sorted", hand_off.severity, hand_off.component, doubt)
    return " · ".join(" ".join(part.split()) for part in parts if part)


def tried(answer: Answer) -> str:
    """What Docent did with the question, in plain words."""
    doubt = ", uncertain" if answer.uncertain else ""
    return f"What Docent answered ({answer.kind.replace('_', ' ')}{doubt})"


def ended(hand_off: HandOff, limit: int) -> str:
    """What came of a similar question, in plain words."""
    if hand_off.state not in OVER:
        return "open now" if hand_off.state == "open" else "open now, somebody has it"
    if hand_off.state == "not_support":
        return "not a question for support"
    return " ".join(hand_off.outcome.split())[:limit] or "resolved"


def standing(hand_off: HandOff, owner: str, outcome: str) -> str:
    """How it stands, in plain words with ``owner`` and the ``outcome`` as the platform writes them."""
    match hand_off.state:
        case "open":
            return "Nobody has claimed this yet."
        case "claimed":
            return f"{owner} has this."
        case "details_asked":
            return f"{owner} has asked for details."
        case "resolved":
            known = "" if hand_off.approved_at is None else f" {APPROVED}"
            return f"{owner} has resolved this: {outcome}{known}"
        case _:
            return f"{owner} has closed this: no question for support."
