"""The digest of a period: what was asked, how it went, and what the documentation lacks."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.posts import Entry
from bot.insight import gaps as lacking
from bot.insight.clustering import Embed
from bot.insight.escaping import one_line
from bot.insight.figures import Totals, totals
from bot.insight.gaps import Gap
from bot.insight.records import Mark, Outcome, Record
from bot.support.team_rules import PRIVATE

DAY_SECONDS = 86_400.0
GAPS_SHOWN = 5
QUESTIONS_SHOWN = 5
EXAMPLES_SHOWN = 3
MOST_KEPT = 50
OUTCOME_WORDS: dict[Outcome, str] = {
    "answered": "answered",
    "uncertain": "answered with doubt",
    "not_covered": "not in the documentation",
    "clarify": "asked back",
    "declined": "declined",
    "failed": "failed",
    "open": "still open",
    "withdrawn": "withdrawn",
    "triaged": "triaged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of the digest."""

    ref: str
    text: str
    at: float
    platform: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a period came to. Times are seconds since the epoch."""

    since: float
    until: float
    """The first moment that does not belong to it."""
    totals: Totals
    before: Totals
    """Of the period of the same length before it."""
    handed_over: int
    resolved: int
    """Of those handed over."""
    uncertain: tuple[Asked, ...]
    """At most the latest fifty, none in the very same words as another; ``totals`` counts all."""
    down_votes: int
    """How many answers more people voted down than up."""
    down_voted: tuple[Asked, ...]
    """In the same way."""
    gaps: tuple[Gap, ...]
    """Most asked first."""


def digest(  # noqa: PLR0913 - a period, the one before, and how they are looked at
    records: Iterable[Record],
    before: Iterable[Mark],
    since: float,
    until: float,
    *,
    embed: Embed | None = None,
    discreet: bool = False,
) -> Digest:
    """Of the ``records`` of a period, with the marks of the period ``before`` it.

    ``discreet``: what was asked in private, or deleted since, is counted and not quoted.
    """
    kept = sorted(records, key=lambda record: (-record.entry.at, record.entry.ref))
    hand_offs = [record.hand_off for record in kept if record.hand_off]
    quoted = [record for record in kept if not discreet or quotable(record.entry)]
    return Digest(
        since=since,
        until=until,
        totals=totals(map(mark, kept)),
        before=totals(before),
        handed_over=len(hand_offs),
        resolved=sum(hand_off.state == "resolved" for hand_off in hand_offs),
        uncertain=_asked(record for record in quoted if record.outcome == "uncertain"),
        down_votes=sum(record.downs > record.ups for record in kept),
        down_voted=_asked(record for record in quoted if record.downs > record.ups),
        gaps=tuple(lacking.gaps(quoted, embed=embed)),
    )


def mark(record: Record) -> Mark:
    """The few facts of a record that figures are made of."""
    entry = record.entry
    return Mark(
        at=entry.at,
        platform=entry.place.platform,
        channel=entry.place.channel,
        outcome=record.outcome,
        ups=record.ups,
        downs=record.downs,
        total_ms=entry.answer.timings.get("total_ms") if entry.answer else None,
    )


def as_json(made: Digest) -> dict[str, Any]:
    """The digest as JSON knows it; times in seconds since the epoch, rates 0 to 1."""
    return {
        "since": made.since,
        "until": made.until,
        **_totals_json(made.totals),
        "before": _totals_json(made.before),
        "handed_over": made.handed_over,
        "resolved": made.resolved,
        "uncertain": [asdict(question) for question in made.uncertain],
        "down_votes": made.down_votes,
        "down_voted": [asdict(question) for question in made.down_voted],
        "gaps": [gap_json(gap) for gap in made.gaps],
    }


def gap_json(gap: Gap) -> dict[str, Any]:
    """One gap with its draft."""
    return {
        "id": gap.id,
        "topic": gap.topic,
        "count": gap.count,
        "reasons": dict(gap.reasons),
        "examples": [asdict(question) for question in gap.examples],
        "page": asdict(gap.page) if gap.page else None,
        "draft": lacking.draft(gap),
    }


def markdown(made: Digest, *, page_url: str | None = None) -> str:
    """The digest as Markdown for a channel.

    ``page_url`` is where the team's pages are reached: empty on these pages themselves, None without any.
    """
    lines = [f"**Questions {_date(made.since)} to {_date(made.until - 1)}**", ""]
    if not made.totals.questions and not made.totals.triaged:
        return "\n".join([*lines, "Nobody asked anything."])
    lines += [f"- {line}" for line in _summary(made)]
    lines += _gap_lines(made.gaps, page_url, round((made.until - made.since) / DAY_SECONDS))
    lines += _listed(
        "Answered with doubt", made.uncertain, made.totals.outcomes.get("uncertain", 0), page_url
    )
    lines += _listed("Voted down", made.down_voted, made.down_votes, page_url)
    return "\n".join(lines)


def _summary(made: Digest) -> Sequence[str]:
    whole, before = made.totals, made.before
    lines = [f"{_counted(whole.questions, 'question')} ({before.questions} the period before)"]
    if whole.answer_rate is not None:
        earlier = f" ({before.answer_rate:.0%} before)" if before.answer_rate is not None else ""
        lines.append(f"{whole.answer_rate:.0%} answered{earlier}")
    others = [
        f"{count} {OUTCOME_WORDS[name]}" for name, count in whole.outcomes.items() if name != "answered"
    ]
    lines += [", ".join(others)] if others else []
    if whole.ups or whole.downs:
        lines.append(f"{_counted(whole.ups, 'thumb')} up, {whole.downs} down")
    if whole.triaged:
        lines.append(f"{_counted(whole.triaged, 'post')} triaged without an answer")
    if made.handed_over:
        lines.append(f"{made.handed_over} handed to people, {made.resolved} of them resolved")
    if whole.p50_ms is not None and whole.p95_ms is not None:
        lines.append(
            f"half of the answers within {whole.p50_ms / 1000:.1f} s, 95% within {whole.p95_ms / 1000:.1f} s"
        )
    return lines


def _gap_lines(found: Sequence[Gap], page_url: str | None, days: int) -> Sequence[str]:
    if not found:
        return ["", "No gaps in the documentation were found."]
    lines = ["", "**Gaps in the documentation**", ""]
    for number, gap in enumerate(found[:GAPS_SHOWN], 1):
        named = _linked(gap.topic, page_url, f"gaps/{gap.id}?days={days}", without="**{}**")
        near = f"; nearest page: {one_line(lacking.place(gap.page))}" if gap.page else "; no page is near"
        lines.append(f"{number}. {named}, asked {_counted(gap.count, 'time')}{near}")
        lines += [f"   - {one_line(question.text)}" for question in gap.examples[:EXAMPLES_SHOWN]]
    return [*lines, *_more(len(found) - GAPS_SHOWN)]


def _listed(title: str, questions: Sequence[Asked], total: int, page_url: str | None) -> Sequence[str]:
    if not questions:
        return []
    lines = ["", f"**{title}**", ""]
    lines += [
        f"- {_linked(question.text, page_url, f't/{question.ref}')}"
        for question in questions[:QUESTIONS_SHOWN]
    ]
    return [*lines, *_more(total - QUESTIONS_SHOWN)]


def _linked(text: str, page_url: str | None, path: str, *, without: str = "{}") -> str:
    return without.format(one_line(text)) if page_url is None else f"[{one_line(text)}](<{page_url}/{path}>)"


def _more(count: int) -> Sequence[str]:
    return ["", f"and {count} more."] if count > 0 else []


def quotable(entry: Entry) -> bool:
    """Whether others may read it: neither asked in private nor deleted since."""
    return entry.via not in PRIVATE and entry.state != "withdrawn"


def _asked(records: Iterable[Record]) -> tuple[Asked, ...]:
    unlike: dict[str, Entry] = {}
    for record in records:
        unlike.setdefault(" ".join(record.entry.text.lower().split()), record.entry)
    entries = tuple(unlike.values())[:MOST_KEPT]
    return tuple(
        Asked(
            ref=entry.ref,
            text=entry.text,
            at=entry.at,
            platform=entry.place.platform,
            channel=entry.place.channel,
        )
        for entry in entries
    )


def _totals_json(whole: Totals) -> dict[str, Any]:
    rates = {"answer_rate": whole.answer_rate, "helpful_rate": whole.helpful_rate}
    return asdict(whole) | rates


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _date(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.day} {moment:%B %Y}"
