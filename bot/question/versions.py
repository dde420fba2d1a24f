"""Finds the versions of the documented product that a question names (pure)."""

import re
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.question.english import is_word
from bot.question.languages import is_common
from bot.question.version_words import FROM, IN, MEASURED, OTHERS, PARTS, SAID

_NUMBERS = re.compile(r"[vV]?\.?(\d{1,4}(?:\.\d{1,4}){0,3})(\.?[xX*])?")
_MENTION = re.compile(
    r"(?<![A-Za-z0-9_.,$€£])(?P<v>[vV]\.?)?(?P<name>\d{1,4}(?:\.\d{1,3}){0,2}(?P<any>\.[xX*])?)"
    r"(?:-?(?:rc|beta|alpha)[.-]?\d*)?(?![A-Za-z0-9_%°€£$]|[.,:]\d|[-/][A-Za-z])"
)
_ADDRESS = re.compile(r"\b[A-Za-z][\w+.-]{0,20}://\S+")
_WORDS_BEFORE = re.compile(r"[^\W\d_][\w.+#-]*")
_GLUE = re.compile(r"([\w.+-]*[\w+])\s?[-:=@/]{1,2}\Z")
_BETWEEN = re.compile(
    r"\W*(?:(?:and|or|vs|versus|to|through|und|oder|bis|y|o|a|e|et|ou|и|до|和|与|到|in|from|version|the)\W+)*"
)
_OF = re.compile(r"\W{0,3}of (?:the |our |your )?([^\W\d_]+)")
_STOP = re.compile(r"[.?!;:\n]\s*[\"'“(\[]*\Z")

_UNITS = re.compile(
    r"\s?(?:million|billion|thousand|percent|times|x|k|m|b|bn|[kmgtp]i?b|bytes?|bits?|ms|us|ns|s|secs?|seconds?|min"
    r"|minutes?|h|hours?|days?|weeks?|months?|years?|cores?|v?cpus?|gpus?|nodes?|qps|rps|hz|[kmg]hz|vectors?|rows?"
    r"|entities|records|documents|tokens?|dollars?|usd|eur|degrees|points?|am|pm|stars)\b",
    re.IGNORECASE,
)
WINDOW = 200
"""Characters before a number that are looked at."""
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]\s?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A version that a text names, and where it stands there."""

    name: str
    """As it is written, without a ``v``: ``2.4.9``, ``2.5.x``."""
    start: int
    end: int


def mentions(text: str, known: Sequence[str], products: Collection[str] = ()) -> tuple[Mention, ...]:
    """The versions of the documented product in ``text``, in order.

    ``known`` are the versions that documentation is at hand for. A number counts where it is of their family
    (the same major version), stands behind one of the names in ``products`` or is called a version, and
    nothing around it makes it a measure, an address, or the version of something else.
    """
    families = {numbers[0] for one in known if (numbers := parsed(one))}
    shortest = min((len(parsed(one)) for one in known if parsed(one)), default=0)
    named = {one.lower() for one in products}
    # What is blanked out keeps its length, so that places stay true.
    prose = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    found: list[Mention] = []
    for match in _MENTION.finditer(prose) if families else ():
        numbers = parsed(match["name"])
        ours = next(_words_before(_before(prose, match)), "") in named
        if len(numbers) < shortest or not (numbers[0] in families or ours):
            if numbers[0] not in families and _is_called_one(prose, match, named):
                found.append(Mention(name=match["name"], start=match.start(), end=match.end()))
            continue
        if ours or _goes_on(prose, found, match) or _names_one(prose, match, named):
            found.append(Mention(name=match["name"], start=match.start(), end=match.end()))
    return tuple(found)


def without(text: str, found: Sequence[Mention]) -> str:
    """``text`` without the versions ``found`` in it."""
    for one in reversed(found):
        text = text[: one.start] + text[one.end :]
    return " ".join(text.split()) if found else text


def held(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """Those of ``known`` that ``name`` means: itself, else the line that it is of, else all of its line.

    >>> held("2.4.9", ["2.4", "2.6"]), held("2", ["2.4", "2.6"]), held("2.5", ["2.4", "2.6"])
    (('2.4',), ('2.4', '2.6'), ())
    """
    wanted = parsed(name)
    same = [one for one in known if parsed(one) == wanted != ()]
    lines = [one for one in known if (line := parsed(one)) and wanted[: len(line)] == line]
    longest = max((len(parsed(one)) for one in lines), default=0)
    within = [one for one in known if wanted and parsed(one)[: len(wanted)] == wanted]
    return tuple(same or [one for one in lines if len(parsed(one)) == longest] or within)


def newest_first(known: Collection[str]) -> tuple[str, ...]:
    """``known`` by age, the newest first; what is no number comes last, but for ``latest`` and the like.

    >>> newest_first(["2.4.3", "v2.10", "2.4", "main", "2.6.0-rc1", "2.6.0"])
    ('v2.10', '2.6.0', '2.6.0-rc1', '2.4', '2.4.3', 'main')
    """
    return tuple(sorted(known, key=_age, reverse=True))


def parsed(version: str) -> tuple[int, ...]:
    """The numbers of a version: 2 and 4 of ``v2.4.x``; none of ``latest``."""
    found = _NUMBERS.match(version)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _age(version: str) -> tuple[float, ...]:
    if version.lower() in ("latest", "stable", "current"):
        return (float("inf"),)
    found = _NUMBERS.match(version)
    if not found:
        return (-1.0,)
    # "2.4" and "2.4.x" are the line as it is now, and so newer than 2.4.3; "2.6.0-rc1" is older than 2.6.0.
    rest = version[found.end() :]
    numbers = [float(number) for number in parsed(version)]
    return (*numbers, -1.0) if rest else (*numbers, float("inf"))


def _goes_on(text: str, found: Sequence[Mention], match: re.Match[str]) -> bool:
    """Whether a number is one of several, such as the second of "2.4 and 2.6"."""
    end = found[-1].end if found else -WINDOW
    near = match.start() - end < WINDOW and _BETWEEN.fullmatch(text, end, match.start())
    return bool(near) and not _UNITS.match(text, match.end())


def _names_one(text: str, match: re.Match[str], products: AbstractSet[str]) -> bool:
    """Whether what stands around a number says that it is a version."""
    before = _before(text, match)
    if before[-1:] and before[-1] in "-:=@/":
        glued = _GLUE.search(before)
        return glued is not None and bool(products & set(re.split(r"[^a-z]+", glued[1].lower())))
    last, *earlier = [*_words_before(before), ""]
    of = {last, *(earlier[:1] if last in SAID else [])}
    if of & (OTHERS - products):
        return False
    enclosed = before[-1:] in ("(", "[") and text[match.end() :][:1] in (")", "]")
    if match["v"] or match["any"] or last in SAID or enclosed:
        return True
    if match["name"].count(".") < 1 or _UNITS.match(text, match.end()):
        return False
    if match["name"].count(".") > 1 or _IDEOGRAPH.search(before):
        return True
    return _fits_behind(last, earlier)


def _is_called_one(text: str, match: re.Match[str], products: AbstractSet[str]) -> bool:
    """Whether a number of another family is called a version, of the product and of nothing else."""
    before = _before(text, match)
    last, *earlier = [*_words_before(before), ""]
    of = _OF.match(text, match.end())
    others = (
        of is not None and of[1].lower() not in products and (bool(products) or not _is_name(of[1].lower()))
    )
    if before[-1:] in ("-", ":", "=", "@", "/") or others:
        return False
    whose = earlier[0] if last in SAID and earlier else last
    if whose in OTHERS | PARTS or (products and _is_name(whose) and whose not in products):
        return False
    if last in SAID or (match["v"] and "." in match["name"]):
        return True
    # Where nobody knows what the product is called, it may be any name.
    unknown = not products and _is_name(last) and "." in match["name"]
    return unknown or (bool(match["any"]) and (not last or last in IN | FROM))


def _is_name(word: str) -> bool:
    return bool(word) and not is_word(word) and not is_common(word) and word not in IN | FROM | MEASURED


def _fits_behind(last: str, earlier: Sequence[str]) -> bool:
    """Whether a bare number such as ``2.4`` is a version behind these words, the nearest first."""
    if last in FROM:
        return MEASURED.isdisjoint(earlier[:4])
    # A name that is no everyday word, right before a number, is what the number is the version of.
    return not last or last in IN or not (last in MEASURED or is_word(last))


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - WINDOW) : match.start()]


def _words_before(text: str) -> Iterator[str]:
    """The words before the end of ``text`` within its sentence, the nearest first, in lower case."""
    if _STOP.search(text):
        return
    for word in reversed(_WORDS_BEFORE.findall(re.split(r"[.?!;:\n]\s", text)[-1])):
        yield word.lower().rstrip(".")
