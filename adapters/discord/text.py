"""Text on its way into and out of Discord: plain questions in, the Markdown that Discord shows out."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from adapters.addressing import MENTION, unaddressed
from adapters.chat_markdown import Dialect, code_span, written
from adapters.tables_as_text import Table, aligned, records

COLUMNS = 60
"""Characters that a line of code may have on a narrow screen before a table is shown as a list."""

_BLANK = "\u200b"
_CODE = re.compile(r"```.*?```|``[^\n]+?``|`[^`\n]+`", re.DOTALL)
_TOKEN = re.compile(
    r"<(?:@[!&]?\d{1,25}|\#\d{1,25}|a?:\w{1,64}:\d{1,25}|t:-?\d{1,13}(?::[a-zA-Z])?|/[^<>\n:]{1,100}:\d{1,25}"
    r"|id:\w{1,20})>"
)
_URL = re.compile(r"(?<![\w<])https?://[^\s<>]+", re.IGNORECASE)
_LIVE = re.compile(r"@(?=everyone|here)|<(?=@|\#\d|a?:\w|t:|/\w|id:)", re.IGNORECASE)
_SPOILER = re.compile(r"\|\|")
_STRAY = re.compile(r"`{3,}")
_SMALL = re.compile(r"^-#(?= )", re.MULTILINE)
_LANGUAGE = re.compile(r"[A-Za-z0-9+#._-]{1,20}")


def plain(text: str, bot_ids: Collection[str], names: Mapping[str, str] | None = None) -> str:
    """A message's content as Markdown, without the mentions of ``bot_ids`` (users or roles, as text).

    ``names`` tells what other ids stand for; without a name it is the id. Code is left as it is.
    """
    shown, place = [], 0
    text = text.replace(MENTION, "")
    for code in _CODE.finditer(text):
        shown += [_without_tokens(text[place : code.start()], bot_ids, names or {}), code[0]]
        place = code.end()
    shown.append(_without_tokens(text[place:], bot_ids, names or {}))
    return unaddressed("".join(shown))


def _without_tokens(text: str, bot_ids: Collection[str], names: Mapping[str, str]) -> str:
    return _TOKEN.sub(lambda found: _named(found[0][1:-1], bot_ids, names), text)


def _named(token: str, bot_ids: Collection[str], names: Mapping[str, str]) -> str:
    if token[0] == "@":
        number = token.lstrip("@!&")
        return MENTION if number in bot_ids else f"@{names.get(number, number)}"
    if token[0] == "#":
        return f"#{names.get(token[1:], token[1:])}"
    if token[0] == "/":
        return token.partition(":")[0]
    if token.startswith("t:"):
        return _time(token.split(":")[1])
    return "" if token.startswith("id:") else f":{token.split(':')[1]}:"


def _time(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return seconds


def rendered(markdown: str) -> str:
    """``markdown`` as Discord shows it: tables as code in columns or as lists, headings 4 to 6 bold,
    images as links, links without previews, no HTML, nobody pinged; code as it is."""
    return written(markdown, _DISCORD)


def _text(text: str, label: bool) -> str:
    text = _LIVE.sub(lambda mark: mark[0] + _BLANK, text)
    text = _STRAY.sub(lambda run: "\\`" * len(run[0]), text)  # Discord begins code with it anywhere
    text = _SMALL.sub(r"\\-#", _SPOILER.sub(r"\\|\\|", text))  # Discord's own marks are no one's intention
    return re.sub(r"[\[\]]", r"\\\g<0>", text) if label else _URL.sub(_without_preview, text)


def _without_preview(found: re.Match[str]) -> str:
    url = found[0].rstrip(".,;:!?'\"*_~|\\]")
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(".,;:!?'\"")
    return f"<{url}>{found[0][len(url) :]}"


def _special(character: str, source: str) -> str:
    if character in "@<":
        return f"@{_BLANK}" if character == "@" else "\\<"
    return source if source.startswith("\\") else re.sub(r"[\\`*_\[\]~|]", r"\\\g<0>", character)


def _fence(code: str, language: str) -> str:
    language = language if _LANGUAGE.fullmatch(language) else ""
    return f"```{language}\n{code.replace('```', f'``{_BLANK}`')}\n```"


def _link(label: str, url: str) -> str:
    # Angle brackets keep the preview away (vercel/chat#726, zed-industries/zed#6892); a label that holds
    # an address is not taken for one.
    label = re.sub(r"https?://", "", label, flags=re.IGNORECASE).strip()
    url = url.replace("<", "%3C").replace(">", "%3E")
    bare = re.sub(r"https?://", "", url, flags=re.IGNORECASE)
    return f"<{url}>" if not label or label in (bare, bare.rstrip("/")) else f"[{label}](<{url}>)"


def _heading(level: int, words: str) -> str:
    return f"{'#' * level} {words}" if level <= 3 else f"**{words}**"


def _table(table: Table) -> str:
    drawn = aligned(table, COLUMNS)
    return records(table, "**") if drawn is None else _fence(drawn, "")


_DISCORD = Dialect(
    text=_text,
    special=_special,
    code=code_span,
    fence=_fence,
    link=_link,
    heading=_heading,
    table=_table,
    rule="──────────",
    strong=("**", "**"),
    emphasis=("*", "*"),
    strike=("~~", "~~"),
)
