"""Makes a passage's paragraphs quotable: plain words instead of markup, cut into sentences."""

import re
from collections.abc import Sequence

_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)(.{1,400}?)(?<!`)\1(?!`)")
_MASK = re.compile(r"\0(\d+)\0")
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,1000}\)")
_LINK = re.compile(
    r"\[((?:[^\[\]\n]|\[[^\[\]\n]{0,100}\]){1,500})\]\(\s*<?([^)\s>]{0,500})>?(?:\s+[\"'(][^)\n]{0,300})?\)"
)
_COMMENT = re.compile(r"<!--.{0,5000}?-->", re.DOTALL)
_TAG = re.compile(
    r"</[A-Za-z][^<>\n]{0,200}>|<(?:a|abbr|b|blockquote|body|br|button|center|code|dd|details|div|dl|dt|em|figure"
    r"|font|form|h[1-6]|head|hr|html|i|iframe|img|input|kbd|li|link|mark|meta|object|ol|p|path|pre|script|small"
    r"|span|strong|style|sub|summary|sup|svg|table|tbody|td|template|th|thead|tr|u|ul|video|context|system)"
    r"\b[^<>\n]{0,500}>",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*\]|【\d{1,3}[^】\n]{0,60}】")
_END = re.compile(r"(?<=[.!?])[\"')\]*_”’]*\s+(?=[\"'(\[*_`“‘]*[^\W_a-z])|(?<=[。！？])\s*")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|resp|No|Fig|Dr|Mr|Ms|St|[A-Z])\.$")
_LINK_LENGTH = 90


def plain(text: str) -> str:
    """``text`` on one line as it reads in an answer: no tags, pictures or links to relative pages.

    Code between backticks stays as it is. Bracketed numbers become code, because in an answer they
    would be taken for markers of a source.
    """
    spans: list[str] = []

    def mask(found: re.Match[str]) -> str:
        spans.append(f"`{found[2].strip().replace('`', '')}`")
        return f"\0{len(spans) - 1}\0"

    masked = _SPAN.sub(mask, re.sub(r"\s+", " ", _COMMENT.sub(" ", text.replace("\0", "")))).replace("`", "")
    masked = _LINK.sub(_words_of_link, _IMAGE.sub(" ", masked))
    masked = _BRACKETED.sub(lambda found: f"`{found[0]}`", _TAG.sub(" ", masked))
    unmasked = _MASK.sub(lambda found: spans[int(found[1])], masked)
    return re.sub(r"\s+", " ", unmasked).strip()


def sentences(text: str) -> Sequence[str]:
    """The sentences of one paragraph, in order; nothing is lost but the blanks between them."""
    found: list[str] = []
    for part in _END.split(text):
        if found and (_ABBREVIATION.search(found[-1]) or found[-1].count("`") % 2 or _opened(found[-1])):
            found[-1] = f"{found[-1]} {part}"
        elif part:
            found.append(part)
    return found


def _opened(sentence: str) -> bool:
    return sentence.count("(") > sentence.count(")") and len(sentence) < 300


def _words_of_link(found: re.Match[str]) -> str:
    words, target = found[1], found[2]
    absolute = target.startswith(("https://", "http://")) and len(target) <= _LINK_LENGTH
    return f"[{words}]({target})" if absolute and not _BRACKETED.search(f"[{words}]") else words
