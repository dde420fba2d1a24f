"""Builds what the support team sees and fills in in Slack: the card, the open list, the modals (pure)."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from adapters.slack import approving, blocks
from adapters.slack.blocks import Block
from adapters.slack.mrkdwn import escape, link, mrkdwn
from bot.channels.posts import Entry
from bot.support import team_phrases as phrases
from bot.support.handoffs import OVER, Card, Case, Earlier, HandOff

CLAIM, REPLY, DETAILS = "docent_claim", "docent_reply", "docent_details"
RESOLVE, NOT_SUPPORT = "docent_resolve", "docent_not_support"
TRIAGE = "docent_triage"
BUTTONS = {
    CLAIM: "Claim",
    REPLY: "Reply",
    DETAILS: "Ask for details",
    RESOLVE: "Resolve",
    NOT_SUPPORT: "Not support",
}
FORMS = {
    REPLY: ("Reply in the thread", "What shall the thread read, in your name?", "Post"),
    DETAILS: ("Ask for details", "What do you need to know?", "Post"),
    RESOLVE: ("Resolve", "What came of it, in a line?", "Resolve"),
}
"""Title, label and button of each modal."""
SIGNS = {"critical": ":rotating_light:", "high": ":red_circle:", "normal": ":large_blue_circle:"}
QUIETER = ":white_circle:"
HEADER_CHARS = 150
TEXT_CHARS = 1_200
OUTCOME_CHARS = 160
TYPED_CHARS = 2_700


def card(card: Card) -> list[Block]:
    """The card as it stands now; what is resolved can be approved, what else is over has no buttons."""
    case, hand_off = card.case, card.case.hand_off
    shown = [
        {"type": "header", "text": {"type": "plain_text", "text": title(case, HEADER_CHARS)}},
        blocks.section(_about(card)),
        *_question(case.entry),
        *_earlier(card.earlier),
    ]
    if card.lookers and hand_off.state == "open":
        shown.append(blocks.section(f"*Who should look:* {mentions(card.lookers)}"))
    shown.append(_line(_state(hand_off)))
    return [*shown, *(approving.buttons(hand_off) if hand_off.state in OVER else [_buttons(hand_off)])]


def notice(card: Card) -> str:
    """What a notification shows of a card."""
    return f"{_sign(card.case.hand_off)} {escape(title(card.case, HEADER_CHARS))}"


def title(case: Case, limit: int) -> str:
    """The case in one plain line; a question that was deleted is not repeated."""
    gone = case.entry.state == "withdrawn"
    text = phrases.WITHDRAWN if gone else case.hand_off.summary or case.entry.text
    line = " ".join(text.split()) or "No text"
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def open_list(cards: Sequence[Card]) -> list[Block]:
    """The cases in short, one a line."""
    lines = []
    for one in cards:
        hand_off = one.case.hand_off
        owner = f" · <@{hand_off.owner}>" if hand_off.owner else ""
        lines.append(
            f"{_sign(hand_off)} {_linked(one.link, title(one.case, 100))} · {_kind(hand_off)}{owner}"
        )
    return [blocks.section("\n".join(lines[at : at + 8])) for at in range(0, len(lines), 8)]


def form(action: str, ref: str, channel: str) -> dict[str, Any]:
    """The modal of a button."""
    heading, label, send = FORMS[action]
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": action != RESOLVE,
        "max_length": 500 if action == RESOLVE else TYPED_CHARS,
    }
    if action == DETAILS:
        element["initial_value"] = phrases.DETAILS
    return {
        "type": "modal",
        "callback_id": action,
        "private_metadata": json.dumps({"ref": ref, "channel": channel}),
        "title": _plain(heading),
        "submit": _plain(send),
        "close": _plain("Cancel"),
        "blocks": [{"type": "input", "block_id": "text", "label": _plain(label), "element": element}],
    }


def mentions(ids: Collection[str]) -> str:
    """People and user groups, so that they are called."""
    return " ".join(f"<!subteam^{name}>" if name.startswith("S") else f"<@{name}>" for name in ids)


def typed(text: str) -> list[Block]:
    """What somebody typed, whole and calling nobody, in as many sections as it needs."""
    shown = escape(text)
    if len(shown) <= blocks.SECTION_CHARS:
        return [blocks.section(shown)] if shown.strip() else []
    middle = text.rfind("\n", 1, len(text) // 2) + 1 or len(text) // 2
    return [*typed(text[:middle]), *typed(text[middle:])]


def _about(card: Card) -> str:
    entry, hand_off = card.case.entry, card.case.hand_off
    here = entry.place.platform == "slack"
    who = f"<@{hand_off.person}>" if here and hand_off.person else "Somebody"
    where = f"<#{entry.place.channel}>" if here else entry.place.platform.capitalize()
    opened = f" · {link(card.link, 'open the thread')}" if card.link else ""
    opened += f" · {link(card.story, 'the whole story')}" if card.story else ""
    return f"{_sign(hand_off)} *{_kind(hand_off)}*\n{who} {phrases.WHY[hand_off.reason]} in {where}{opened}"


def _question(entry: Entry) -> list[Block]:
    if entry.state == "withdrawn":
        return []
    asked = blocks.section(f"*Question*\n{escape(entry.text[:TEXT_CHARS]) or '_No text_'}")
    answer = entry.answer
    if answer is None:
        return [asked]
    doubt = ", uncertain" if answer.uncertain else ""
    said = (
        f"*What Docent answered* ({answer.kind.replace('_', ' ')}{doubt})\n{mrkdwn(answer.text[:TEXT_CHARS])}"
    )
    return [asked, blocks.section(said), *blocks.sources(answer.citations)]


def _earlier(earlier: Sequence[Earlier]) -> list[Block]:
    lines = [f"• {_linked(one.link, title(one.case, 80))}: {_outcome(one.case.hand_off)}" for one in earlier]
    return [blocks.section("\n".join(["*Similar questions before*", *lines]))] if lines else []


def _outcome(hand_off: HandOff) -> str:
    if hand_off.state == "not_support":
        return "not a question for support"
    return escape(hand_off.outcome[:OUTCOME_CHARS]) or "resolved"


def _state(hand_off: HandOff) -> str:
    owner = f"<@{hand_off.owner}>" if hand_off.owner else "Somebody"
    match hand_off.state:
        case "open":
            return "Nobody has claimed this yet."
        case "claimed":
            return f":raising_hand: {owner} has this."
        case "details_asked":
            return f":speech_balloon: {owner} has asked for details."
        case "resolved":
            known = " Approved as an answer." if hand_off.approved_at is not None else ""
            return f":white_check_mark: {owner} has resolved this: {escape(hand_off.outcome)}{known}"
        case _:
            return f":no_entry_sign: {owner} has closed this: no question for support."


def _kind(hand_off: HandOff) -> str:
    parts = (hand_off.category or "not sorted", hand_off.severity, hand_off.component)
    return escape(" · ".join(" ".join(part.split()) for part in parts if part).replace("*", ""))


def _sign(hand_off: HandOff) -> str:
    return SIGNS.get(hand_off.severity, QUIETER)


def _buttons(hand_off: HandOff) -> Block:
    names = [name for name in BUTTONS if name != CLAIM or hand_off.state == "open"]
    return {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": name, "text": _plain(BUTTONS[name]), "value": hand_off.ref}
            for name in names
        ],
    }


def _linked(url: str, label: str) -> str:
    return link(url, label) if url else escape(label)


def _line(text: str) -> Block:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text[: blocks.SECTION_CHARS]}],
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
