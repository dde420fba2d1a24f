"""What every ledger does; run where a fixture ``ledger`` gives an empty one."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.ports import Ledger
from bot.channels.posts import Entry, Lease, Rating
from bot.model import Answer, Citation, Place
from fakes import passage

HERE = Place(platform="slack", workspace="T1", channel="C1", thread="100.1")
MINE, THEIRS = Lease(owner="mine", until=100.0), Lease(owner="theirs", until=100.0)
ANSWER = Answer(
    text="In object storage [1].",
    kind="answered",
    citations=(Citation(number=1, title="FAQ", heading="Data > Storage", url="https://d/x#y", path="x.md"),),
    confidence=0.75,
    model="m",
    timings={"retrieve_ms": 1.5, "total_ms": 20.0},
    uncertain=True,
)
SENT = "emoji 👩‍🚀, Ελληνικά, العربية, ' \" % \\ ; -- ${x} {y}\r\n\ttab"


def question(number: int = 1, **fields: Any) -> Entry:
    defaults: dict[str, Any] = {
        "ref": f"{number:032x}",
        "place": HERE,
        "message": f"{number}.5",
        "asker": "U1",
        "text": "How is data stored?",
        "via": "mention",
        "at": float(number),
    }
    return Entry(**(defaults | fields))


async def test_a_new_question_is_claimed_and_read_back_whole(ledger: Ledger) -> None:
    entry = question(at=1_700_000_000.123456, reply="7")
    assert await ledger.claim(entry, MINE) is True
    assert await ledger.entry(entry.ref) == entry
    assert await ledger.asked(HERE, entry.message) == entry


async def test_a_message_known_already_is_not_claimed_again_and_nothing_changes(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    other = question(ref="f" * 32, text="other", place=replace(HERE, thread="other", workspace="other"))
    assert await ledger.claim(other, THEIRS) is False
    assert await ledger.entry(other.ref) is None
    assert await ledger.asked(HERE, "1.5") == question()


async def test_a_ref_known_already_is_not_claimed_for_another_message(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    assert await ledger.claim(question(message="other"), MINE) is False
    assert await ledger.entry(question().ref) == question()


@pytest.mark.parametrize("change", [{"platform": "discord"}, {"channel": "C2"}])
async def test_the_same_id_elsewhere_is_another_message(ledger: Ledger, change: dict[str, str]) -> None:
    place = replace(HERE, **change)
    await ledger.claim(question(1), MINE)
    assert await ledger.asked(place, "1.5") is None
    assert await ledger.claim(question(2, place=place, message="1.5"), MINE) is True


async def test_of_many_claims_at_once_one_succeeds(ledger: Ledger) -> None:
    refs = [f"{number:032x}" for number in range(40)]
    claimed = await asyncio.gather(*(ledger.claim(question(ref=ref), MINE) for ref in refs))
    assert sum(claimed) == 1
    kept = await ledger.asked(HERE, "1.5")
    assert kept is not None
    assert kept.ref == refs[claimed.index(True)]


async def test_what_is_unknown_is_none_and_changes_nothing(ledger: Ledger) -> None:
    assert await ledger.entry("0" * 32) is None
    assert await ledger.asked(HERE, "1") is None
    assert await ledger.reopen("0" * 32, "text", MINE, revision=0) is None
    assert await ledger.withdraw(HERE, "1") is None
    assert await ledger.close("0" * 32, revision=0, state="answered", answer=None, now=1.0) is False
    await ledger.release("0" * 32, 1.0)
    await ledger.replying("0" * 32, "1")
    assert not await ledger.renew(["0" * 32], MINE)
    assert not await ledger.renew([], MINE)
    assert list(await ledger.in_thread(HERE)) == []
    assert list(await ledger.take_over("slack", MINE, 1e12)) == []


async def test_an_answer_is_kept_with_five_passages_without_their_text(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    read = tuple(passage(number=number) for number in range(1, 8))
    answer = replace(ANSWER, passages=read)
    assert await ledger.close(question().ref, revision=0, state="answered", answer=answer, now=5.0)
    kept = replace(answer, passages=tuple(replace(part, text="") for part in read[:5]))
    assert await ledger.entry(question().ref) == question(state="answered", answer=kept)


@pytest.mark.parametrize("answer", [None, Answer(text="", kind="declined")])
async def test_an_entry_ends_without_an_answer_too(ledger: Ledger, answer: Answer | None) -> None:
    await ledger.claim(question(), MINE)
    assert await ledger.close(question().ref, revision=0, state="failed", answer=answer, now=5.0)
    assert await ledger.entry(question().ref) == question(state="failed", answer=answer)


async def test_an_entry_ends_once(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    end = {"revision": 0, "now": 5.0}
    assert await ledger.close(question().ref, state="answered", answer=ANSWER, **end) is True  # type: ignore[arg-type]
    assert await ledger.close(question().ref, state="failed", answer=None, **end) is False  # type: ignore[arg-type]
    assert await ledger.entry(question().ref) == question(state="answered", answer=ANSWER)


async def test_an_answer_to_an_older_revision_is_not_kept(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    await ledger.reopen(question().ref, "edited", MINE, revision=0)
    late = await ledger.close(question().ref, revision=0, state="answered", answer=ANSWER, now=5.0)
    assert late is False
    assert await ledger.entry(question().ref) == question(text="edited", revision=1)
    assert await ledger.close(question().ref, revision=1, state="answered", answer=ANSWER, now=6.0)


async def test_an_edit_begins_the_next_revision_with_its_lease(ledger: Ledger) -> None:
    await ledger.claim(question(), replace(THEIRS, until=1.0))
    await ledger.take_over("slack", THEIRS, 2.0)
    await ledger.replying(question().ref, "77")
    await ledger.close(question().ref, revision=0, state="answered", answer=ANSWER, now=5.0)
    expected = question(text="edited", revision=1, reply="77")
    assert await ledger.reopen(question().ref, "edited", MINE, revision=0) == expected
    assert await ledger.entry(question().ref) == expected
    assert await ledger.renew([expected.ref], replace(MINE, until=500.0)) == {expected.ref}
    assert list(await ledger.take_over("slack", THEIRS, 499.0)) == []


async def test_a_withdrawn_entry_is_given_as_it_was_and_stays_withdrawn(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    await ledger.replying(question().ref, "77")
    assert await ledger.withdraw(HERE, "1.5") == question(reply="77")
    assert await ledger.withdraw(HERE, "1.5") == question(reply="77", state="withdrawn")
    assert await ledger.close(question().ref, revision=0, state="answered", answer=ANSWER, now=5.0) is False
    assert await ledger.reopen(question().ref, "edited", MINE, revision=0) is None
    assert not await ledger.renew([question().ref], MINE)
    assert list(await ledger.take_over("slack", MINE, 1e12)) == []
    assert await ledger.claim(question(ref="f" * 32), MINE) is False
    assert await ledger.entry(question().ref) == question(reply="77", state="withdrawn")


async def test_an_answered_entry_that_is_withdrawn_is_given_with_its_answer(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    await ledger.close(question().ref, revision=0, state="answered", answer=ANSWER, now=5.0)
    assert await ledger.withdraw(HERE, "1.5") == question(state="answered", answer=ANSWER)


async def test_only_open_entries_whose_lease_is_over_are_taken_over(ledger: Ledger) -> None:
    await ledger.claim(question(2), replace(THEIRS, until=10.0))
    await ledger.claim(question(1), replace(THEIRS, until=9.0))
    await ledger.claim(question(3), replace(THEIRS, until=10.1))
    await ledger.claim(question(4, place=replace(HERE, platform="discord")), replace(THEIRS, until=1.0))
    await ledger.claim(question(5), replace(THEIRS, until=1.0))
    await ledger.close(question(5).ref, revision=0, state="failed", answer=None, now=2.0)
    taken = await ledger.take_over("slack", MINE, 10.0)
    assert list(taken) == [question(1, attempts=1), question(2, attempts=1)]
    assert list(await ledger.take_over("slack", THEIRS, 10.0)) == []


async def test_many_callers_take_each_entry_over_once(ledger: Ledger) -> None:
    for number in range(30):
        await ledger.claim(question(number), replace(MINE, until=1.0))
    leases = [Lease(owner=f"process {number}", until=100.0) for number in range(8)]
    taken = await asyncio.gather(*(ledger.take_over("slack", lease, 2.0) for lease in leases))
    refs = [entry.ref for part in taken for entry in part]
    assert sorted(refs) == [question(number).ref for number in range(30)]


async def test_a_renewed_lease_holds_for_its_owner_alone(ledger: Ledger) -> None:
    await ledger.claim(question(1), replace(MINE, until=10.0))
    await ledger.claim(question(2), replace(THEIRS, until=10.0))
    both = {question(1).ref, question(2).ref}
    assert await ledger.renew(both, replace(MINE, until=50.0)) == {question(1).ref}
    assert [entry.ref for entry in await ledger.take_over("slack", MINE, 20.0)] == [question(2).ref]
    assert not await ledger.renew(both, replace(THEIRS, until=900.0))
    assert len(await ledger.take_over("slack", THEIRS, 200.0)) == 2


async def test_what_an_owner_has_left_is_not_renewed_with_the_rest(ledger: Ledger) -> None:
    for number in (1, 2):
        await ledger.claim(question(number), replace(MINE, until=10.0))
    assert await ledger.renew([question(1).ref], replace(MINE, until=50.0)) == {question(1).ref}
    assert [entry.ref for entry in await ledger.take_over("slack", THEIRS, 20.0)] == [question(2).ref]


async def test_of_many_who_report_the_same_edit_one_begins_the_next_revision(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    ref = question().ref
    begun = await asyncio.gather(*(ledger.reopen(ref, "edited", MINE, revision=0) for _ in range(20)))
    assert [entry for entry in begun if entry] == [question(text="edited", revision=1)]
    assert await ledger.reopen(ref, "edited again", THEIRS, revision=1) is not None
    assert not await ledger.renew([ref], MINE)


async def test_a_released_entry_is_anybodys_from_then_on(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    await ledger.release(question().ref, 20.0)
    assert not await ledger.renew([question().ref], replace(MINE, until=900.0))
    assert list(await ledger.take_over("slack", THEIRS, 19.9)) == []
    assert list(await ledger.take_over("slack", THEIRS, 20.0)) == [question(attempts=1)]


async def test_an_ended_entry_is_not_opened_by_releasing_it(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    await ledger.close(question().ref, revision=0, state="answered", answer=ANSWER, now=5.0)
    await ledger.release(question().ref, 6.0)
    assert list(await ledger.take_over("slack", THEIRS, 1e12)) == []


async def test_a_thread_gives_its_latest_entries_oldest_first(ledger: Ledger) -> None:
    for number in (3, 1, 2):
        await ledger.claim(question(number), MINE)
    elsewhere = ({"platform": "discord"}, {"channel": "C2"}, {"thread": "9"})
    for number, change in enumerate(elsewhere, start=10):
        await ledger.claim(question(number, place=replace(HERE, **change)), MINE)
    here = replace(HERE, workspace="is not looked at")
    assert [entry.at for entry in await ledger.in_thread(here)] == [1.0, 2.0, 3.0]
    assert [entry.at for entry in await ledger.in_thread(here, limit=2)] == [2.0, 3.0]
    assert list(await ledger.in_thread(here, limit=0)) == []


async def test_entries_of_the_same_moment_keep_their_order(ledger: Ledger) -> None:
    for number in (2, 1, 3):
        await ledger.claim(question(number, at=5.0), MINE)
    assert [entry.message for entry in await ledger.in_thread(HERE)] == ["2.5", "1.5", "3.5"]


async def test_a_person_has_one_vote_and_the_latest_counts(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    ref = question().ref
    await ledger.rate(Rating(ref=ref, person="B", vote="up", at=1.0))
    await ledger.rate(Rating(ref=ref, person="A", vote="up", at=2.0))
    await ledger.rate(Rating(ref=ref, person="B", vote="down", at=3.0, reason=SENT))
    await ledger.rate(Rating(ref=ref, person="B", vote="up", at=2.5))  # an earlier press that comes late
    assert list(await ledger.ratings(ref)) == [
        Rating(ref=ref, person="A", vote="up", at=2.0),
        Rating(ref=ref, person="B", vote="down", at=3.0, reason=SENT),
    ]


async def test_a_rating_of_nothing_known_is_not_kept(ledger: Ledger) -> None:
    await ledger.rate(Rating(ref="0" * 32, person="A", vote="up", at=1.0))
    assert list(await ledger.ratings("0" * 32)) == []


async def test_a_workspace_is_paused_and_started_again(ledger: Ledger) -> None:
    other = replace(HERE, workspace="T2")
    assert await ledger.paused(HERE) is False
    for _ in range(2):
        await ledger.pause(HERE, paused=True, by="U1", now=1.0)
        assert await ledger.paused(replace(HERE, channel="C9", thread="")) is True
        assert await ledger.paused(other) is False
    await ledger.pause(HERE, paused=False, by="U1", now=2.0)
    assert await ledger.paused(HERE) is False


@pytest.mark.parametrize("text", ["", SENT, "é" * 40_000, "'; DROP TABLE docent_entries; --"])
async def test_text_survives_as_it_is(ledger: Ledger, text: str) -> None:
    await ledger.claim(question(text=text, asker=text[:200]), MINE)
    cited = replace(ANSWER.citations[0], title=text)
    answer = replace(ANSWER, text=text, citations=(cited,))
    await ledger.close(question().ref, revision=0, state="answered", answer=answer, now=5.0)
    kept = await ledger.entry(question().ref)
    assert kept == question(text=text, asker=text[:200], state="answered", answer=answer)


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "\udc80\ud800\x00"])
async def test_text_that_no_database_takes_is_kept_as_far_as_possible(ledger: Ledger, bad: str) -> None:
    text = f"before{bad}after"
    assert await ledger.claim(question(text=text, message=text, asker=text), MINE) is True
    assert await ledger.claim(question(2, message=text), MINE) is False
    answer = replace(ANSWER, text=text, citations=(replace(ANSWER.citations[0], title=text),))
    await ledger.close(question().ref, revision=0, state="answered", answer=answer, now=5.0)
    await ledger.rate(Rating(ref=question().ref, person=text, vote="up", at=1.0, reason=text))
    kept = await ledger.asked(HERE, text)
    assert kept is not None
    assert kept.answer is not None
    for found in (kept.text, kept.answer.text, kept.answer.citations[0].title):
        assert found.startswith("before")
        assert found.endswith("after")
    assert len(await ledger.ratings(question().ref)) == 1


async def test_numbers_that_are_none_do_not_keep_an_answer_from_being_kept(ledger: Ledger) -> None:
    await ledger.claim(question(), MINE)
    odd = replace(
        ANSWER,
        confidence=float("nan"),
        timings={"total_ms": float("inf"), "retrieve_ms": 1.0},
        passages=(passage(similarity=float("nan")),),
    )
    assert await ledger.close(question().ref, revision=0, state="answered", answer=odd, now=5.0)
    kept = await ledger.entry(question().ref)
    assert kept is not None
    assert kept.answer is not None
    assert kept.answer.timings["retrieve_ms"] == 1.0
