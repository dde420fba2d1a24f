"""The sentences around a hand-off: what the asker, the thread and the team read."""

from bot.support.handoffs import HELD, HandOff, Reason

CALLED = "I have asked the support team to look at this. They will answer here."
CALLED_BEFORE = "The support team has been asked already. They will answer here."
TAKEN_BEFORE = "Somebody of the support team is on this already. They will answer here."
OVER_BEFORE = "The support team has closed this question. Ask again if something is still open."
QUEUED = "The support team has many questions just now. Yours is on their list; they will answer here."
NO_TEAM = "No support team is set up here yet. Please ask in the channel, or ask an admin to set one up."
NOT_REACHED = (
    "I could not reach the support team's channel just now. I will go on trying; if it is urgent, "
    "please ask in the channel, too."
)
NOT_KEPT = "I could not reach the support team just now. Please try again in a minute, or ask in the channel."
SWITCHED_OFF = "The support team is not called this way here. Please ask in the channel."

THREAD: dict[Reason, str] = {
    "uncertain_twice": "I was not sure twice, so I have asked the support team to look at this.",
    "thumbs_down": "That did not help, so I have asked the support team to look at this.",
    "urgent": "This sounds urgent, so I have asked the support team to look at it now.",
}
"""What a thread reads when the team was called though nobody pressed for it."""
WHY: dict[Reason, str] = {
    "asked": "asks for a human",
    "uncertain_twice": "got two uncertain answers",
    "thumbs_down": "was not helped by the answer",
    "urgent": "reports something critical",
    "triage_only": "wrote this",
}
"""Why a card is there, behind the name of the person."""

CLAIMED = "{person} of the support team has taken this on. I step back; mention me if you want me."
WRITES = "{person} of the support team:"
ASKS = "{person} of the support team asks for more details:"
DETAILS = (
    "Which version do you run, how is it deployed, what exactly did you do, and what does the log say then?"
)
RESOLVED = "{person} of the support team has marked this as resolved:"
REFUSED = "The support team does not take this question on. {person} says:"
NOT_OURS = "It is not a question for support."
HEARD = "There is an answer in the thread."
WITHDRAWN = "The question was deleted by who asked it."

STRANGER = (
    "Only the support team can do that: the members of its channel, and people whom the operator named."
)
UNKNOWN = "I do not know this card any more: its question was deleted from the ledger."
DOWN = "I cannot reach my ledger just now, so nothing has changed. Please press again in a minute."
YOURS_ALREADY = "You have this already."
UNTOLD = (
    "That is noted, but I could not write into the thread: it was deleted, or I am not in that channel any "
    "more. Please tell the person yourself."
)
NOT_SAID = (
    "I could not write into the thread: it was deleted, or I am not in that channel any more. Your text was: "
    "{text}"
)
SAID_NOT_KEPT = (
    "Your text stands in the thread, but I cannot reach my ledger just now: the card does not know of it. "
    "Please press Claim in a minute."
)
NOTHING_SAID = "There was no text, so I have posted nothing."
NO_OUTCOME = (
    "Please say in a few words what came of it: the thread reads them, and who asks this next. Nothing has "
    "changed; press Resolve again."
)
TRIAGED = "I have put this on the support team's list."
TRIAGED_BEFORE = "This is on the support team's list already."
NOT_RESOLVED = "Resolve it first: what came of it can then become an answer for others."
NOTHING_TO_APPROVE = "An answer needs both: the question, and what answers it. Nothing was approved."
APPROVED = (
    "Approved. I am reading it in now; whoever asks this from then on gets your answer, with a link to the "
    "thread."
)
APPROVED_FOR_LATER = (
    "Approved. The next indexing run reads it in; whoever asks this from then on gets your answer, with a "
    "link to the thread."
)
TAKEN_BACK = "That is no answer for others any more; I am taking it out of the index."
TAKEN_BACK_LATER = "That is no answer for others any more; the next indexing run takes it out of the index."
NOT_APPROVED = "This is no approved answer."
NOTHING_OPEN = "Nothing is open. Well done."
BACKLOG = "{count} more questions wait for their card; `/docent triage` lists the most severe now."


def called_before(hand_off: HandOff) -> str:
    """For who wants a person for a question that was handed over before."""
    if hand_off.state in HELD:
        return TAKEN_BEFORE
    return CALLED_BEFORE if hand_off.state == "open" else OVER_BEFORE


def too_late(hand_off: HandOff, person: str) -> str:
    """For a press that came after somebody else's; both platforms show ``<@id>`` as a name."""
    owner = f"<@{hand_off.owner}>" if hand_off.owner else "Somebody"
    match hand_off.state:
        case "resolved":
            return f"{owner} has resolved this already."
        case "not_support":
            return f"{owner} has closed this already as no question for support."
        case _ if hand_off.owner == person:
            return YOURS_ALREADY
        case _:
            return f"{owner} has this already."


def age(seconds: float) -> str:
    """``5 min``, ``3 h`` or ``2 days``."""
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"


def reminder(hand_off: HandOff, now: float, *, escalated: bool) -> str:
    """What the team reads below a card that waits."""
    if hand_off.state != "open":
        had = f"his has been with you for {age(now - (hand_off.claimed_at or now))}. Is it resolved?"
        return f"No details have come yet; t{had}" if hand_off.state == "details_asked" else f"T{had}"
    waiting = f"Nobody has claimed this for {age(now - hand_off.asked_at)}."
    return f"{waiting} Please look at it now." if escalated else waiting


def reminders(count: int, *, escalated: bool) -> str:
    """What the team reads instead where many wait."""
    end = " Please look at them now." if escalated else ""
    begin = f"{count} questions wait for somebody to go on with them"
    return f"{begin}; `/docent triage` lists the most severe.{end}"


def more(count: int) -> str:
    """Below a list that shows the first alone."""
    return f"and {count} more"
