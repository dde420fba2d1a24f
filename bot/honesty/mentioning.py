"""Finds the names in a question that the documentation never mentions (pure)."""

import re
from collections.abc import Iterator, Sequence

from bot.model import Passage
from bot.question import english
from bot.question.languages import is_common, is_english
from bot.words import stem, terms

_TOKEN = re.compile(r"\w+(?:[.\-/]\w+)*", re.UNICODE)
_CODE_NAME = re.compile(r"\w_\w|[a-z][A-Z]|[A-Za-z]\d|[A-Z]{2}[a-z]")
_OWN = re.compile(
    r"(?i)(?:my|our|hello|test|demo|example|sample|foo|bar|abc|xyz|prod|dev|tmp|new|old)(?:$|[_\-.\d])"
)
_OF_AN_ERROR = re.compile(r"(?:Exception|Error|Failure|Fault|BackOff|Killed|Warning|Timeout|Traceback)s?$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Scripts in which a name stands between other words without blanks."""
_LITERALS = frozenset({"true", "false", "none", "null", "nil", "yes", "no", "on", "off"})
"""Values, however they are written: nobody asks what a page says about them."""
_SENTENCE = re.compile(r"(?:^|[.?!:]\s+|\n\s*|^\W+)$")
_LATIN = re.compile(r"[A-Za-z][\w.\-/]*\Z", re.ASCII)
_LONGEST_QUESTION = 400
"""Characters; more is a log or a trace, full of names that are not asked about."""
_LONGEST_LINES = 3
_MOST = 3
_LEAST_TYPO = 5
_SHORT_NAME = 5
"""Characters; a longer name may be a part of a word, as OpenAI is of OpenAIEmbeddings."""


def unmentioned(question: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The names in ``question`` that none of ``passages`` holds, at most three; none for long questions.

    A name is what looks like one (code, capitals inside a sentence, an acronym), or a word that is no
    everyday English. Words that are mistyped, numbers and names of errors are left out.
    """
    asked = tuple(names(question)) if asked_about(question) else ()
    if not asked:
        return ()
    text = _text(passages)
    words = terms(text)
    missing = [
        name
        for name in asked
        if any(
            not _holds(part, words, text) and not _mistyped(part, words)
            for part in _parts(name)
            if _is_name(part, name, question)
        )
    ]
    return tuple(missing[:_MOST])


def asked_about(question: str) -> bool:
    """Whether what ``question`` names is asked about: the names in a log or a trace are not."""
    return len(question) <= _LONGEST_QUESTION and question.count("\n") < _LONGEST_LINES


def held(question: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The names in ``question`` that one of ``passages`` holds."""
    text = _text(passages)
    words = terms(text)
    return tuple(name for name in names(question) if _holds(name, words, text))


def in_code(name: str) -> bool:
    """Whether ``name`` is written as only code is: ``max_size``, ``maxSize``, ``int8``."""
    return bool(_CODE_NAME.search(name))


def names(question: str) -> Iterator[str]:
    """What in ``question`` is a name, as it stands there, each once."""
    seen: set[str] = set()
    for token in _TOKEN.findall(_UNSPACED.sub(" ", question)):
        if token.lower() not in seen and any(_is_name(part, token, question) for part in _parts(token)):
            seen.add(token.lower())
            yield token


def held_in_english(question: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The words of a question in another language that English ``passages`` hold and everyday English does
    not: names of products, commands, formats."""
    words = terms(_text(passages))
    return tuple(part for part in latin(question) if not _everyday(part) and stem(part) in words)


def latin(question: str) -> tuple[str, ...]:
    """The words of a question in another language that an English page could hold, whole and in parts."""
    tokens = dict.fromkeys(_TOKEN.findall(_UNSPACED.sub(" ", question)))
    parts = dict.fromkeys(part for token in tokens for part in (token, *_parts(token)))
    return tuple(part for part in parts if len(part) > 2 and _LATIN.match(part) and not is_common(part))


def _text(passages: Sequence[Passage]) -> str:
    return "\n".join(f"{one.title} {one.heading} {one.text}" for one in passages)


def _holds(name: str, words: set[str], text: str) -> bool:
    """Whether ``text`` of ``words`` holds ``name``; a short one as a word, for "XA" stands in "example"."""
    if stem(name) in words:
        return True
    border, end = (r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])") if len(name) < _SHORT_NAME else ("", "")
    return bool(re.search(f"{border}{re.escape(name)}{end}", text, re.IGNORECASE))


def _parts(token: str) -> Sequence[str]:
    return [part for part in re.split(r"[.\-/]", token) if len(part) > 1]


def _is_name(part: str, token: str, question: str) -> bool:
    unfit = not _LATIN.match(part) or _OF_AN_ERROR.search(part) or _OWN.match(token)
    if unfit or token.lower() in _LITERALS:
        return False
    if in_code(part):
        return True
    words = {word.lower() for word in _TOKEN.findall(question)}
    shouted = question.isupper() or len(words) < 2
    if part.isupper() and not shouted:
        return not english.is_word(part) or "." in token
    if not is_english(question):
        # Capitals and unknown words are no names there: German writes every noun like one.
        return False
    if part[0].isupper() and not _titled(question):
        before = question[: question.find(token)]
        if not _SENTENCE.search(before):
            return True
    return not _everyday(part)


def _titled(question: str) -> bool:
    """Whether it is written Like This; the first word, "I" and unusual words tell nothing about that."""
    words: list[str] = [word for word in _TOKEN.findall(question)[1:] if word[0].isalpha() and word != "I"]
    common = [word for word in words if _everyday(word)]
    return sum(word[0].isupper() for word in common) * 2 > len(common)


def _everyday(part: str) -> bool:
    return len(part) < 3 or english.is_word(part)


def _mistyped(part: str, held: set[str]) -> bool:
    """Whether ``part`` is a word of the passages, or of English, with a letter doubled, lost or swapped."""
    if not part.islower() or len(part) < _LEAST_TYPO:
        return False
    word = stem(part)
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    single = _undoubled(word)
    doubled = {single[:at] + single[at - 1] + single[at:] for at in range(1, len(single) + 1)}
    if any(form in held or english.is_word(form) for form in (single, *swapped, *doubled)):
        return True
    return any(_near(single, _undoubled(other)) for other in held if other[:1] == word[:1])


def _undoubled(word: str) -> str:
    return re.sub(r"(.)\1", r"\1", word)


def _near(word: str, other: str) -> bool:
    """Whether one letter is the difference at most."""
    if abs(len(word) - len(other)) > 1:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other))
    )
    return word[at + 1 :] == other[at + 1 :] or word[at:] == other[at + 1 :] or word[at + 1 :] == other[at:]
