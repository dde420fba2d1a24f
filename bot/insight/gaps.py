"""Finds what the documentation lacks: questions it did not answer, by groups, each with a drafted section."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.insight.clustering import Embed, clusters
from bot.insight.escaping import code_block, one_line
from bot.insight.records import Record
from bot.words import spoken, stem, terms

Why = Literal["not_covered", "uncertain", "down_voted"]
WORDS: dict[Why, str] = {
    "not_covered": "not in the documentation",
    "uncertain": "answered with doubt",
    "down_voted": "answer voted down",
}
EXAMPLES = 5
TOPIC_WORDS = 4
ID_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A question that the documentation did not serve."""

    ref: str
    text: str
    why: Why
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestPage:
    """The page that comes nearest to a group of questions."""

    title: str
    heading: str
    url: str
    path: str
    found: int
    """For how many of the questions it was the best hit."""
    text: str = ""
    """What it says there, as Markdown; empty where it was not looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Questions that ask about the same thing and were not served."""

    id: str
    """Names the gap in addresses; the same as long as its central question has the same words."""
    topic: str
    """A few words that most of its questions hold, such as ``backup restore``."""
    questions: tuple[Unmet, ...]
    """The most central first."""
    page: NearestPage | None

    @property
    def count(self) -> int:
        """How often it was asked."""
        return len(self.questions)

    @property
    def examples(self) -> tuple[Unmet, ...]:
        """A few of the questions, none in the very same words as another."""
        unlike: dict[str, Unmet] = {}
        for question in self.questions:
            unlike.setdefault(" ".join(question.text.lower().split()), question)
        return tuple(unlike.values())[:EXAMPLES]

    @property
    def reasons(self) -> Sequence[tuple[Why, int]]:
        """Why it is a gap, with how often, most often first."""
        return Counter(question.why for question in self.questions).most_common()


def gaps(records: Iterable[Record], *, embed: Embed | None = None) -> Sequence[Gap]:
    """The gaps within ``records``, most asked first; ``embed`` compares by meaning instead of by words."""
    unmet = [(record, reason) for record in records if (reason := why(record))]
    groups = clusters([record.entry.text for record, _ in unmet], embed=embed)
    return [_gap([unmet[place] for place in group]) for group in groups]


def why(record: Record) -> Why | None:
    """Why a question is one the documentation did not serve; None where it did, or was not asked to."""
    if record.hand_off and record.hand_off.state == "not_support":
        return None
    if record.outcome in {"not_covered", "uncertain"}:
        return record.outcome
    if record.outcome == "answered" and record.downs > record.ups:
        return "down_voted"
    return None


def quoting(gap: Gap, text: str) -> Gap:
    """``gap`` with what its nearest page says."""
    return replace(gap, page=replace(gap.page, text=text)) if gap.page else gap


def draft(gap: Gap) -> str:
    """A section to paste into the documentation, as Markdown: what is known, and marks where to write.

    Nothing in it is made up: it holds the questions, where the nearest page is and what it says.
    """
    lines = [f"## {one_line(gap.topic).capitalize()}", "", "<!-- TODO: answer in a sentence or two. -->", ""]
    lines += [
        f"<!-- Asked {gap.count} times: {_reasons(gap)}. -->"
        if gap.count > 1
        else f"<!-- {_reasons(gap)}. -->"
    ]
    lines += ["", "TODO: write this section. It should answer:", ""]
    lines += [f"- {one_line(question.text)}" for question in gap.examples]
    lines += ["", *_nearest(gap.page), "### Example", "", "TODO: a command or code that can be copied.", ""]
    return "\n".join(lines)


def place(page: NearestPage) -> str:
    """A page's title and heading in a line."""
    return " > ".join(part for part in (page.title, page.heading) if part) or page.path


def _nearest(page: NearestPage | None) -> Sequence[str]:
    if page is None:
        return ["TODO: no page comes near this; decide where it belongs.", ""]
    where = f"{one_line(place(page))} ({page.path})" if page.path else one_line(place(page))
    lines = [f"### What is documented now: {where}", ""]
    if page.url:
        lines += [f"See <{page.url}>.", ""] if _plain_address(page.url) else []
    if page.text.strip():
        lines += ["It says:", "", code_block(page.text.strip()), ""]
    return [*lines, "TODO: say what is missing there, or link to it.", ""]


def _plain_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and not set(url) & set("<> \n\r\t")


def _reasons(gap: Gap) -> str:
    return ", ".join(f"{WORDS[reason]} ({count})" for reason, count in gap.reasons)


def _gap(members: Sequence[tuple[Record, Why]]) -> Gap:
    questions = tuple(
        Unmet(ref=record.entry.ref, text=record.entry.text, why=reason, at=record.entry.at)
        for record, reason in members
    )
    return Gap(
        id=_id(questions[0].text),
        topic=_topic([question.text for question in questions]),
        questions=questions,
        page=_page([record for record, _ in members]),
    )


def _id(text: str) -> str:
    """Texts of the same words are never in two groups, so theirs can name it."""
    return hashlib.sha256(" ".join(sorted(terms(text))).encode()).hexdigest()[:ID_DIGITS]


def _topic(texts: Sequence[str]) -> str:
    """The words that most of the texts hold, as the first of them spells and orders them."""
    held = Counter(word for text in texts for word in {stem(word) for word in spoken(text)})
    first = spoken(texts[0])
    common = sorted(first, key=lambda word: -held[stem(word)])[:TOPIC_WORDS]
    words = " ".join(word for word in first if word in common)
    return words or one_line(texts[0])[:60] or "Untitled"


def _page(records: Sequence[Record]) -> NearestPage | None:
    best = [
        record.entry.answer.passages[0]
        for record in records
        if record.entry.answer and record.entry.answer.passages
    ]
    if not best:
        return None
    found = Counter((passage.path, passage.url) for passage in best)
    (path, url), count = found.most_common(1)[0]
    first = next(passage for passage in best if (passage.path, passage.url) == (path, url))
    return NearestPage(title=first.title, heading=first.heading, url=url, path=path, found=count)
