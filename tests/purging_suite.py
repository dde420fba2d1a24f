"""What leaves every ledger, by age and of one person; run where a fixture ``ledger`` gives an empty one."""

from dataclasses import replace
from typing import Any

from bot.channels.forgetting import Purge, Purged
from bot.channels.ports import Ledger
from bot.channels.posts import Entry, Rating
from ledger_suite import ANSWER, HERE, MINE, SENT, question


async def answered(ledger: Ledger, number: int, **fields: Any) -> Entry:
    """A question that has its answer."""
    entry = question(number, **fields)
    await ledger.claim(entry, MINE)
    await ledger.close(entry.ref, revision=0, state="answered", answer=ANSWER, now=float(number))
    return entry


async def rated(ledger: Ledger, entry: Entry, person: str, at: float = 5.0) -> None:
    await ledger.rate(Rating(ref=entry.ref, person=person, vote="down", at=at, reason=SENT))


async def test_what_is_older_leaves_with_its_ratings_and_nothing_else(ledger: Ledger) -> None:
    old, young = [await answered(ledger, number) for number in (1, 9)]
    await ledger.claim(question(2), MINE)
    await rated(ledger, old, "U2")
    await rated(ledger, young, "U2")
    expected = Purged(questions=1, ratings=1)
    assert await ledger.purge(Purge(before=5.0), dry_run=True) == expected
    assert await ledger.entry(old.ref) is not None
    assert await ledger.purge(Purge(before=5.0)) == expected
    assert await ledger.entry(old.ref) is None
    assert await ledger.entry(question(2).ref) == question(2), "somebody works on it"
    assert [rating.person for rating in await ledger.ratings(young.ref)] == ["U2"]
    assert await ledger.purge(Purge(before=5.0)) == Purged()


async def test_of_a_person_every_question_and_rating_leaves_and_of_nobody_else(ledger: Ledger) -> None:
    mine = [await answered(ledger, number, asker="U7") for number in (1, 2)]
    other = await answered(ledger, 3)
    elsewhere = await answered(ledger, 4, asker="U7", place=replace(HERE, platform="discord"))
    for entry in (mine[0], other, elsewhere):
        for person in ("U7", "U8"):
            await rated(ledger, entry, person)
    who = Purge(platform="slack", person="U7")
    assert await ledger.purge(who, dry_run=True) == await ledger.purge(who)
    assert [await ledger.entry(entry.ref) for entry in mine] == [None, None]
    assert [rating.person for rating in await ledger.ratings(other.ref)] == ["U8"]
    assert len(await ledger.ratings(elsewhere.ref)) == 2
    assert await ledger.entry(elsewhere.ref) is not None
    assert await ledger.purge(who) == Purged()


async def test_what_a_forgotten_person_still_waits_for_is_withdrawn_and_empty(ledger: Ledger) -> None:
    entry = question(1, asker="U7", text=SENT)
    await ledger.claim(entry, MINE)
    await ledger.replying(entry.ref, "7.7")
    purged = await ledger.purge(Purge(platform="slack", person="U7"))
    assert (purged.questions, purged.withdrawn) == (1, (entry.ref,))
    left = replace(entry, asker="", text="", state="withdrawn", reply="7.7")
    assert await ledger.entry(entry.ref) == left
    ended = await ledger.close(entry.ref, revision=0, state="answered", answer=ANSWER, now=9.0)
    assert ended is False
    assert await ledger.reopen(entry.ref, "again", MINE, revision=entry.revision) is None
    assert list(await ledger.take_over("slack", MINE, 1e12)) == []
    assert await ledger.claim(question(2, message=entry.message), MINE) is False, "it is not answered again"


async def test_of_a_person_only_what_is_older_leaves_where_that_is_wanted(ledger: Ledger) -> None:
    old, young = [await answered(ledger, number, asker="U7") for number in (1, 9)]
    await rated(ledger, young, "U7", at=4.0)
    await rated(ledger, young, "U8", at=4.0)
    purged = await ledger.purge(Purge(before=5.0, platform="slack", person="U7"))
    assert (purged.questions, purged.ratings) == (1, 1)
    assert (await ledger.entry(old.ref), await ledger.entry(young.ref) is None) == (None, False)
    assert [rating.person for rating in await ledger.ratings(young.ref)] == ["U8"]


async def test_a_purge_of_nothing_in_particular_removes_nothing(ledger: Ledger) -> None:
    entry = await answered(ledger, 1, asker="")
    for what in (Purge(), Purge(platform="slack"), Purge(platform="slack", person="%")):
        assert await ledger.purge(what) == Purged()
    assert await ledger.entry(entry.ref) is not None


async def test_very_many_leave_in_parts(ledger: Ledger) -> None:
    for number in range(1_203):
        await ledger.claim(question(number, state="answered"), MINE)
    assert (await ledger.purge(Purge(before=1_200.0))).questions == 1_200
    assert len(await ledger.in_thread(HERE)) == 3
