"""Gaps in the documentation: which questions make one, how they are grouped, and what is drafted."""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import RetrievalUnavailable
from bot.insight.clustering import clusters
from bot.insight.drafting import with_page
from bot.insight.escaping import code_block, one_line
from bot.insight.gaps import draft, gaps, quoting, why
from bot.insight.records import Record
from bot.support.handoffs import HandOff
from fakes import FakeRetriever, passage
from simulated import LACKING, answer, asked, finished, past

HOSTILE = "<!-- --> # a\n- [x](javascript:alert(1)) `c` **b** @everyone <!channel> https://evil.example"


def unanswered(*texts: str, page: str = "backup.md") -> list[Record]:
    return [
        Record(entry=finished(asked(number, text), answer("not_covered", page)))
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record(entry=finished(asked(1, "a"), answer("not_covered"))), "not_covered"),
        (Record(entry=finished(asked(1, "a"), answer(uncertain=True)), ups=3), "uncertain"),
        (Record(entry=finished(asked(1, "a"), answer()), downs=1), "down_voted"),
        (Record(entry=finished(asked(1, "a"), answer()), downs=1, ups=1), None),
        (Record(entry=finished(asked(1, "a"), answer())), None),
        (Record(entry=finished(asked(1, "a"), answer("declined"))), None),
        (Record(entry=finished(asked(1, "a"), None)), None),
        (Record(entry=asked(1, "a")), None),
    ],
)
def test_what_the_documentation_did_not_serve_makes_a_gap(record: Record, reason: str | None) -> None:
    assert why(record) == reason


def test_what_people_called_no_matter_for_support_makes_none() -> None:
    record = unanswered("who won the match?")[0]
    said = HandOff(ref=record.entry.ref, person="U1", reason="asked", asked_at=1.0, state="not_support")
    assert why(replace(record, hand_off=said)) is None


def test_a_simulated_month_gives_its_three_topics_first_each_with_its_page() -> None:
    found = gaps(one.record for one in past(600))
    for gap, (topic, (page, wordings)) in zip(found, LACKING.items(), strict=False):
        assert topic in gap.topic.lower()
        assert {question.text for question in gap.questions} == set(wordings)
        assert gap.page is not None
        assert gap.page.path == page
        assert gap.page.found == gap.count
    assert [gap.count for gap in found] == sorted((gap.count for gap in found), reverse=True)


def test_every_question_is_in_exactly_one_group_whatever_it_says() -> None:
    chance = random.Random(5)
    words = ["", "🤷", "the", "\x00", "数据如何存储", "как хранятся данные"] + [f"w{n}" for n in range(60)]
    texts = [" ".join(chance.choices(words, k=chance.randrange(6))) for _ in range(400)] + ["x" * 5000] * 3
    groups = clusters(texts)
    assert sorted(place for group in groups for place in group) == list(range(len(texts)))


def test_the_very_same_question_is_one_group_even_where_everybody_asks_it() -> None:
    assert [len(group) for group in clusters(["How do backups work?"] * 300)] == [300]


def test_questions_that_share_no_words_stay_apart() -> None:
    assert len(clusters(["restore a backup", "kerberos login", "windows installer"])) == 3
    assert clusters([]) == []


def test_groups_are_the_same_in_every_process() -> None:
    code = (
        "from simulated import past; from bot.insight.gaps import gaps;"
        "print([(gap.id, gap.topic, gap.count) for gap in gaps(one.record for one in past(200))])"
    )
    path = f"{Path(__file__).parents[1]}:{Path(__file__).parents[2]}"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1


def test_an_embedding_model_may_compare_instead_of_words() -> None:
    texts = ["restore a backup", "bring saved data back", "kerberos"]
    vectors = {"restore a backup": (1.0, 0.0), "bring saved data back": (0.9, 0.1), "kerberos": (0.0, 1.0)}
    assert clusters(texts, embed=lambda asked: [vectors[text] for text in asked]) == [[0, 1], [2]]


def test_a_draft_holds_the_questions_the_page_and_marks_and_invents_nothing() -> None:
    gap = gaps(unanswered("restore a backup elsewhere", "restore the backup elsewhere?"))[0]
    text = draft(quoting(gap, "Use the tool.\n```bash\nrun\n```"))
    assert text.startswith("## Restore backup elsewhere\n")
    assert "- restore a backup elsewhere\n- restore the backup elsewhere?\n" in text
    assert "<https://docs.example/backup.md#part>" in text
    assert "````text\nUse the tool.\n```bash\nrun\n```\n````" in text
    assert text.count("TODO") == 4


def test_without_any_page_the_draft_says_so() -> None:
    record = Record(entry=finished(asked(1, "restore"), answer("not_covered", passages=())))
    assert "TODO: no page comes near this; decide where it belongs." in draft(gaps([record])[0])


def test_hostile_questions_stay_text_in_a_draft() -> None:
    text = draft(gaps(unanswered(HOSTILE))[0])
    line = next(line for line in text.splitlines() if line.startswith("- "))
    for escaped in (
        r"\<\!-- --\>",
        r"\# a",
        r"\[x\]\(javascript",
        r"\`c\`",
        r"\*\*b\*\*",
        r"\@everyone",
        r"https\://evil",
    ):
        assert escaped in line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        ("=====", r"\====="),
        ("a\n\n\tb\u202ec", "a b c"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_line_is_never_a_list_a_rule_or_longer_than_a_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_no_text_ends_its_fence() -> None:
    assert code_block("a\n`````\nb").startswith("``````text\n")


async def test_the_nearest_page_is_quoted_where_the_index_can_be_searched() -> None:
    gap = gaps(unanswered("restore a backup"))[0]
    found = FakeRetriever(passage("Other", path="other.md"), passage("Use the tool.", path="backup.md"))
    described = await with_page(gap, found)
    assert described.page is not None
    assert described.page.text == "Use the tool."
    assert found.queries == ["restore a backup"]


@pytest.mark.parametrize(
    "retriever",
    [
        FakeRetriever(error=RetrievalUnavailable("locked")),
        FakeRetriever(),
        FakeRetriever(passage(path="p.md")),
    ],
)
async def test_where_it_cannot_be_or_holds_the_page_no_more_the_gap_stays_as_it_was(
    retriever: FakeRetriever,
) -> None:
    gap = gaps(unanswered("restore a backup"))[0]
    assert await with_page(gap, retriever) == gap


async def test_a_gap_without_a_page_gets_the_one_that_is_found() -> None:
    record = Record(entry=finished(asked(1, "restore"), answer("not_covered", passages=())))
    described = await with_page(gaps([record])[0], FakeRetriever(passage("Text", path="p.md")))
    assert described.page is not None
    assert (described.page.path, described.page.text) == ("p.md", "Text")
