"""What the messages of one answer hold: its pieces, and at the end its sources and buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import discord

from adapters.discord.text import rendered
from adapters.message_split import split
from adapters.source_labels import label
from bot.channels import phrases
from bot.model import Answer, Citation
from bot.support import card_words

MESSAGE_CHARS = 2_000
PIECE_CHARS = 1_900
"""Of an answer in one message: a fence that was cut needs room to be closed."""
NOTE_CHARS = 900
"""Twice as many, escaped, still fit into a message."""
REASON_CHARS = 2_000
UP, DOWN, HUMAN, RETRY, REASON = "up", "down", "human", "retry", "reason"
LABELS = {UP: "Helpful", DOWN: "Not helpful", HUMAN: "Get a human", RETRY: "Try again"}
EMOJI = {UP: "👍", DOWN: "👎"}
TYPED = "text"
"""The input of the forms that the support team fills in."""
TEAM = frozenset(card_words.ACTIONS)
MENTIONED = re.compile(r"&?\d{1,20}")
"""A person's id; a role's has an ``&`` before it."""
_ID = re.compile(rf"docent:(up|down|human|retry|reason|{'|'.join(card_words.ACTIONS)}):([0-9a-f]{{32}})")


class Showable(Protocol):
    """What can be posted as one message."""

    @property
    def people(self) -> tuple[str, ...]:
        """Whom it calls: nobody else is, whatever it says."""
        ...

    def posted(self) -> dict[str, Any]:
        """What discord.py posts."""
        ...

    def edited(self) -> dict[str, Any]:
        """What discord.py puts into a message that is there."""
        ...

    def stands_in(self, message: discord.Message) -> bool:
        """Whether a message says the same."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One message: its text, buttons of these actions for the answer ``ref``, and whom it calls."""

    text: str
    ref: str = ""
    actions: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    def posted(self) -> dict[str, Any]:
        """What discord.py posts."""
        return {"content": self.text, "view": self.view(), "suppress_embeds": True}

    def edited(self) -> dict[str, Any]:
        """What discord.py puts into a message that is there."""
        return {"content": self.text, "view": self.view()}

    def stands_in(self, message: discord.Message) -> bool:
        """Whether a message says the same."""
        return message.content == self.text

    def view(self) -> discord.ui.View:
        """The buttons as discord.py sends them; it keeps none, since presses are known by their ids."""
        view = discord.ui.View(timeout=None)
        for action in self.actions:
            view.add_item(
                discord.ui.Button(
                    custom_id=custom_id(action, self.ref), label=LABELS[action], emoji=EMOJI.get(action)
                )
            )
        view.stop()
        return view


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What stands below an answer: lines, and buttons."""

    lines: tuple[str, ...] = ()
    ref: str = ""
    actions: tuple[str, ...] = ()


def custom_id(action: str, ref: str) -> str:
    """The id of a button or modal: it says everything that is to be known when it is pressed."""
    return f"docent:{action}:{ref}"


def read_id(text: str) -> tuple[str, str]:
    """Action and ref of a button's or modal's id; two empty texts for one that is not ours."""
    found = _ID.fullmatch(text)
    return (found[1], found[2]) if found else ("", "")


def pieces(text: str, tail: Tail | None = None) -> list[Content]:
    """``text`` in as many messages as it needs; ``tail`` stands below the last one."""
    shown = split(rendered(text), PIECE_CHARS)
    for number, line in enumerate(tail.lines if tail else ()):
        gap = "\n\n" if number == 0 else "\n"
        if shown and len(shown[-1]) + len(gap) + len(line) <= MESSAGE_CHARS:
            shown[-1] += gap + line
        else:
            shown.append(line)
    contents = [Content(text=piece) for piece in shown if piece.strip()] or [Content(text="…")]
    if tail:
        contents[-1] = replace(contents[-1], ref=tail.ref, actions=tail.actions)
    return contents


def tail(ref: str, answer: Answer, notices: Sequence[str]) -> Tail:
    """Sources, notices and buttons of an answer."""
    rated = (UP, DOWN) if answer.kind in {"answered", "extract", "not_covered"} else ()
    lines = (*sources(answer.citations), *map(note, notices))
    return Tail(lines=lines, ref=ref, actions=(*rated, HUMAN))


def failure(ref: str, sentence: str, *, begun: bool) -> Tail:
    """What stands below an answer that was not finished, or in its place."""
    line = note(f"{phrases.INCOMPLETE} {sentence}") if begun else literal(sentence[:NOTE_CHARS])
    return Tail(lines=(line,), ref=ref, actions=(RETRY, HUMAN))


def sources(citations: Sequence[Citation]) -> tuple[str, ...]:
    """The numbered sources, a line each, as links without previews."""
    lines = [rendered(f"[{citation.number}] {_linked(citation)}") for citation in citations]
    return ("**Sources**", *lines) if lines else ()


def _linked(citation: Citation) -> str:
    words = escaped(label(citation))
    return f"[{words}](<{citation.url}>)" if citation.url else words


def note(text: str) -> str:
    """A small line; ``text`` is plain."""
    return f"-# {literal(' '.join(text.split())[:NOTE_CHARS])}"


def reason_modal(ref: str) -> discord.ui.Modal:
    """Asks why an answer did not help; may be left empty."""
    modal = discord.ui.Modal(title="What was wrong?", custom_id=custom_id(REASON, ref))
    modal.add_item(
        discord.ui.TextInput(
            label="What would have helped you?",
            custom_id=REASON,
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=REASON_CHARS,
        )
    )
    modal.stop()
    return modal


def literal(text: str) -> str:
    """Plain text as Discord shows it: every character stands for itself, and nobody is called."""
    return rendered(escaped(text))


def escaped(text: str) -> str:
    """Plain text as Markdown; an address stays one."""
    parts = re.split(r"(https?://\S+)", text)
    return "".join(
        part if place % 2 else re.sub(r"([\\`*_\[\]<>~|#])", r"\\\1", part)
        for place, part in enumerate(parts)
    )
