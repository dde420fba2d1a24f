"""Picks the one sentence of a message that says what is wrong (pure)."""

import re
import unicodedata

from bot.question.masking import masked
from bot.question.personal import anonymous
from bot.triage.features import MENTION, READ, alarming, readable, without_frames

LONGEST = 140
NOTHING = "(no text)"
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)|\n+")
_FENCE = re.compile(r"^\s*(?:```+|~~~+).*$", re.MULTILINE)
_LEADING = re.compile(r"\A[\s>#*_`~|-]+")
_PLAIN = re.compile(r"[*`]+")
_LINK = re.compile(r"<(https?://[^>|\s]+)\|([^>]+)>|\[([^\]\n]+)\]\([^)\s]+\)")
_GREETING = re.compile(
    r"\A(?:(?:hi|hello|hey|hallo|dear|good (?:morning|afternoon|evening|day))"
    r"(?: (?:all|everyone|everybody|team|there|folks|guys|sir|madam|friends?))*"
    r"|thanks(?: in advance)?|thank you(?: in advance)?|please help(?: me| us)?|help|urgent|asap|pls|sorry"
    r"|any (?:help|ideas?)(?: is| would be)?(?: appreciated)?)\s*(?:[,.!:?-]+\s*|\Z)",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"\b(?:error|exception|fail\w*|crash\w*|down|lost|missing|wrong|slow\w*|cannot|can't|doesn't|does not"
    r"|not work\w*|stuck|hangs?|refused|timeouts?|invalid|broken|empty|charged|refund|unable|returns?"
    r"|raises?)\b|\w(?:Error|Exception)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\?\s*\Z|\b(?:how (?:do|can|to)|is there|which|would be (?:great|nice)|please add)\b", re.IGNORECASE
)
_CLOSING = re.compile(r"\b(?:thanks?|thank you|cheers|regards|any (?:help|idea)s?|what now)\b", re.IGNORECASE)


def summary(message: str) -> str:
    """One line of at most 140 characters, in the message's own words, without secrets and personal data.

    Greetings, mentions, stack frames and markup are left out; what a page shows it in still has to escape it.
    """
    message = anonymous(masked(message)[0])
    text = _FENCE.sub("", without_frames(readable(message)))
    sentences = [line for part in _SENTENCE.split(text) if (line := _ungreeted(_bare(part)))]
    if not sentences:
        return _short(_bare(message[:READ])) or NOTHING
    places = range(len(sentences))
    best = max(places, key=lambda place: (_weight(sentences[place]), -place))
    return _short(sentences[best])


def _weight(sentence: str) -> int:
    """How much a sentence tells of what is wrong."""
    words = len(sentence.split())
    weight = 4 * alarming(sentence) + 3 * bool(_TELLING.search(sentence)) + 2 * bool(_ASKING.search(sentence))
    weight -= 2 * bool(_CLOSING.search(sentence))
    return weight + (words >= 4) - 2 * (words < 2) - sentence.startswith("Traceback (")


def _bare(sentence: str) -> str:
    """A sentence without mentions, marks of markup and characters that cannot be seen."""
    kept = "".join(
        " " if char.isspace() else char
        for char in sentence
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    kept = _LINK.sub(lambda found: found[2] or found[3], kept)
    return " ".join(_PLAIN.sub("", _LEADING.sub("", MENTION.sub("", kept))).split())


def _ungreeted(sentence: str) -> str:
    for _ in range(3):
        sentence = _GREETING.sub("", sentence, count=1)
    return sentence


def _short(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    cut = sentence[: LONGEST - 1]
    words = cut.rsplit(" ", 1)[0] if " " in cut[LONGEST // 2 :] else cut
    return words.rstrip(" ,;:-") + "…"
