"""Text on its way into and out of Slack: plain questions in, quiet standard Markdown out."""

import re
from dataclasses import replace

from adapters.addressing import MENTION, unaddressed
from adapters.chat_markdown import Dialect, code_span, written
from adapters.slack.mrkdwn import escape, link, mrkdwn
from adapters.slack.quiet import Quiet, quiet
from adapters.tables_as_text import Table, aligned, records

__all__ = ["Quiet", "escape", "for_markdown_block", "link", "mentions", "mrkdwn", "plain", "quiet"]

# What Slack does with standard Markdown, as far as others saw it:
# - A `markdown` block reads Slack's own tokens, `<!here>` and `<@U1>` ping from it; what is written with
#   `&lt;` is shown as the character and not read again as a token (PostHog/posthog#95054, measured 2026-09).
# - Headings of all levels look the same, images become links; tables, task lists, rules and highlighted
#   code are shown (docs.slack.dev/reference/block-kit/blocks/markdown-block, newer version; the version of
#   2025 still excluded those four). `table` blocks take 100 rows, 20 columns and 10,000 characters.
# - `markdown_text` is described as the same Markdown (docs.slack.dev/reference/methods/chat.appendStream);
#   nothing says that it reads tokens differently, so it is treated alike.

_TOKEN = re.compile(r"<([^<>\n]{1,3000})>|&(amp|lt|gt);")
_NAMED = re.compile(r"<(?:@([UWB][A-Z0-9]{1,30})|!subteam\^(S[A-Z0-9]{1,30}))(?:\|[^<>\n]{0,300})?>")


def plain(text: str, *, bot: str) -> str:
    """A message as Slack sends it, as Markdown: without the mention of ``bot`` (a user id), with names for
    other mentions where Slack gives them, with plain links and characters. Malformed markup stays."""

    def shown(found: re.Match[str]) -> str:
        if found[2]:
            return {"amp": "&", "lt": "<", "gt": ">"}[found[2]]
        return _without_token(found[1], bot, found[0])

    return unaddressed(_TOKEN.sub(shown, text.replace(MENTION, "")))


def mentions(text: str) -> tuple[str, ...]:
    """The ids of the people and groups that a message names, each once, in its order; the bot's too."""
    return tuple(dict.fromkeys(found[1] or found[2] for found in _NAMED.finditer(text)))


def _without_token(token: str, bot: str, whole: str) -> str:
    target, _, label = token.partition("|")
    label = _unescaped(label)
    match target[:1]:
        case "@" if len(target) > 1:
            return MENTION if target[1:] == bot else f"@{label.removeprefix('@') or target[1:]}"
        case "#" if len(target) > 1:
            return f"#{label.removeprefix('#') or target[1:]}"
        case "!" if len(target) > 1:
            name = target[1:].partition("^")
            return label if name[1] and label else f"@{name[2].partition('^')[0] or name[0]}"
    url = _unescaped(target)
    if not re.match(r"(?:https?://|mailto:|tel:)\S", url):
        return _unescaped(whole)
    address = url.removeprefix("mailto:").removeprefix("tel:")
    # A label that is the address itself was never typed: Slack made the link.
    if not label or label in (url, address) or re.sub(r"https?://", "", url).rstrip("/") == label.rstrip("/"):
        return label or address
    return f"[{label}]({url})"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def for_markdown_block(text: str, *, tables: bool = True) -> str:
    """Markdown that a ``markdown`` block shows whole, and that pings nobody.

    HTML is gone, images and absolute links are links, any other link is its label; quotes and lists are
    not nested too deep. Tables that Slack's table block would refuse are code in columns, or lists; all of
    them where not ``tables``, for when a workspace refuses them.
    """
    return quiet(written(text, _STANDARD if tables else replace(_STANDARD, table=_drawn)))


def _text(text: str, label: bool) -> str:
    text = text.replace("<", "&lt;")
    return re.sub(r"[\[\]]", r"\\\g<0>", text) if label else text


def _special(character: str, source: str) -> str:
    if character in "<&":
        return "&lt;" if character == "<" else "&amp;"
    return source if source.startswith("\\") else re.sub(r"[\\`*_\[\]~]", r"\\\g<0>", character)


def _fence(code: str, language: str) -> str:
    marker = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", code) or [""]))
    return f"{marker}{language}\n{code}\n{marker}"


def _link(label: str, url: str) -> str:
    url = url.replace("(", "%28").replace(")", "%29").replace("|", "%7C")
    return f"[{label}]({url})" if label.strip() and label != url else url


def _table(table: Table) -> str:
    size = sum(len(cell) for row in (table.header, *table.rows) for cell in row)
    if len(table.header) > 20 or len(table.rows) > 99 or size > 9_000:
        return _drawn(table)
    edges = ["---:" if right else "---" for right in table.right]
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (table.header, *table.rows)]
    lines = [f"| {' | '.join(row)} |" for row in (cells[0], edges, *cells[1:])]
    return "\n".join(lines)


def _drawn(table: Table) -> str:
    drawn = aligned(table, 80)
    return f"```\n{drawn}\n```" if drawn is not None and "```" not in drawn else records(table, "**")


_STANDARD = Dialect(
    text=_text,
    special=_special,
    code=code_span,
    fence=_fence,
    link=_link,
    heading=lambda level, words: f"{'#' * level} {words}",
    table=_table,
    rule="---",
    strong=("**", "**"),
    emphasis=("*", "*"),
    strike=("~~", "~~"),
    tasks=("[ ] ", "[x] "),
    flat_code=False,
)
