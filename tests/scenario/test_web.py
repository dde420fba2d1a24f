"""The support team's pages over real HTTP and a real ledger: what they show, and what they export."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("jinja2", reason="the pages need jinja2")

from bot.channels.posts import Rating
from bot.support.handoffs import HandOff
from indexer.errors import HistoryUnavailable
from indexer.history import Run
from indexer.model import Failure, PageKey, SourceReport
from simulated import DAY, END, Past, answer, asked, finished, past
from web_pages import BEARER, Browser, Structure, kept, pages_over

HOSTILE = (
    "<script>alert(1)</script> **b** [x](javascript:alert(2)) <img src=x onerror=alert(3)> \"' <!channel>"
)


async def test_pages_need_no_script_no_inline_style_and_nothing_from_elsewhere(browser: Browser) -> None:
    for path in ("/", "/gaps", "/figures", "/digest", "/index", f"/t/{1:032x}"):
        assert Structure(await browser.shown(path)).is_harmless("https://docs.example/"), path


async def test_every_field_has_a_label_and_every_page_a_title_a_language_and_a_way_past_the_menu(
    browser: Browser,
) -> None:
    for path in ("/", "/gaps", "/figures", "/digest", "/index"):
        page = await browser.shown(path)
        assert '<html lang="en">' in page
        assert re.search(r"<title>[^<]+ · Docent</title>", page)
        assert '<a class="skip" href="#main">' in page
        assert page.count("<h1>") == 1
        labelled = re.sub(r"<label>.*?</label>", "", page, flags=re.S)
        assert not re.search(r'<(?:select|input)(?![^>]*type="hidden")', labelled)


async def test_the_inbox_shows_the_latest_first_and_leads_on(browser: Browser) -> None:
    page = await browser.shown("/")
    assert "1–50 of 120 questions" in page
    refs = re.findall(r'href="/t/([0-9a-f]{32})"', page)
    assert refs == [f"{number:032x}" for number in range(120, 70, -1)]
    assert 'rel="next" href="/?page=2"' in page
    last = await browser.shown("/?page=3")
    assert "101–120 of 120 questions" in last
    assert 'rel="next"' not in last
    assert "This page is behind the last one." in await browser.shown("/?page=9")


async def test_filters_find_what_they_say(month: str) -> None:
    records = [one.record for one in past(120)]
    wanted = {
        "kind=not_covered": [r for r in records if r.entry.answer and r.entry.answer.kind == "not_covered"],
        "uncertain=yes": [r for r in records if r.outcome == "uncertain"],
        "uncertain=no": [r for r in records if r.outcome != "uncertain"],
        "state=failed": [r for r in records if r.entry.state == "failed"],
        "vote=down": [r for r in records if r.downs],
        "vote=any": [r for r in records if r.ups or r.downs],
        "stage=any": [r for r in records if r.hand_off],
        "stage=resolved": [r for r in records if r.hand_off and r.hand_off.state == "resolved"],
        "where=discord": [r for r in records if r.entry.place.platform == "discord"],
        "where=slack/C_DEV": [r for r in records if r.entry.place.channel == "C_DEV"],
        "q=KERBEROS": [r for r in records if "kerberos" in r.entry.text.lower()],
        "since=2026-10-10&until=2026-10-12": [
            r for r in records if END - 22 * DAY <= r.entry.at < END - 19 * DAY
        ],
        "q=backup&vote=down&kind=not_covered": [
            r for r in records if "backup" in r.entry.text.lower() and r.downs and r.outcome == "not_covered"
        ],
    }  # fmt: skip
    async with pages_over(month) as browser:
        for query, found in wanted.items():
            exported = json.loads(await browser.shown(f"/export.json?{query}"))
            assert found, query
            assert {row["ref"] for row in exported} == {record.entry.ref for record in found}, query


async def test_wrong_filters_are_said_and_left_out(browser: Browser) -> None:
    page = await browser.shown("/?state=nonsense&since=yesterday&page=-1&vote=%00&kind=answered")
    assert "There is no such choice for &#39;state&#39;" in page
    assert "A date looks like 2026-11-21" in page
    assert "questions" in page


@pytest.mark.parametrize(
    "text", ["100%", "a_b", "\\", "'", '"; DROP TABLE docent_entries; --', "\x00", "é" * 500]
)
async def test_a_search_takes_every_character_as_it_is(url: str, text: str) -> None:
    await kept(url, Past(entry=asked(1, "at 100% of a_b\\ 'quoted'")), Past(entry=asked(2, "at 1000 of aXb")))
    async with pages_over(url) as browser:
        page = await browser.shown(f"/?q={quote(text)}")
    assert "aXb" not in page


async def test_hostile_text_is_shown_and_does_nothing_anywhere(url: str) -> None:
    entry = asked(1, HOSTILE, at=END - 60, asker=HOSTILE, channel=HOSTILE)
    made = answer(
        "answered",
        text=f"{HOSTILE} ![pic](https://evil.example/p.png) <iframe src=//evil.example>",
        uncertain=True,
    )
    hand_off = HandOff(
        ref=entry.ref, person=HOSTILE, reason="asked", asked_at=END - 50, summary=HOSTILE, outcome=HOSTILE
    )
    rating = Rating(ref=entry.ref, person=HOSTILE, vote="down", at=END - 40, reason=HOSTILE)
    await kept(url, Past(entry=finished(entry, made), ratings=(rating,), hand_off=hand_off))
    async with pages_over(url) as browser:
        gap = re.search(r"/gaps/[0-9a-f]{12}", await browser.shown("/gaps"))
        assert gap
        for path in ("/", f"/t/{entry.ref}", "/gaps", gap[0], "/figures", "/digest"):
            page = await browser.shown(path)
            assert Structure(page).is_harmless("https://docs.example/", "https://slack.com/"), path
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in await browser.shown(f"/t/{entry.ref}")


async def test_a_story_holds_the_whole_thread_with_feedback_and_hand_off(url: str) -> None:
    first = asked(1, "How do I restore?", at=END - 500, thread="T9")
    hand_off = HandOff(
        ref=first.ref, person="U_ANN", reason="uncertain_twice", asked_at=END - 400, category="bug",
        severity="high", component="proxy", summary="Cannot restore.", state="resolved", owner="U_SUE",
        outcome="Set the flag.",
        claimed_at=END - 300, resolved_at=END - 200,
    )  # fmt: skip
    rating = Rating(ref=first.ref, person="U_BOB", vote="down", at=END - 450, reason="off the point")
    second = asked(2, "And on Windows?", at=END - 100, thread="T9")
    elsewhere = asked(3, "Something else", at=END - 100, thread="T10")
    whole = Past(entry=finished(first, answer()), ratings=(rating,), hand_off=hand_off)
    await kept(url, whole, Past(entry=second), Past(entry=elsewhere))
    async with pages_over(url) as browser:
        page = await browser.shown(f"/t/{second.ref}")
        for words in (
            "How do I restore?", "<strong>object storage</strong>", "https://docs.example/storage.md#part",
            "off the point", "Cannot restore.", "U_SUE", "Set the flag.", "two doubtful answers",
            "And on Windows?", "is being answered",
        ):  # fmt: skip
            assert words in page
        assert page.rindex("How do I restore?") < page.rindex("And on Windows?")
        assert "Something else" not in page
        missing = await browser.get("/t/unknown", **BEARER)
        assert (missing.status, "There is no such page." in missing.text) == (404, True)


async def test_gaps_are_listed_with_a_draft_that_quotes_the_nearest_page(browser: Browser) -> None:
    page = await browser.shown("/gaps?days=90")
    link = re.search(r'<h2><a href="(/gaps/[0-9a-f]{12})\?days=90">([^<]+)', page)
    assert link
    assert "backup" in link[2]
    draft = (await browser.get(f"{link[1]}.md?days=90", **BEARER)).text
    assert draft.startswith("## ")
    assert "Backups are made with a *tool* of their own." in draft
    assert "https://docs.example/backup.md#part" in draft
    assert "Backups are made with a <em>tool</em>" in await browser.shown(f"{link[1]}?days=90")
    assert (await browser.get("/gaps/0123456789ab", **BEARER)).status == 404


async def test_the_figures_add_up(browser: Browser) -> None:
    page = await browser.shown("/figures?days=90")
    records = [one.record for one in past(120)]
    answered = sum(record.outcome == "answered" for record in records)
    assert "<dd>120 " in page
    assert f"<dd>{answered / 120:.0%} " in page
    assert page.count('<svg class="chart"') == 4
    assert page.count('class="bar"') > 60


async def test_index_runs_are_listed_and_a_history_that_is_down_is_said(month: str) -> None:
    report = SourceReport(
        source="handbook", outcome="failed", message="The <b>site</b> is down.", revision="8f3ab1c2d4e5f6",
        failed=(Failure(key=PageKey(source="handbook", path="a<b>.md"), reason="Not UTF-8."),), added=7,
    )  # fmt: skip
    run = Run(
        started=datetime(2026, 10, 1, 8, 30, tzinfo=UTC), outcome="failed", seconds=12.3, sources=(report,)
    )
    async with pages_over(month, runs=lambda _: [run]) as browser:
        page = await browser.shown("/index")
    for words in (
        "2026-10-01 08:30",
        "12.3 s",
        "handbook",
        "8f3ab1c2d4e5",
        "The &lt;b&gt;site",
        "a&lt;b&gt;.md",
        "Not UTF-8.",
    ):
        assert words in page

    def down(number: int) -> list[Run]:
        raise HistoryUnavailable("The ledger's database cannot be used.")

    async with pages_over(month, runs=down) as browser:
        reply = await browser.get("/index", **BEARER)
    assert (reply.status, "The ledger&#39;s database cannot be used." in reply.text) == (503, True)


async def test_a_csv_export_holds_every_row_and_no_cell_is_a_formula(url: str) -> None:
    dangerous = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        '=HYPERLINK("http://evil")',
        'a,"b"\nc',
        "|calc",
    ]
    rows = [Past(entry=asked(number, text, asker=text, at=END - 60)) for number, text in enumerate(dangerous)]
    await kept(url, *rows, *past(600))
    async with pages_over(url) as browser:
        reply = await browser.get("/export.csv", **BEARER)
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="docent-questions.csv"'
    found = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"), newline="")))
    assert len({row["ref"] for row in found}) == 600
    for row in found:
        for cell in row.values():
            assert not cell.strip().startswith(("=", "+", "-", "@", "|")), cell
    assert {row["question"].lstrip("'") for row in found} >= set(dangerous)


async def test_a_json_export_is_one_array_also_when_it_is_empty(url: str) -> None:
    async with pages_over(url) as browser:
        assert json.loads(await browser.shown("/export.json")) == []
        assert (await browser.shown("/export.csv")).count("\n") == 1
        assert "Nobody has asked anything yet." in await browser.shown("/")
        for path in ("/gaps", "/figures", "/digest", "/index"):
            await browser.shown(path)


async def test_a_ledger_that_is_away_is_said_and_used_again_when_it_is_back(
    tmp_path: Path, month: str
) -> None:
    file = tmp_path / "ledger.db"
    async with pages_over(month) as browser:
        aside = file.rename(tmp_path / "aside.db")
        file.mkdir()
        reply = await browser.get("/", **BEARER)
        assert reply.status == 503
        assert "cannot be opened" in reply.text
        file.rmdir()
        aside.rename(file)
        assert "of 120 questions" in await browser.shown("/")
