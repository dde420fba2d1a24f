"""Builds what the support team sees and fills in in Slack: the card, the open list, the modals (pure)."""

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from adapters.slack import blocks
from adapters.slack.blocks import Block, plain
from adapters.slack.mrkdwn import escape, link, mrkdwn
from bot.channels.posts import Entry
from bot.support import card_words
from bot.support import team_phrases as phrases
from bot.support.card_words import FORMS, Action, Form
from bot.support.handoffs import Card, HandOff, OpenList, Similar, Stage

TRIAGE = "docent_triage"
SIGNS = {"critical": ":rotating_light:", "high": ":red_circle:", "normal": ":large_blue_circle:"}
QUIETER = ":white_circle:"
STATES: dict[Stage, str] = {
    "claimed": ":raising_hand: ",
    "details_asked": ":speech_balloon: ",
    "resolved": ":white_check_mark: ",
    "not_support": ":no_entry_sign: ",
}
HEADER_CHARS = 150
TEXT_CHARS = 1_200
ENDED_CHARS = 160
TYPED_CHARS = 2_700
MENTIONED = re.compile(r"[USW][A-Z0-9]{1,30}")
"""The id of a person or, with an S, of a group."""


def card(card: Card) -> list[Block]:
    """The card as it stands now; what is resolved can be approved, what else is over has no buttons."""
    case, hand_off = card.case, card.case.hand_off
    shown = [
        {"type": "header", "text": {"type": "plain_text", "text": card_words.title(case, HEADER_CHARS)}},
        blocks.section(_about(card)),
        *_question(case.entry),
        *_similar(card.similar),
    ]
    if hand_off.state == "open" and (lookers := mentions(card.lookers)):
        shown.append(blocks.section(f"*Who should look:* {lookers}"))
    shown.append(_line(_state(hand_off)))
    return [*shown, *_buttons(hand_off)]


def action_id(action: Action) -> str:
    """What a button, and the modal that it opens, is called in what Slack sends."""
    return f"docent_{action}"


def notice(card: Card) -> str:
    """What a notification shows of a card."""
    return f"{_sign(card.case.hand_off)} {escape(card_words.title(card.case, HEADER_CHARS))}"


def open_list(found: OpenList) -> list[Block]:
    """How many are open, and the cases in short, one a line."""
    lines = []
    for one in found.cards:
        hand_off = one.case.hand_off
        owner = f" · {_owner(hand_off)}" if hand_off.owner else ""
        lines.append(f"{_sign(hand_off)} {_titled(one, 100)} · {_kind(hand_off)}{owner}")
    if rest := found.total - len(found.cards):
        lines.append(link(found.inbox, phrases.more(rest)) if found.inbox else phrases.more(rest))
    heading = blocks.section(f"*Open: {found.total}*")
    return [heading, *(blocks.section("\n".join(lines[at : at + 8])) for at in range(0, len(lines), 8))]


def form(action: Action, ref: str, channel: str) -> dict[str, Any]:
    """The modal of a button."""
    wanted = FORMS[action]
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": not wanted.most,
        "max_length": wanted.most or TYPED_CHARS,
    }
    if wanted.given:
        element["initial_value"] = wanted.given
    return modal(
        action,
        {"ref": ref, "channel": channel},
        wanted,
        [{"type": "input", "block_id": "text", "label": plain(wanted.label), "element": element}],
    )


def modal(action: Action, about: dict[str, str], wanted: Form, inputs: list[Block]) -> dict[str, Any]:
    """A modal with these inputs; ``about`` comes back with what is typed, as JSON."""
    return {
        "type": "modal",
        "callback_id": action_id(action),
        "private_metadata": json.dumps(about),
        "title": plain(wanted.title),
        "submit": plain(wanted.send),
        "close": plain("Cancel"),
        "blocks": inputs,
    }


def mentions(ids: Collection[str]) -> str:
    """People and user groups, so that they are called; ids of another platform are left out."""
    ours = (name for name in dict.fromkeys(ids) if MENTIONED.fullmatch(name))
    return " ".join(f"<!subteam^{name}>" if name.startswith("S") else f"<@{name}>" for name in ours)


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
    who = (mentions([hand_off.person]) if here else "") or "Somebody"
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
    said = f"*{card_words.tried(answer)}*\n{mrkdwn(answer.text[:TEXT_CHARS])}"
    return [asked, blocks.section(said), *blocks.sources(answer.citations)]


def _similar(similar: Sequence[Similar]) -> list[Block]:
    lines = [
        f"• {_titled(one, 80)}: {escape(card_words.ended(one.case.hand_off, ENDED_CHARS))}" for one in similar
    ]
    return [blocks.section("\n".join([f"*{card_words.SIMILAR}*", *lines]))] if lines else []


def _state(hand_off: HandOff) -> str:
    said = card_words.standing(hand_off, _owner(hand_off), escape(hand_off.outcome))
    return f"{STATES.get(hand_off.state, '')}{said}"


def _owner(hand_off: HandOff) -> str:
    return (mentions([hand_off.owner]) if hand_off.card_platform == "slack" else "") or "Somebody"


def _kind(hand_off: HandOff) -> str:
    return escape(card_words.kind(hand_off).replace("*", ""))


def _sign(hand_off: HandOff) -> str:
    return SIGNS.get(hand_off.severity, QUIETER)


def _buttons(hand_off: HandOff) -> list[Block]:
    drawn = [
        {"type": "button", "action_id": action_id(action), "text": plain(label), "value": hand_off.ref}
        for action, label in card_words.offered(hand_off).items()
    ]
    return [{"type": "actions", "elements": drawn}] if drawn else []


def _titled(one: Card | Similar, chars: int) -> str:
    words = card_words.title(one.case, chars)
    return link(one.link, words) if one.link else escape(words)


def _line(text: str) -> Block:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text[: blocks.SECTION_CHARS]}],
    }
