"""The digest of a simulated month, as data and as Markdown; rates and days."""

import json
from dataclasses import replace

import pytest

from bot.insight.digest import as_json, digest, mark, markdown
from bot.insight.figures import by_channel, days, percentile, totals
from bot.insight.posting import posts
from bot.insight.records import Mark, Record
from simulated import DAY, END, answer, asked, finished, past

MONTH = [one.record for one in past(400, days=30)]
BEFORE = [mark(one.record) for one in past(300, days=30, end=END - 30 * DAY, seed=8)]


def of_month() -> str:
    return markdown(digest(MONTH, BEFORE, END - 30 * DAY, END))


def test_a_month_is_told_with_its_numbers_gaps_and_doubts() -> None:
    text = of_month()
    answered = sum(record.outcome == "answered" for record in MONTH)
    uncertain = sum(record.outcome == "uncertain" for record in MONTH)
    assert text.startswith("**Questions 2 October 2026 to 31 October 2026**")
    assert "- 400 questions (300 the period before)" in text
    assert f"- {answered / 400:.0%} answered" in text
    assert f"{uncertain} answered with doubt" in text
    gaps = text.index("**Gaps in the documentation**")
    assert "backup" in text[gaps:].splitlines()[2]
    assert "nearest page: Backup" in text
    assert text.index("**Answered with doubt**") < text.index("**Voted down**")
    assert len(text) < 4000


def test_the_data_says_the_same_and_is_json() -> None:
    made = digest(MONTH, BEFORE, END - 30 * DAY, END)
    data = json.loads(json.dumps(as_json(made), allow_nan=False))
    assert data["questions"] == 400
    assert sum(data["outcomes"].values()) == 400
    assert data["before"]["questions"] == 300
    assert data["down_votes"] == sum(record.downs > record.ups for record in MONTH)
    assert data["handed_over"] == sum(record.hand_off is not None for record in MONTH)
    assert 0 < data["resolved"] < data["handed_over"]
    assert all(gap["draft"].startswith("## ") for gap in data["gaps"])
    assert sum(gap["count"] for gap in data["gaps"]) >= data["outcomes"]["not_covered"]


def test_links_lead_to_the_pages_where_there_are_any() -> None:
    text = markdown(digest(MONTH, [], END - 30 * DAY, END), page_url="https://docent.example")
    assert "](<https://docent.example/gaps/" in text
    assert "](<https://docent.example/t/" in text


def test_a_period_without_questions_is_one_sentence() -> None:
    text = markdown(digest([], [], END - 7 * DAY, END))
    assert text.splitlines()[-1] == "Nobody asked anything."


def test_hostile_questions_stay_text_and_mention_nobody() -> None:
    text = "@everyone <!channel> [x](javascript:alert(1)) <@U1> `a`\n# b"
    record = Record(entry=finished(asked(1, text), answer(uncertain=True)), downs=1)
    said = markdown(digest([record], [], END - 7 * DAY, END))
    for raw in ("<!channel>", "<@U1>", "[x](", " @everyone", "\n# b"):
        assert raw not in said


@pytest.mark.parametrize(
    ("values", "p50", "p95"), [([], None, None), ([5.0], 5.0, 5.0), (list(range(100)), 50, 95)]
)
def test_percentiles_are_values_that_occurred(
    values: list[float], p50: float | None, p95: float | None
) -> None:
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (p50, p95)


def test_rates_are_unknown_where_there_is_nothing_to_divide_by() -> None:
    empty = totals([])
    assert (empty.answer_rate, empty.helpful_rate, empty.p50_ms) == (None, None, None)
    still_open = totals([Mark(at=END, platform="slack", channel="C", outcome="open")])
    assert still_open.answer_rate is None


def test_every_day_of_a_period_is_there_and_days_end_at_midnight_utc() -> None:
    late = Mark(at=END - 0.5, platform="slack", channel="C", outcome="answered", total_ms=10.0)
    early = replace(late, at=END - DAY, outcome="failed")
    found = days([late, early, replace(late, at=END)], END - 3 * DAY, END)
    assert [(day.date, day.questions) for day in found] == [
        ("2026-10-29", 0),
        ("2026-10-30", 0),
        ("2026-10-31", 2),
    ]


def test_channels_come_busiest_first() -> None:
    rows = by_channel(mark(record) for record in MONTH)
    assert sum(whole.questions for _, _, whole in rows) == 400
    assert [whole.questions for _, _, whole in rows] == sorted(
        (row[2].questions for row in rows), reverse=True
    )


def test_without_pages_the_drafts_are_posted_with_the_digest_and_with_them_it_links_there() -> None:
    made = digest(MONTH, BEFORE, END - 30 * DAY, END)
    alone = posts(made, None)
    drafts = [post for post in alone if post.startswith("**A section to paste: ")]
    assert alone[0].startswith("**Questions ")
    assert len({post.splitlines()[0] for post in drafts}) == min(len(made.gaps), 5)
    for post in drafts:
        assert post.count("```") == 2
        assert post.endswith("\n```")
    linked = posts(made, "https://docent.example")
    assert not [post for post in linked if "A section to paste" in post]
    assert f"https://docent.example/gaps/{made.gaps[0].id}?days=30" in linked[0]


def test_a_gap_is_told_with_a_few_of_its_questions() -> None:
    text = of_month()
    first = text[text.index("\n1. ") : text.index("\n2. ")]
    assert first.count("\n   - ") == 3


def test_posts_that_were_only_triaged_are_no_questions() -> None:
    posted = replace(asked(1, "Out now", via="triage"), state="triaged")
    whole = totals([mark(Record(entry=posted)), mark(Record(entry=finished(asked(2, "x"), answer())))])
    assert (whole.questions, whole.answer_rate, whole.triaged) == (1, 1.0, 1)
