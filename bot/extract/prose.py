"""Makes a passage's paragraphs quotable: plain words instead of markup, cut into sentences."""

import re
from collections.abc import Iterator, Sequence

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
_END = re.compile(r"(?<=[.!?])([\"')\]*_”’]*)\s+(?=[\"'(\[*_`“‘]*[^\W_a-z])|(?<=[。！？])\s*")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|resp|No|Fig|Dr|Mr|Ms|St|[A-Z])\.$")
_UNDERLINES = re.compile(r"(?<![\w`])__(?=[^\s_])([^`]{1,200}?)(?<=[^\s_])__(?!\w)")
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
    masked = _UNDERLINES.sub(r"**\1**", masked)
    unmasked = _MASK.sub(lambda found: spans[int(found[1])], masked)
    return re.sub(r"\s+", " ", unmasked).strip()


def sentences(text: str) -> Sequence[str]:
    """The sentences of one paragraph, in order; only blanks between them and half marks of bold are lost."""
    found: list[str] = []
    for part in _parts(text):
        if found and (_ABBREVIATION.search(found[-1]) or found[-1].count("`") % 2 or _opened(found[-1])):
            found[-1] = f"{found[-1]} {part}"
        elif part:
            found.append(part)
    return [_without_half_bold(sentence) for sentence in found]


def _parts(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        yield text[start : end.start()] + (end[1] or "")
        start = end.end()
    yield text[start:]


def _without_half_bold(sentence: str) -> str:
    """A sentence out of a longer bold stretch keeps no mark that nothing closes."""
    return sentence.replace("**", "") if sentence.count("**") % 2 and "`" not in sentence else sentence


def _opened(sentence: str) -> bool:
    return sentence.count("(") > sentence.count(")") and len(sentence) < 300


def _words_of_link(found: re.Match[str]) -> str:
    words, target = found[1], found[2]
    absolute = target.startswith(("https://", "http://")) and len(target) <= _LINK_LENGTH
    return f"[{words}]({target})" if absolute and not _BRACKETED.search(f"[{words}]") else words
