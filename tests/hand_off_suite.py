"""What every keeper of hand-offs does; run where a fixture ``ledger`` gives an empty ledger."""

import asyncio
from dataclasses import replace
from typing import Any

from adapters.ledger.ledger import SqlLedger
from bot.channels.forgetting import Purge
from bot.support.handoffs import Approved, HandOff, TeamMessage
from ledger_suite import HERE, MINE, SENT, question

SLACK = ("slack",)


def hand_off(number: int = 1, **fields: Any) -> HandOff:
    defaults: dict[str, Any] = {
        "ref": f"{number:032x}",
        "person": "U1",
        "reason": "asked",
        "asked_at": float(number),
        "severity": "normal",
        "card_platform": "slack",
        "card_channel": "C9",
    }
    return HandOff(**(defaults | fields))


async def handed(ledger: SqlLedger, number: int = 1, *, until: float = 0.0, **fields: Any) -> HandOff:
    """A question that was handed over."""
    await ledger.claim(question(number), MINE)
    made = hand_off(number, **fields)
    assert await ledger.hand_offs.begin(made, until) is True
    return made


async def kept(ledger: SqlLedger, ref: str) -> HandOff:
    case = await ledger.hand_offs.case(ref)
    assert case is not None
    return case.hand_off


async def test_a_hand_off_is_kept_whole_with_its_question(ledger: SqlLedger) -> None:
    made = await handed(
        ledger, category="bug", severity="high", component="x", summary=SENT, confidence=0.25, due_at=9.5
    )
    case = await ledger.hand_offs.case(made.ref)
    assert case is not None
    assert (case.hand_off, case.entry) == (made, question())
    assert list(await ledger.hand_offs.in_thread(HERE)) == [made]
    assert list(await ledger.hand_offs.in_thread(replace(HERE, thread="other"))) == []


async def test_a_question_is_handed_over_once_and_only_if_it_is_known(ledger: SqlLedger) -> None:
    made = await handed(ledger)
    assert await ledger.hand_offs.begin(replace(made, person="U2"), 0.0) is False
    assert await ledger.hand_offs.begin(hand_off(2), 0.0) is False
    assert await kept(ledger, made.ref) == made
    assert await ledger.hand_offs.case(hand_off(2).ref) is None


async def test_of_many_who_hand_over_or_claim_at_once_one_succeeds(ledger: SqlLedger) -> None:
    await ledger.claim(question(), MINE)
    begun = await asyncio.gather(*(ledger.hand_offs.begin(hand_off(), 0.0) for _ in range(20)))
    assert sum(begun) == 1
    people = [f"U{number}" for number in range(20)]
    claims = (ledger.hand_offs.claim(hand_off().ref, person, 5.0, None) for person in people)
    won = [person for person, got in zip(people, await asyncio.gather(*claims), strict=True) if got]
    assert won == [(await kept(ledger, hand_off().ref)).owner]


async def test_a_claim_begins_the_reminders_anew(ledger: SqlLedger) -> None:
    made = await handed(ledger, due_at=1.0, reminded_at=0.5, escalated_at=0.75)
    claimed = await ledger.hand_offs.claim(made.ref, "U2", 5.0, 50.0)
    expected = replace(
        made, state="claimed", owner="U2", claimed_at=5.0, due_at=50.0, reminded_at=None, escalated_at=None
    )
    assert claimed == expected
    assert await kept(ledger, made.ref) == expected


async def test_a_state_is_passed_on_only_from_where_it_is(ledger: SqlLedger) -> None:
    made = await handed(ledger)
    change = ledger.hand_offs.pass_on
    assert await change(made.ref, ["claimed", "details_asked"], "details_asked", None) is None
    await ledger.hand_offs.claim(made.ref, "U2", 5.0, 50.0)
    asked = await change(made.ref, ["claimed", "details_asked"], "details_asked", None)
    assert asked is not None
    assert (asked.state, asked.owner, asked.due_at) == ("details_asked", "U2", None)


async def test_what_is_over_stays_over(ledger: SqlLedger) -> None:
    made = await handed(ledger, due_at=1.0)
    ended = await ledger.hand_offs.end(made.ref, "resolved", "U3", SENT, 8.0)
    assert ended == replace(made, state="resolved", owner="U3", outcome=SENT, resolved_at=8.0, due_at=None)
    assert await ledger.hand_offs.end(made.ref, "not_support", "U4", "", 9.0) is None
    assert await ledger.hand_offs.claim(made.ref, "U4", 9.0, 1.0) is None
    assert await kept(ledger, made.ref) == ended
    assert await ledger.hand_offs.end("0" * 32, "resolved", "U3", "", 8.0) is None


async def test_cards_that_wait_are_taken_by_one_each_the_severest_first(ledger: SqlLedger) -> None:
    severities = ("low", "normal", "critical", "high")
    for number, severity in enumerate(severities):
        await handed(ledger, number, severity=severity)
    await handed(ledger, 10, card_platform="discord")
    await handed(ledger, 11, until=99.0)
    await handed(ledger, 12, card_message="1.2")
    await handed(ledger, 13, state="resolved")
    assert await ledger.hand_offs.waiting(SLACK) == 5
    takers = (ledger.hand_offs.unposted(SLACK, 50.0, 60.0, 1) for _ in range(8))
    taken = [case for part in await asyncio.gather(*takers) for case in part]
    assert sorted(case.hand_off.ref for case in taken) == [hand_off(number).ref for number in range(4)]
    again = await ledger.hand_offs.unposted(SLACK, 60.0, 70.0, 2)
    assert [case.hand_off.severity for case in again] == ["critical", "high"]
    await ledger.hand_offs.posted(again[0].hand_off.ref, "7.7")
    await ledger.hand_offs.put_off(again[1].hand_off.ref, 500.0)
    left = await ledger.hand_offs.unposted([*SLACK, "discord"], 80.0, 90.0, 10)
    assert sorted(case.hand_off.asked_at for case in left) == [0.0, 1.0, 10.0]
    assert (await kept(ledger, again[0].hand_off.ref)).card_message == "7.7"
    assert list(await ledger.hand_offs.unposted([], 1e12, 1e12, 10)) == []


async def test_each_reminder_is_taken_by_one_and_again_if_nobody_gave_it(ledger: SqlLedger) -> None:
    for number in range(1, 6):
        await handed(ledger, number, due_at=float(number), card_message="1.1")
    await ledger.hand_offs.end(hand_off(2).ref, "resolved", "U2", "", 1.0)
    takers = (ledger.hand_offs.due(SLACK, 4.0, 60.0, 10) for _ in range(6))
    taken = [case.hand_off.asked_at for part in await asyncio.gather(*takers) for case in part]
    assert sorted(taken) == [1.0, 3.0, 4.0]
    one = hand_off(1).ref
    await ledger.hand_offs.reminded(one, 60.0, now=5.0, due=900.0, escalated=False)
    assert (await kept(ledger, one)).reminded_at == 5.0
    again = await ledger.hand_offs.due(SLACK, 60.0, 120.0, 10)
    assert [case.hand_off.asked_at for case in again] == [3.0, 4.0, 5.0]
    assert list(await ledger.hand_offs.due(["discord"], 1e12, 1e12, 10)) == []


async def test_a_claim_in_between_keeps_its_own_reminder(ledger: SqlLedger) -> None:
    made = await handed(ledger, due_at=1.0)
    await ledger.hand_offs.due(SLACK, 2.0, 60.0, 10)
    claimed = await ledger.hand_offs.claim(made.ref, "U2", 3.0, 500.0)
    await ledger.hand_offs.reminded(made.ref, 60.0, now=4.0, due=900.0, escalated=True)
    assert await kept(ledger, made.ref) == claimed


async def test_the_list_shows_the_severest_and_then_the_oldest(ledger: SqlLedger) -> None:
    for number, severity in enumerate(("normal", "critical", "normal", "odd", "high")):
        await handed(ledger, number, severity=severity)
    for number in (0, 2):
        await ledger.hand_offs.end(hand_off(number).ref, "resolved", "U2", "", 10.0 + number)
    unfinished = await ledger.hand_offs.listed(over=False, limit=10)
    assert [case.hand_off.severity for case in unfinished] == ["critical", "high", "odd"]
    assert [case.entry.ref for case in unfinished] == [case.hand_off.ref for case in unfinished]
    over = await ledger.hand_offs.listed(over=True, limit=1)
    assert [case.hand_off.resolved_at for case in over] == [12.0]


def answer(number: int = 1, **fields: Any) -> Approved:
    defaults: dict[str, Any] = {
        "ref": f"{number:032x}",
        "question": "How is it stored?",
        "answer": SENT,
        "url": "https://chat.example/1",
        "platform": "slack",
        "person": "U2",
        "at": 12.5,
    }
    return Approved(**(defaults | fields))


async def test_only_what_is_resolved_becomes_an_answer(ledger: SqlLedger) -> None:
    made = await handed(ledger)
    assert await ledger.hand_offs.approve(answer()) is False
    assert await ledger.hand_offs.approve(answer(2)) is False
    assert await ledger.hand_offs.approved(made.ref) is None
    await ledger.hand_offs.end(made.ref, "resolved", "U3", "done", 8.0)
    assert await ledger.hand_offs.approve(answer()) is True
    assert await ledger.hand_offs.approved(made.ref) == answer()
    await handed(ledger, 3)
    await ledger.hand_offs.end(hand_off(3).ref, "not_support", "U3", "", 8.0)
    assert await ledger.hand_offs.approve(answer(3)) is False


async def test_a_card_tells_whether_it_is_an_answer_now(ledger: SqlLedger) -> None:
    made = await handed(ledger)
    await ledger.hand_offs.end(made.ref, "resolved", "U3", "done", 8.0)
    assert (await kept(ledger, made.ref)).approved_at is None
    await ledger.hand_offs.approve(answer())
    assert (await kept(ledger, made.ref)).approved_at == 12.5
    (listed,) = await ledger.hand_offs.listed(over=True, limit=5)
    assert listed.hand_off.approved_at == 12.5
    assert await ledger.hand_offs.unapprove(made.ref) is True
    assert await ledger.hand_offs.unapprove(made.ref) is False
    assert (await kept(ledger, made.ref)).approved_at is None


async def test_who_approves_anew_replaces_what_was_approved(ledger: SqlLedger) -> None:
    made = await handed(ledger)
    await ledger.hand_offs.end(made.ref, "resolved", "U3", "done", 8.0)
    changed = [answer(answer=f"text {number}", person=f"U{number}", at=float(number)) for number in range(9)]
    assert all(await asyncio.gather(*(ledger.hand_offs.approve(one) for one in changed)))
    assert await ledger.hand_offs.approved(made.ref) in changed


def wrote(number: int = 1, **fields: Any) -> TeamMessage:
    defaults: dict[str, Any] = {"kind": "reply", "platform": "slack", "person": "U2", "text": SENT, "at": 5.0}
    return TeamMessage(**({"ref": f"{number:032x}"} | defaults | fields))


async def test_what_the_team_writes_is_kept_in_order_with_its_hand_off_and_without_one_not_at_all(
    ledger: SqlLedger,
) -> None:
    made = await handed(ledger)
    for message in (wrote(at=7.0, kind="details"), wrote(), wrote(text="again"), wrote(2)):
        await ledger.hand_offs.wrote(message)
    kept = await ledger.hand_offs.messages(made.ref)
    assert list(kept) == [wrote(), wrote(text="again"), wrote(at=7.0, kind="details")]
    assert list(await ledger.hand_offs.messages(hand_off(2).ref)) == []


async def test_what_the_team_wrote_leaves_with_the_question_by_age_or_of_a_person(ledger: SqlLedger) -> None:
    for number in (1, 2, 3):
        await handed(ledger, number)
        await ledger.hand_offs.wrote(wrote(number))
        await ledger.close(hand_off(number).ref, revision=0, state="answered", answer=None, now=2.0)
        if number < 3:
            await ledger.hand_offs.end(hand_off(number).ref, "resolved", "U2", "done", 8.0)
    await ledger.purge(Purge(before=1.5))
    left = [len(await ledger.hand_offs.messages(hand_off(number).ref)) for number in (1, 2, 3)]
    assert left == [0, 1, 1]
    await ledger.purge(FORGET)
    left = [len(await ledger.hand_offs.messages(hand_off(number).ref)) for number in (1, 2, 3)]
    assert left == [0, 0, 0], "of one that is under way, too: it may tell of who asked"
    assert await ledger.hand_offs.case(hand_off(3).ref) is not None


async def test_of_a_forgotten_member_of_the_team_the_words_stay_without_the_name(ledger: SqlLedger) -> None:
    for number in (1, 2):
        await ledger.claim(question(number, asker="U5"), MINE)
        assert await ledger.hand_offs.begin(hand_off(number, person="U5"), 0.0)
    await ledger.hand_offs.wrote(wrote(person="U1"))
    await ledger.hand_offs.wrote(wrote(2, person="U1", platform="discord"))
    await ledger.purge(FORGET)
    assert list(await ledger.hand_offs.messages(hand_off(1).ref)) == [wrote(person="")]
    assert list(await ledger.hand_offs.messages(hand_off(2).ref)) == [
        wrote(2, person="U1", platform="discord")
    ]


async def test_it_tells_how_many_are_open_and_which_can_be_found_again(ledger: SqlLedger) -> None:
    for number in range(1, 5):
        await handed(ledger, number)
    await ledger.hand_offs.end(hand_off(1).ref, "resolved", "U2", "", 8.0)
    await ledger.reopen(hand_off(2).ref, "edited", MINE, revision=0)
    await ledger.withdraw(HERE, question(3).message)
    assert await ledger.hand_offs.unfinished() == 3
    refs = [hand_off(number).ref for number in range(5)]
    assert await ledger.hand_offs.revisions(9) == {refs[4]: 0, refs[2]: 1, refs[1]: 0}
    assert await ledger.hand_offs.revisions(1) == {refs[4]: 0}
    cases = await ledger.hand_offs.cases([refs[1], refs[0], refs[4]])
    assert {case.entry.ref for case in cases} == {refs[1], refs[4]}
    assert list(await ledger.hand_offs.cases([])) == []


FORGET = Purge(platform="slack", person="U1")


async def test_with_a_forgotten_person_go_the_cards_that_are_closed(ledger: SqlLedger) -> None:
    made = await handed(ledger, card_message="1.1")
    await ledger.close(made.ref, revision=0, state="answered", answer=None, now=2.0)
    await ledger.hand_offs.end(made.ref, "resolved", "U3", "done", 8.0)
    await ledger.hand_offs.approve(answer())
    purged = await ledger.purge(FORGET)
    assert (purged.questions, purged.hand_offs, purged.withdrawn) == (1, 1, ())
    assert await ledger.hand_offs.case(made.ref) is None
    assert await ledger.hand_offs.approved(made.ref) == answer(), "what the team approved stays"


async def test_a_card_that_is_under_way_stays_and_says_nothing_of_who_is_forgotten(ledger: SqlLedger) -> None:
    made = await handed(ledger, summary=SENT, card_message="1.1")
    await ledger.hand_offs.claim(made.ref, "U2", 5.0, 50.0)
    await ledger.close(made.ref, revision=0, state="answered", answer=None, now=2.0)
    assert (await ledger.purge(FORGET)).withdrawn == (made.ref,)
    case = await ledger.hand_offs.case(made.ref)
    assert case is not None
    assert (case.entry.state, case.entry.text, case.entry.asker) == ("withdrawn", "", "")
    assert (case.hand_off.person, case.hand_off.summary, case.hand_off.owner) == ("", "", "U2")
    assert await ledger.hand_offs.end(made.ref, "resolved", "U2", "", 9.0) is not None
    assert (await ledger.purge(Purge(before=99.0))).hand_offs == 1


async def test_beside_others_questions_a_forgotten_person_is_named_no_more(ledger: SqlLedger) -> None:
    for number in (1, 2):
        await ledger.claim(question(number, asker="U5"), MINE)
        assert await ledger.hand_offs.begin(hand_off(number), 0.0)
    await ledger.hand_offs.end(hand_off(1).ref, "resolved", "U1", "done", 8.0)
    await ledger.hand_offs.approve(answer(person="U1"))
    await ledger.hand_offs.claim(hand_off(2).ref, "U1", 5.0, None)
    await ledger.purge(FORGET)
    first, second = [await kept(ledger, hand_off(number).ref) for number in (1, 2)]
    assert (first.person, first.owner) == ("", "")
    assert (second.person, second.owner) == ("", "U1"), "who has a card has it until it is closed"
    assert await ledger.hand_offs.approved(first.ref) == answer(person="")


async def test_a_card_that_is_not_closed_outlives_the_time_for_which_questions_are_kept(
    ledger: SqlLedger,
) -> None:
    made = await handed(ledger)
    await ledger.close(made.ref, revision=0, state="answered", answer=None, now=2.0)
    assert (await ledger.purge(Purge(before=99.0))).questions == 0
    await ledger.hand_offs.end(made.ref, "not_support", "U2", "", 8.0)
    assert (await ledger.purge(Purge(before=99.0))).questions == 1
    assert await ledger.hand_offs.case(made.ref) is None
