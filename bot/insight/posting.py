"""Posts the week's digest into the support team's channel."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from bot.chores import Chore
from bot.insight.digest import GAPS_SHOWN, Digest, markdown
from bot.insight.escaping import one_line
from bot.insight.gaps import Gap, draft

DAYS = 7
LATE_SECONDS = 6 * 3_600.0
POST_CHARS = 1_800
"""What a message takes on every platform, with some room."""

Made = Callable[[float], Awaitable[Digest]]
"""The digest of the week up to then, in seconds since the epoch. Raises LedgerUnavailable."""
Say = Callable[[str], Awaitable[bool]]
"""Posts Markdown into the team's channel; whether that worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """A time of the week, by the clock on the wall."""

    day: int
    """Monday is 0."""
    at: time
    zone: tzinfo = UTC

    def last(self, now: float) -> float:
        """The latest such time up to ``now``, both in seconds since the epoch."""
        today = datetime.fromtimestamp(now, self.zone).date()
        day = today - timedelta(days=(today.weekday() - self.day) % 7)
        found = datetime.combine(day, self.at, self.zone)
        if found.timestamp() > now:
            found = datetime.combine(day - timedelta(days=7), self.at, self.zone)
        return found.timestamp()


def digest_chore(  # noqa: PLR0913 - where, when, what and how, each named
    platform: str,
    weekly: Weekly,
    made: Made,
    say: Say,
    ready: Callable[[], bool],
    *,
    page_url: str | None = None,
) -> Chore:
    """Posts the digest on one platform every week; a part that is not taken is not posted again.

    ``page_url`` is where the team's pages are reached, None without any: drafts come with the digest then.
    """

    async def post(due: float) -> bool:
        first, *others = posts(await made(due), page_url)
        if not await say(first):
            return False
        for part in others:
            await say(part)
        return True

    name = f"digest {platform}"
    return Chore(name=name, due=weekly.last, do=post, ready=ready, late_seconds=LATE_SECONDS)


def posts(made: Digest, page_url: str | None) -> list[str]:
    """The messages of a digest, in order: what it says, and the drafts that no page of ours shows."""
    drafts = made.gaps[:GAPS_SHOWN] if page_url is None else ()
    return [*parts(markdown(made, page_url=page_url)), *(part for gap in drafts for part in _drafted(gap))]


def _drafted(gap: Gap) -> list[str]:
    """A section to paste, in code blocks. Fences within are written the other way, so as not to end them."""
    pieces = parts(draft(gap).replace("```", "~~~"), POST_CHARS - 200)
    title = f"**A section to paste: {one_line(gap.topic)}**"
    return [f"{title}\n```markdown\n{piece}\n```" for piece in pieces]


def parts(text: str, limit: int = POST_CHARS) -> list[str]:
    """``text`` in pieces of whole lines, at most ``limit`` characters each where no line is longer."""
    found = [""]
    for line in (line[:limit] for line in text.split("\n")):
        if found[-1] and len(found[-1]) + 1 + len(line) > limit:
            found.append("")
        found[-1] = f"{found[-1]}\n{line}" if found[-1] else line
    return [part.strip("\n") for part in found if part.strip()]
