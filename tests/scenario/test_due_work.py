"""The week's digest and retention as the service does them, over a ledger in a file."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.index_history import SqlFirings
from adapters.ledger.ledger import SqlLedger
from bot.channels.posts import Entry, Lease
from bot.chores import Chores
from bot.errors import SurfaceUnavailable
from bot.insight.posting import Weekly, digest_chore
from bot.insight.reporting import digest_of
from bot.model import Answer, Place
from bot.support.handoffs import HandOff
from config import supporting
from config.reporting import reader_of
from config.settings import Settings, load_settings
from fake_room import FakeRoom
from fakes import FakeRetriever

WEEK = 7 * 86_400.0
LEASE = Lease(owner="me", until=1e12)
SECRET = "what may nobody read of me"


class Heard(FakeRoom):
    """A room that tells when something is said in it."""

    def __init__(self) -> None:
        super().__init__("slack")
        self.news = asyncio.Event()

    async def remark(self, channel, message, sentence, people=()):
        await super().remark(channel, message, sentence, people)
        self.news.set()


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    made = SqlLedger(f"sqlite:///{tmp_path}/ledger.db")
    yield made
    await made.aclose()


def settings(tmp_path: Path, **environment: str) -> Settings:
    (tmp_path / "docent.toml").write_text("")
    return load_settings(
        tmp_path / "docent.toml",
        {"DOCENT_LEDGER__URL": f"sqlite:///{tmp_path}/ledger.db", "DOCENT_LLM__BASE_URL": ""} | environment,
    )


async def asked(ledger: SqlLedger, number: int, at: float, text: str, **fields: str) -> str:
    place = Place(platform="slack", workspace="w", channel="general", thread=str(number))
    known = {"via": "mention"} | fields
    ref = f"{number:032x}"
    entry = Entry(ref=ref, place=place, message=str(number), asker="ann", text=text, at=at, **known)
    await ledger.claim(entry, LEASE)
    answer = Answer(text="Not there.", kind="not_covered")
    await ledger.close(ref, revision=0, state="answered", answer=answer, now=at)
    return ref


def this_minute() -> str:
    return datetime.now(UTC).strftime("%a %H:%M").lower()


async def test_the_service_posts_the_weeks_digest_and_purges_what_is_too_old(ledger, tmp_path):
    now = time.time()
    agreed = settings(
        tmp_path,
        DOCENT_TRIAGE__DIGEST=this_minute(),
        DOCENT_TRIAGE__SLACK_CHANNEL="C9",
        DOCENT_LEDGER__KEEP="30d",
    )
    old = await asked(ledger, 1, now - 40 * 86_400, "an old question")
    await asked(ledger, 2, now - 86_400, "where is the zebra <!channel> documented?")
    await asked(ledger, 3, now - 86_400, SECRET, via="direct")
    parts, room = supporting.support_of(agreed, ledger, None), Heard()
    parts.board.rooms["slack"] = room
    async with supporting.tended(parts, agreed, ledger, FakeRetriever()):
        await asyncio.wait_for(room.news.wait(), 30)
    (message, text, called), *_ = room.remarks
    assert (message, called) == ("", ())
    assert text.startswith("**Questions ")
    assert "2 questions" in text
    assert "zebra" in text
    assert not [text for _, text, _ in room.remarks if SECRET in text]
    assert await ledger.entry(old) is None


async def test_of_many_processes_one_posts_the_digest_and_none_twice(ledger, tmp_path):
    await asked(ledger, 1, time.time() - 60, "where is the zebra documented?")
    agreed, room = settings(tmp_path), FakeRoom()
    monday = Weekly(day=0, at=datetime.min.time())
    clock = monday.last(time.time()) + 60

    async def made(until: float):
        async with reader_of(agreed) as reader:
            return await digest_of(reader, 7, until)

    async def say(text: str) -> bool:
        try:
            await room.remark("C9", "", text)
        except SurfaceUnavailable:
            return False
        return True

    firings = [SqlFirings(agreed.ledger.url) for _ in range(4)]
    processes = [
        Chores(
            [digest_chore("slack", monday, made, say, lambda: True, page_url="https://docent.example")],
            take=lambda name, due, one=one: asyncio.to_thread(one.take, name, due),
            clock=lambda: clock,
        )
        for one in firings
    ]
    room.error = SurfaceUnavailable("down", passing=True)
    await asyncio.gather(*(process.tend() for process in processes))
    assert room.remarks == []
    room.error = None
    for _ in range(2):
        await asyncio.gather(*(process.tend() for process in processes))
    assert len(room.remarks) == 1
    clock += WEEK
    await asyncio.gather(*(process.tend() for process in processes))
    assert len(room.remarks) == 2
    for one in firings:
        one.close()


async def test_without_a_time_nothing_is_posted_and_without_an_age_everything_is_kept(ledger, tmp_path):
    agreed = settings(tmp_path, DOCENT_TRIAGE__SLACK_CHANNEL="C9", DOCENT_LEDGER__KEEP="")
    old = await asked(ledger, 1, 1_000.0, "a very old question")
    parts, room = supporting.support_of(agreed, ledger, None), Heard()
    parts.board.rooms["slack"] = room
    names = [chore.name for chore in supporting.chores_of(parts, agreed, ledger, FakeRetriever())]
    assert names == []
    assert await ledger.entry(old) is not None


async def test_in_slack_the_digest_has_bold_titles_and_links_and_pings_nobody(tmp_path):
    from slack_bot import bot_in
    from slack_double import SlackDouble

    text = (
        "**Gaps**\n\n1. [Zebra <!channel>](<https://docent.example/gaps/1>), asked 2 times\n- a & b\n- @here"
    )
    async with SlackDouble() as slack, bot_in(slack, tmp_path, team="C0PRIVATE1") as bot:
        assert await bot.support.board.say("slack", "C0PRIVATE1", text)
        (message,) = await slack.until(lambda: slack.channel("C_PRIVATE"))
    assert "*Gaps*" in message.words
    assert "**" not in message.words
    assert "<https://docent.example/gaps/1|" in message.words
    assert "<!channel>" not in message.words
    assert "@here" not in message.words
    assert "a &amp; b" in message.words


class Counting:
    """An embedding model of one dimension that is loaded at no cost."""

    name, dim, fingerprint = "one", 1, "one-1"
    min_similarity, foreign_similarity, similarity_spread = 0.33, None, 1.0

    def encode_queries(self, queries):
        return [[1.0] for _ in queries]

    encode_documents = __call__ = encode_queries


async def test_the_service_keeps_what_was_handed_over_beside_the_index_to_find_it_again(ledger, tmp_path):
    agreed = settings(tmp_path, DOCENT_MILVUS__URI=str(tmp_path / "docent.db"))
    ref = await asked(ledger, 1, time.time() - 60, "where is the zebra?")
    handed = HandOff(ref=ref, person="ann", reason="asked", asked_at=time.time(), card_platform="slack")
    assert await ledger.hand_offs.begin(handed, 0.0)
    async with supporting.threads_of(agreed, Counting()) as threads:
        parts = supporting.support_of(agreed, ledger, None, threads=threads)
        async with asyncio.timeout(60), supporting.tended(parts, agreed, ledger, FakeRetriever()):
            while await threads.held() != {ref: 0}:
                pass
