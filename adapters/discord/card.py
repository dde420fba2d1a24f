"""Builds what the support team sees and fills in in Discord: the card, the open list, the modals (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord import content
from adapters.discord.content import escaped, literal
from adapters.discord.text import rendered
from adapters.message_split import split
from bot.channels.posts import Entry
from bot.support import card_words
from bot.support import team_phrases as phrases
from bot.support.card_words import FORMS, Action
from bot.support.handoffs import Card, HandOff, OpenList, Similar, Stage

# Text displays take 4,000 characters a message all together, so that each part has its share of them.
TITLE_CHARS, ABOUT_CHARS = 300, 560
QUESTION_CHARS, ANSWER_CHARS, SOURCES_CHARS = 820, 820, 500
SIMILAR_CHARS, LOOKERS_CHARS, STATE_CHARS = 560, 300, 140
READ_CHARS = 1_200
"""Of a question or an answer so much is looked at."""
STATED_CHARS = 340
LOOKERS = 10
LISTED_CHARS, ENDED_CHARS, KIND_CHARS = 100, 160, 160
TYPED_CHARS = 4_000
LIST_CHARS = 1_900
SIGNS = {"critical": "🚨", "high": "🔴", "normal": "🔵"}
QUIETER = "⚪"
COLOURS = {"critical": 0xD9_26_1C, "high": 0xE0_62_2B, "normal": 0x3A_6E_D8}
STATES: dict[Stage, str] = {"claimed": "🙋 ", "details_asked": "💬 ", "resolved": "✅ ", "not_support": "🚫 "}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContent:
    """One card: its parts, each drawn by itself so that none breaks the next, and its buttons."""

    parts: tuple[str, ...]
    ref: str
    buttons: tuple[tuple[Action, str], ...] = ()
    people: tuple[str, ...] = ()
    """Who is called."""
    colour: int | None = None

    def posted(self) -> dict[str, Any]:
        """What discord.py posts."""
        view = discord.ui.LayoutView(timeout=None)
        shown: discord.ui.Container[Any] = discord.ui.Container(accent_colour=self.colour)
        for part in self.parts:
            shown.add_item(discord.ui.TextDisplay(part))
        if self.buttons:
            drawn = [_button(action, label, self.ref) for action, label in self.buttons]
            shown.add_item(discord.ui.ActionRow(*drawn))
        view.add_item(shown)
        view.stop()
        return {"view": view}

    def edited(self) -> dict[str, Any]:
        """What discord.py puts into a message that is there."""
        return self.posted()

    def stands_in(self, message: discord.Message) -> bool:
        """Whether a message says the same."""
        return tuple(_texts(message.components)) == self.parts


def card(card: Card) -> CardContent:
    """The card as it stands now; what is resolved can be approved, what else is over has no buttons."""
    case, hand_off = card.case, card.case.hand_off
    parts = [
        _within(f"### {literal(card_words.title(case, 150))}", TITLE_CHARS),
        _within(_about(card), ABOUT_CHARS),
        *_question(case.entry),
        *_similar(card.similar),
    ]
    lookers = called(card.lookers)[:LOOKERS] if hand_off.state == "open" else ()
    if lookers:
        parts.append(f"**Who should look:** {' '.join(map(mention, lookers))}")
    parts.append(_within(_state(hand_off), STATE_CHARS if lookers else STATE_CHARS + LOOKERS_CHARS))
    return CardContent(
        parts=tuple(parts),
        ref=hand_off.ref,
        buttons=tuple(card_words.offered(hand_off).items()),
        people=lookers,
        colour=COLOURS.get(hand_off.severity),
    )


def open_list(found: OpenList) -> list[str]:
    """How many are open, and the cases in short, one a line, in as many messages as they need."""
    messages = [f"**Open: {found.total}**"]
    lines = [_listed(one) for one in found.cards]
    if rest := found.total - len(found.cards):
        lines.append(_linked(found.inbox, phrases.more(rest)))
    for line in lines:
        if len(messages[-1]) + 1 + len(line) > LIST_CHARS:
            messages.append(line)
        else:
            messages[-1] += f"\n{line}"
    return messages


def form(action: Action, ref: str) -> discord.ui.Modal:
    """The modal of a button."""
    wanted = FORMS[action]
    modal = discord.ui.Modal(title=wanted.title, custom_id=content.custom_id(action, ref))
    style = discord.TextStyle.short if wanted.most else discord.TextStyle.paragraph
    modal.add_item(
        discord.ui.TextInput(
            label=wanted.label,
            custom_id=content.TYPED,
            style=style,
            default=wanted.given or None,
            max_length=wanted.most or TYPED_CHARS,
        )
    )
    modal.stop()
    return modal


def called(people: Sequence[str]) -> tuple[str, ...]:
    """Of people and groups those that are Discord's: the others are of another platform."""
    return tuple(who for who in dict.fromkeys(people) if content.MENTIONED.fullmatch(who))


def mention(who: str) -> str:
    """A person, or a role by its id behind an ``&``."""
    return f"<@{who}>"


def _about(card: Card) -> str:
    entry, hand_off = card.case.entry, card.case.hand_off
    here = entry.place.platform == "discord"
    who = mention(hand_off.person) if here and hand_off.person else "Somebody"
    where = f"<#{entry.place.channel}>" if here and entry.place.workspace else _elsewhere(entry)
    opened = f" · [open the thread](<{card.link}>)" if card.link else ""
    opened += f" · [the whole story](<{card.story}>)" if card.story else ""
    kind = _within(literal(card_words.kind(hand_off)), KIND_CHARS)
    return f"{_sign(hand_off)} **{kind}**\n{who} {phrases.WHY[hand_off.reason]} in {where}{opened}"


def _elsewhere(entry: Entry) -> str:
    return "private" if entry.place.platform == "discord" else entry.place.platform.capitalize()


def _question(entry: Entry) -> list[str]:
    if entry.state == "withdrawn":
        return []
    text = _within(rendered(entry.text[:READ_CHARS]), QUESTION_CHARS - 20)
    asked = f"**Question**\n{text.strip() or '_No text_'}"
    if (answer := entry.answer) is None:
        return [asked]
    said = _within(rendered(answer.text[:READ_CHARS]), ANSWER_CHARS - 60)
    parts = [asked, f"**{card_words.tried(answer)}**\n{said}"]
    sources = _lines(content.sources(answer.citations), SOURCES_CHARS)
    return [*parts, sources] if "\n" in sources else parts


def _similar(similar: Sequence[Similar]) -> list[str]:
    if not similar:
        return []
    lines = []
    for one in similar:
        ended = literal(card_words.ended(one.case.hand_off, ENDED_CHARS))
        lines.append(_within(f"- {_linked(one.link, card_words.title(one.case, 80))}: {ended}", 400))
    return [_lines([f"**{card_words.SIMILAR}**", *lines], SIMILAR_CHARS)]


def _listed(card: Card) -> str:
    hand_off = card.case.hand_off
    owner = f" · {_owner(hand_off)}" if hand_off.owner else ""
    kind = _within(literal(card_words.kind(hand_off)), KIND_CHARS)
    return (
        f"{_sign(hand_off)} {_linked(card.link, card_words.title(card.case, LISTED_CHARS))} · {kind}{owner}"
    )


def _state(hand_off: HandOff) -> str:
    outcome = _within(literal(hand_off.outcome), STATED_CHARS)
    return f"{STATES.get(hand_off.state, '')}{card_words.standing(hand_off, _owner(hand_off), outcome)}"


def _owner(hand_off: HandOff) -> str:
    known = hand_off.owner and hand_off.card_platform == "discord"
    return mention(hand_off.owner) if known else "Somebody"


def _sign(hand_off: HandOff) -> str:
    return SIGNS.get(hand_off.severity, QUIETER)


def _linked(url: str, label: str) -> str:
    return rendered(f"[{escaped(label)}](<{url}>)") if url else literal(label)


def _within(text: str, limit: int) -> str:
    """The beginning of ``text``, whole Markdown of at most ``limit`` characters."""
    if len(text) <= limit:
        return text
    begun = split(text, limit - 2)[0]
    return f"{begun}\n…" if begun.endswith("```") else f"{begun}…"


def _lines(lines: Sequence[str], limit: int) -> str:
    """As many of ``lines`` as fit."""
    shown = ""
    for line in lines:
        if len(shown) + 1 + len(line) > limit:
            break
        shown = f"{shown}\n{line}" if shown else line
    return shown


def _button(action: Action, label: str, ref: str) -> discord.ui.Button[Any]:
    style = discord.ButtonStyle.primary if action == "claim" else discord.ButtonStyle.secondary
    return discord.ui.Button(custom_id=content.custom_id(action, ref), label=label, style=style)


def _texts(components: Sequence[Any]) -> Iterator[str]:
    for component in components:
        if isinstance(component, discord.TextDisplay):
            yield component.content
        yield from _texts(getattr(component, "children", ()))
