"""What the support team's pages tell of triage, of what was approved, and of what nobody may read."""

import json
from dataclasses import replace
from typing import Any

from bot.support.handoffs import Approved, HandOff, TeamMessage
from simulated import END, Past, answer, asked, finished
from web_pages import BEARER, kept, ledger_at, pages_over


def handed(ref: str, **fields: Any) -> HandOff:
    given: dict[str, Any] = {
        "ref": ref, "person": "U_ANN", "reason": "asked", "asked_at": END - 400, "category": "bug",
        "severity": "high", "component": "proxy", "summary": "Cannot restore.", "confidence": 0.62,
    }  # fmt: skip
    return HandOff(**(given | fields))


def withdrawn(number: int, text: str) -> Past:
    entry = replace(asked(number, text, at=END - 500), state="withdrawn")
    return Past(entry=entry, hand_off=handed(entry.ref, summary=text))


async def test_the_inbox_is_filtered_by_what_triage_found_and_by_owner(url: str) -> None:
    bug, slow = asked(1, "It crashes", at=END - 500), asked(2, "It is slow", at=END - 400)
    mine = handed(slow.ref, category="performance", severity="critical", state="claimed", owner="U_SUE")
    await kept(
        url,
        Past(entry=finished(bug, answer()), hand_off=handed(bug.ref)),
        Past(entry=finished(slow, answer()), hand_off=mine),
        Past(entry=finished(asked(3, "Nobody was called"), answer())),
    )
    async with pages_over(url) as browser:
        everything = await browser.shown("/")
        assert "of 3 questions" in everything
        assert "performance, U_SUE" in everything
        for query, there, absent in (
            ("category=bug", "It crashes", "It is slow"),
            ("severity=critical", "It is slow", "It crashes"),
            ("owner=U_SUE", "It is slow", "It crashes"),
        ):
            page = await browser.shown(f"/?{query}")
            assert there in page, query
            assert absent not in page, query
            assert "Nobody was called" not in page, query
        assert "no such choice" in await browser.shown("/?category=bugs")


async def test_a_post_that_was_only_triaged_is_no_failed_answer(url: str) -> None:
    post = replace(asked(1, "The release is out", at=END - 500, via="triage"), state="triaged")
    asked_for = finished(asked(2, "How is data stored?", at=END - 400), answer())
    await kept(url, Past(entry=post, hand_off=handed(post.ref, reason="triage_only")), Past(entry=asked_for))
    async with pages_over(url) as browser:
        story = await browser.shown(f"/t/{post.ref}")
        figures = await browser.shown("/figures?days=90")
        digest = await browser.shown("/digest?days=90")
    assert "the support team has it on its list" in story
    assert "No answer came about" not in story
    assert "<dd>100% " in figures
    assert "1 question (0 the period before)" in digest
    assert "100% answered" in digest
    assert "1 post triaged without an answer" in digest
    assert "failed" not in digest


async def test_a_story_shows_how_certain_triage_was_and_what_the_team_approved(url: str) -> None:
    entry = asked(1, "How do I restore?", at=END - 500, thread="1700000000.000100", channel="C0HELP")
    await kept(url, Past(entry=finished(entry, answer()), hand_off=handed(entry.ref)))
    approved = Approved(
        ref=entry.ref, question="How do I restore?", answer="With **the tool**.", url="https://chat.example/1",
        platform="slack", person="U_SUE", at=END - 100,
    )  # fmt: skip
    async with ledger_at(url) as ledger:
        said = TeamMessage(
            ref=entry.ref, kind="reply", platform="slack", person="U_SUE", text="Try `--force`.", at=END - 300
        )  # fmt: skip
        await ledger.hand_offs.wrote(said)
        await ledger.hand_offs.end(entry.ref, "resolved", "U_SUE", "Done.", END - 200)
        assert await ledger.hand_offs.approve(approved)
    async with pages_over(url) as browser:
        page = await browser.shown(f"/t/{entry.ref}")
        (row,) = json.loads((await browser.get("/export.json", **BEARER)).text)
    assert "62%" in page
    assert "of the support team replied" in page
    assert "Try <code>--force</code>." in page
    assert "With <strong>the tool</strong>." in page
    assert "https://app.slack.com/client/T1/C0HELP/thread/C0HELP-1700000000.000100" in page
    assert row["approved_answer"] == "With **the tool**."
    assert row["hand_off"]["approved_at"] == END - 100


async def test_of_a_deleted_question_no_page_tells_what_it_said(url: str) -> None:
    gone = withdrawn(1, "my zebra password is broken")
    await kept(url, gone)
    async with pages_over(url) as browser:
        pages = [
            await browser.shown(path)
            for path in ("/", f"/t/{gone.entry.ref}", "/gaps", "/digest", "/export.csv", "/export.json")
        ]
        found = await browser.shown("/?q=zebra")
    assert not [page for page in pages if "zebra" in page]
    assert "(deleted)" in pages[0]
    assert "deleted on its platform" in pages[1]
    assert "No question fits" in found


async def test_the_digest_quotes_no_private_question_and_leads_to_the_pages(url: str) -> None:
    private = finished(asked(1, "My boss forbids zebras", at=END - 500, via="direct"), answer("not_covered"))
    public = finished(asked(2, "Can it run on mainframes?", at=END - 400), answer("not_covered"))
    await kept(url, Past(entry=private), Past(entry=public))
    async with pages_over(url) as browser:
        page = await browser.shown("/digest?days=90")
        link = page[page.index('href="/gaps/') + len('href="') :].split('"')[0]
        gap, gaps = await browser.shown(link), await browser.shown("/gaps?days=90")
        # A link in a digest that was posted weeks ago.
        later = await browser.shown(link.replace("days=90", "days=7"))
    assert "zebras" not in page + gaps
    assert later.count("mainframes") == gap.count("mainframes")
    assert "2 questions" in page
    assert "mainframes" in gap
