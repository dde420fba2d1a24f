"""Fills each page from what it shows (pure, but for the ledger it looks into)."""

import re
from collections.abc import Sequence

from adapters.web import charts, rendering
from adapters.web.charts import Series
from adapters.web.reports import Charted, GapsFound
from adapters.web.requested import CHOICES, PAGE_SIZE, PERIODS, Asked
from bot.insight import digest as digesting
from bot.insight import gaps as lacking
from bot.insight.digest import Digest
from bot.insight.figures import TRIED, Day
from bot.insight.gaps import Gap
from bot.insight.records import OUTCOMES, Outcome, Records, Story
from bot.model import Place
from indexer.history import Run

GAPS_SHOWN = 100
SHOWN_TOGETHER: tuple[tuple[str, str, tuple[Outcome, ...]], ...] = (
    ("answered", "good", ("answered",)),
    ("doubtful", "doubt", ("uncertain",)),
    ("not in the docs", "bad", ("not_covered",)),
    ("other", "other", ("clarify", "declined", "failed", "open", "withdrawn")),
)
"""The parts of a day's bar: name, colour, outcomes."""


async def inbox(records: Records, asked: Asked) -> str:
    """The list of questions. Raises LedgerUnavailable."""
    found = await records.page(asked.filters(), limit=PAGE_SIZE, offset=(asked.page - 1) * PAGE_SIZE)
    channels = await records.channels()
    first = (asked.page - 1) * PAGE_SIZE + 1
    return rendering.page(
        "inbox.html",
        asked=asked,
        found=found,
        first=first,
        last=first + len(found.records) - 1,
        more=found.total > first + len(found.records) - 1 and bool(found.records),
        pages=max(1, -(-found.total // PAGE_SIZE)),
        filter_options={
            name: [(value, rendering.word(value)) for value in values] for name, values in CHOICES.items()
        },
        places=_places(channels),
    )


def story(shown: Story, ref: str) -> str:
    """A thread, with the question ``ref`` marked."""
    place = next(record.entry.place for record in shown.records if record.entry.ref == ref)
    ratings = {
        record.entry.ref: [rating for rating in shown.ratings if rating.ref == record.entry.ref]
        for record in shown.records
    }
    return rendering.page("story.html", story=shown, ref=ref, place=place, link=link(place), ratings=ratings)


def link(place: Place) -> str:
    """The thread's address on its platform; empty where there is none."""
    if place.platform == "discord" and place.workspace.isdecimal() and place.channel.isdecimal():
        thread = place.thread if place.thread.isdecimal() else place.channel
        return f"https://discord.com/channels/{place.workspace}/{thread}"
    if place.platform == "slack" and place.workspace.isalnum() and place.channel.isalnum():
        if re.fullmatch(r"[0-9]+\.[0-9]+", place.thread):
            thread = f"{place.channel}-{place.thread}"
            return f"https://app.slack.com/client/{place.workspace}/{place.channel}/thread/{thread}"
        return f"https://slack.com/app_redirect?team={place.workspace}&channel={place.channel}"
    return ""


def gaps(found: GapsFound, days: int) -> str:
    """The list of gaps."""
    return rendering.page(
        "gaps.html",
        gaps=found.gaps[:GAPS_SHOWN],
        total=len(found.gaps),
        complete=found.complete,
        place=lacking.place,
        days=days,
        periods=PERIODS,
    )


def gap(shown: Gap, days: int) -> str:
    """One gap with its draft."""
    return rendering.page("gap.html", gap=shown, draft=lacking.draft(shown), place=lacking.place, days=days)


def digest(made: Digest, days: int) -> str:
    """The digest as it is posted, with links to these pages."""
    text = digesting.markdown(made, page_url="")
    return rendering.page("digest.html", text=text, days=days, periods=PERIODS)


def figures(charted: Charted, days: int) -> str:
    """Rates and charts."""
    return rendering.page(
        "figures.html",
        charted=charted,
        charts=_charts(charted.days),
        outcomes=[name for name in OUTCOMES if name in charted.totals.outcomes],
        together=SHOWN_TOGETHER,
        days=days,
        periods=PERIODS,
    )


def runs(shown: Sequence[Run]) -> str:
    """The history of the index."""
    return rendering.page("runs.html", runs=shown)


def _charts(days: Sequence[Day]) -> dict[str, object]:
    labels = [day.date[5:] for day in days]
    volume = [
        Series(name=name, look=look, values=[sum(day.outcomes.get(one, 0) for one in parts) for day in days])
        for name, look, parts in SHOWN_TOGETHER
    ]
    rates = [Series(name="answered", look="good", values=[_rate(day) for day in days])]
    thumbs = [
        Series(name="thumbs up", look="good", values=[day.ups for day in days]),
        Series(name="thumbs down", look="bad", values=[day.downs for day in days]),
    ]
    waits = [
        Series(name="half within", look="good", values=[_seconds(day.p50_ms) for day in days]),
        Series(name="95% within", look="doubt", values=[_seconds(day.p95_ms) for day in days]),
    ]
    return {
        "volume": rendering.safe(charts.bars(labels, volume, "Questions a day, by what became of them")),
        "rate": rendering.safe(charts.lines(labels, rates, "Share of questions answered, by day", unit="%")),
        "thumbs": rendering.safe(charts.bars(labels, thumbs, "Thumbs up and down, by day of the question")),
        "waits": rendering.safe(charts.lines(labels, waits, "Seconds to an answer, by day", unit=" s")),
    }


def _rate(day: Day) -> float | None:
    tried = sum(day.outcomes.get(name, 0) for name in TRIED)
    return day.outcomes.get("answered", 0) / tried if tried else None


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 2)


def _places(channels: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Value and words of each place that can be chosen: a platform as a whole, then its channels."""
    platforms = dict.fromkeys(platform for platform, _ in channels)
    choices = []
    for platform in platforms:
        choices.append((platform, f"{platform}, all channels"))
        choices += [
            (f"{one}/{channel}", f"{one} {channel}")
            for one, channel in channels
            if one == platform and channel
        ]
    return choices
