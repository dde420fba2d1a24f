"""A simulated past: questions of many people over some days, with what became of each; always the same."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.posts import Entry, Lease, Rating
from bot.insight.records import Record
from bot.model import Answer, Citation, Passage, Place
from bot.support.handoffs import HandOff

DAY = 86_400.0
END = 1_793_491_200.0
"""1 November 2026, 0:00 UTC."""
LACKING = {
    "backup": (
        "backup.md",
        (
            "How do I restore a backup to another cluster?",
            "restore a backup on a different cluster",
            "Can a backup be restored to another cluster",
            "is it possible to restore the backup of one cluster in another cluster?",
        ),
    ),
    "kerberos": (
        "authenticate.md",
        (
            "Does Milvus support Kerberos authentication?",
            "kerberos authentication for milvus users",
            "How can I set up Kerberos authentication",
        ),
    ),
    "windows": (
        "install.md",
        (
            "Is there a Windows service installer?",
            "installer that runs milvus as a windows service",
            "how to run as a Windows service",
        ),
    ),
}
COVERED = (
    "How is data stored?",
    "What is the maximum number of fields in a collection?",
    "How do I create an index on a vector field?",
    "Which metric types are there for binary vectors?",
    "How do I install the Python client?",
    "What does consistency level mean?",
)
CHANNELS = (("slack", "C_HELP"), ("slack", "C_DEV"), ("discord", "900100"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One question with all that was said about it."""

    entry: Entry
    ratings: tuple[Rating, ...] = ()
    hand_off: HandOff | None = None

    @property
    def record(self) -> Record:
        votes = [rating.vote for rating in self.ratings]
        return Record(
            entry=self.entry, ups=votes.count("up"), downs=votes.count("down"), hand_off=self.hand_off
        )


def past(count: int, days: int = 30, end: float = END, seed: int = 7) -> Iterator[Past]:
    """``count`` questions of the ``days`` before ``end``, oldest first."""
    chance = random.Random(seed)
    times = sorted(end - chance.random() * days * DAY for _ in range(count))
    for number, at in enumerate(times):
        yield _one(number, at, chance)


def _one(number: int, at: float, chance: random.Random) -> Past:
    lacks = chance.random() < 0.25
    topic = chance.choices(list(LACKING), weights=[5, 3, 2])[0]
    page, wordings = LACKING[topic]
    text = chance.choice(wordings if lacks else COVERED)
    platform, channel = chance.choices(CHANNELS, weights=[6, 2, 3])[0]
    entry = asked(number, text, at=at, platform=platform, channel=channel)
    if chance.random() < 0.02:
        return Past(entry=finished(entry, None))
    kind = ("not_covered" if chance.random() < 0.7 else "answered") if lacks else "answered"
    uncertain = lacks and kind == "answered"
    made = answer(
        kind, page if lacks else "storage.md", uncertain=uncertain, total=300 + 4000 * chance.random() ** 3
    )
    ratings, hand_off = _reactions(entry, chance, unhappy=lacks)
    return Past(entry=finished(entry, made), ratings=ratings, hand_off=hand_off)


def _reactions(
    entry: Entry, chance: random.Random, *, unhappy: bool
) -> tuple[tuple[Rating, ...], HandOff | None]:
    ratings: tuple[Rating, ...] = ()
    if chance.random() < 0.3:
        vote = "down" if unhappy or chance.random() < 0.1 else "up"
        ratings = (Rating(ref=entry.ref, person="U_BOB", vote=vote, at=entry.at + 60),)  # type: ignore[arg-type]
    if not unhappy or chance.random() > 0.2:
        return ratings, None
    ended = chance.random() < 0.6
    hand_off = HandOff(
        ref=entry.ref, person=entry.asker, reason="asked", asked_at=entry.at + 90, category="how-to",
        severity="normal", summary=entry.text, state="resolved" if ended else "open",
        owner="U_SUE" if ended else "", outcome="Explained by hand." if ended else "",
        claimed_at=entry.at + 200 if ended else None, resolved_at=entry.at + 900 if ended else None,
    )  # fmt: skip
    return ratings, hand_off


def asked(number: int, text: str, **fields: Any) -> Entry:
    platform = fields.pop("platform", "slack")
    place = Place(
        platform=platform, workspace="T1", channel=fields.pop("channel", "C_HELP"),
        thread=fields.pop("thread", f"{number}.0"),
    )  # fmt: skip
    given: dict[str, Any] = {
        "ref": f"{number + 1:032x}",
        "place": place,
        "message": f"{number}.5",
        "asker": f"U_{number % 40}",
        "text": text,
        "via": "mention",
        "at": END - DAY,
    }
    return Entry(**(given | fields))


def answer(kind: Any = "answered", page: str = "storage.md", **fields: Any) -> Answer:
    total = fields.pop("total", 800.0)
    name = page.removesuffix(".md").capitalize()
    url = f"https://docs.example/{page}#part"
    passage = Passage(text="", title=name, heading="Overview", url=url, path=page, score=1.0, similarity=0.6)
    cited = (Citation(number=1, title=name, heading="Overview", url=url, path=page),)
    covered = kind in {"answered", "extract"}
    given: dict[str, Any] = {
        "text": "It is kept in **object storage** [1]."
        if covered
        else "I did not find this in the documentation.",
        "kind": kind,
        "citations": cited if covered else (),
        "confidence": 0.8 if covered else 0.2,
        "passages": (passage,),
        "model": "gpt-oss:20b",
        "timings": {"retrieve_ms": 20.0, "first_token_ms": total / 2, "total_ms": total},
    }
    return Answer(**(given | fields))


def finished(entry: Entry, made: Answer | None) -> Entry:
    from dataclasses import replace

    return replace(entry, state="answered" if made else "failed", answer=made)


async def keep(ledger: Any, these: Sequence[Past]) -> None:
    """Let a ledger live through it."""
    for one in these:
        entry = one.entry
        await ledger.claim(asked_again(entry), Lease(owner="simulation", until=entry.at + 60))
        if entry.state != "open":
            await ledger.close(
                entry.ref, revision=0, state=entry.state, answer=entry.answer, now=entry.at + 5
            )
        for rating in one.ratings:
            await ledger.rate(rating)
        if one.hand_off:
            await ledger.hand_offs.begin(one.hand_off, 0.0)


def asked_again(entry: Entry) -> Entry:
    """The entry as it was before anybody answered."""
    from dataclasses import replace

    return replace(entry, state="open", answer=None)
