"""Keeps a text from pinging anybody in Slack, also while it streams."""

import re

_QUIET = "\u200b"
"""Zero width: it parts a mark from what it would ping, and nobody sees it."""

_ENTITIES = {"<": "lt", ">": "gt", "@": "commat", "#": "num", "!": "excl", "|": "vert"}
_COMMANDS = ("channel", "here", "everyone", "group", "subteam", "date")
_BEFORE = 8  # characters that tell whether an @ belongs to an address
_HELD = 500  # characters that may be looked at again when more comes: longer than any token's prefix


def _spelled(word: str) -> str:
    """A pattern for ``word`` in any case, each character also as an HTML entity."""
    return "".join(_character(character) for character in word)


def _character(character: str) -> str:
    codes = sorted({ord(character.lower()), ord(character.upper())})
    numbers = "|".join(f"0{{0,6}}{code}|x0{{0,6}}{code:x}" for code in codes)
    named = f"|&{_ENTITIES[character]};?" if character in _ENTITIES else ""
    return f"(?:{re.escape(character)}|&\\#(?:{numbers})(?!\\d);?{named})"


_GAP = r"[\s\\]{0,3}"
# Atomic groups, here and below: letters and entities overlap, and no text may make matching slow.
_ANY = r"(?>[a-z0-9]|&\#x?[0-9a-f]{1,9};?)"
_PING = re.compile(
    f"{_spelled('<')}(?={_GAP}(?:"
    f"{_spelled('!')}{_GAP}(?:{'|'.join(map(_spelled, _COMMANDS))})"
    f"|(?:{_spelled('@')}|{_spelled('#')}){_GAP}{_ANY}{{1,24}}{_GAP}(?:{_spelled('|')}|{_spelled('>')})))"
    # No word in front: me@here.com is an address. An entity without its semicolon is no word.
    r"|(?:(?<!\w)|(?<=&\#\d\d)|(?<=&\#x[\da-f][\da-f])|(?<=&[lg]t))"
    f"{_spelled('@')}(?=(?:{'|'.join(map(_spelled, _COMMANDS[:4]))})(?!\\w))",
    re.IGNORECASE,
)
_ENTITY = r"&[#\w]{0,14};?"
_UNFINISHED = re.compile(
    rf"(?>[<@]|{_ENTITY}){_GAP}(?>[@!#]|{_ENTITY})?{_GAP}(?>\w|{_ENTITY}){{0,26}}{_GAP}\Z"
)


def quiet(text: str) -> str:
    """``text`` with an unseen character in everything that would ping people or name a channel.

    It is meant for standard Markdown, and holds for its code as well.
    """
    return _PING.sub(lambda mark: mark[0] + _QUIET, text)


class Quiet:
    """Makes a text quiet while it streams: :func:`quiet`, piece by piece."""

    def __init__(self) -> None:
        self._held = ""
        self._before = ""

    def feed(self, text: str) -> str:
        """The part of the text that is certain after ``text`` came; at most a few words wait."""
        text = self._held + text
        start = max(0, len(text) - _HELD)
        found = _UNFINISHED.search(text, start)
        cut = found.start() if found else len(text)
        self._held = text[cut:]
        return self._quiet(text, cut)

    def end(self) -> str:
        """What was held back at the end of the text."""
        rest, self._held = self._held, ""
        return self._quiet(rest, len(rest))

    def _quiet(self, text: str, cut: int) -> str:
        """The first ``cut`` characters of ``text``; those behind tell whether the last of them ping."""
        begin = len(self._before)
        whole, end = self._before + text, begin + cut
        self._before = whole[:end][-_BEFORE:]
        shown, place = "", begin
        for mark in _PING.finditer(whole):
            if begin < mark.end() <= end:
                shown += whole[place : mark.end()] + _QUIET
                place = mark.end()
        return shown + whole[place:end]
