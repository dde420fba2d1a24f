"""Writes Markdown as Slack's own mrkdwn, for plain texts and for workspaces without markdown blocks."""

# By our own renderer: markdown-to-mrkdwn 0.3.3 escapes nothing (`<!channel>` pings), makes `2 * 3 * 4`
# cursive and breaks links that hold `|` or brackets; slackify-markdown 0.2.4 lets `<!channel>` and
# `<@U1>` through, leaves code unescaped and tables as pipes (both MIT).

import re

from adapters.chat_markdown import Dialect, is_web, written
from adapters.slack.quiet import quiet
from adapters.tables_as_text import Table, aligned, records

_BLANK = "\u200b"
_EDGE = "\x01"  # beside a mark, until it is known what stands there
_COLUMNS = 80


def mrkdwn(markdown: str) -> str:
    """``markdown`` as mrkdwn: ``& < >`` escaped once, tables as code or lists, quiet."""
    text = written(markdown.replace(_EDGE, ""), _MRKDWN)
    # Slack takes a mark only where no letter stands beside it: 漢字*bold*漢字 needs something unseen there.
    text = re.sub(rf"(?<=[^\W_]){_EDGE}|{_EDGE}(?=[^\W_])", _BLANK, text).replace(_EDGE, "")
    return quiet(text)


def escape(text: str) -> str:
    """``text`` for a label or a plain text object that is read as mrkdwn; it pings nobody."""
    return quiet(_escaped(text))


def link(url: str, label: str) -> str:
    """``<url|label>``; the label alone where ``url`` is not an http(s) address."""
    words = escape(" ".join(label.split())).replace("|", "│")
    return _link(words, url) if is_web(url) else words


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(label: str, url: str) -> str:
    for character, code in (("|", "%7C"), ("<", "%3C"), (">", "%3E"), (" ", "%20"), ("&", "&amp;")):
        url = url.replace(character, code)
    url = re.sub(r"\s+", "", url)
    label = label.replace("|", "│")
    return f"<{url}|{label}>" if label.strip() and label != url else f"<{url}>"


def _special(character: str, source: str) -> str:
    # mrkdwn has no escape for its marks; with something unseen behind it a mark begins nothing.
    return character + _BLANK if character in "*_~`" else _escaped(character)


def _fence(code: str, language: str) -> str:
    return f"```\n{_escaped(code.replace('```', f'``{_BLANK}`'))}\n```"


def _table(table: Table) -> str:
    drawn = aligned(table, _COLUMNS)
    return records(table, "*", ("•", "◦")) if drawn is None else _fence(drawn, "")


_MRKDWN = Dialect(
    text=lambda text, label: _escaped(text),
    special=_special,
    code=lambda code: f"`{_escaped(code.replace('`', 'ˋ'))}`",
    fence=_fence,
    link=_link,
    heading=lambda level, words: f"*{words}*",
    table=_table,
    rule="──────────",
    strong=(f"{_EDGE}*", f"*{_EDGE}"),
    emphasis=(f"{_EDGE}_", f"_{_EDGE}"),
    strike=(f"{_EDGE}~", f"~{_EDGE}"),
    bullets=("•", "◦", "▪"),
    plain_labels=True,
)
