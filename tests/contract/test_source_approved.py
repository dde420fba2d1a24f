"""What the support team approved, as a source of documentation."""

import sqlite3
from pathlib import Path

import pytest

from adapters.ledger.ledger import SqlLedger
from adapters.markup import Markup
from adapters.sources.approved import ApprovedSource
from fakes import FakeEmbedder, FakeSource, FakeStore, ParagraphParser, Quiet
from hand_off_suite import answer, handed
from indexer import markdown
from indexer.chunking import chunks
from indexer.errors import SourceUnavailable
from indexer.model import Page
from indexer.syncing import Docs, Options, Synchronizer

NOVEMBER = 1_700_000_000.0


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


async def approved(url: str, *numbers: int, **fields: object) -> None:
    ledger = SqlLedger(url)
    for number in numbers:
        await handed(ledger, number)
        made = answer(number, **fields)
        await ledger.hand_offs.end(made.ref, "resolved", "U3", "done", 8.0)
        assert await ledger.hand_offs.approve(made)
    await ledger.aclose()


def pages(url: str) -> list[Page]:
    with ApprovedSource(url).open() as tree:
        found, failed = markdown.pages(tree, source="a", url="", anchors="github", recipe="1")
    assert failed == []
    return found


async def test_each_answer_is_a_page_that_leads_to_its_thread(url: str) -> None:
    await approved(url, 1, question="How is <it>\n stored?", answer="In a bucket.", at=NOVEMBER)
    await approved(url, 2)
    first, second = pages(url)
    assert (first.title, first.text) == (
        "How is <it> stored? (support team, 14 November 2023)",
        "In a bucket.",
    )
    (chunk,) = chunks(first, Markup().blocks(first.text), anchors="github")
    assert chunk.url == first.url == "https://chat.example/1"
    assert second.key.path == f"{2:032x}.md"


async def test_what_looks_like_markup_is_read_as_it_was_typed_and_code_stays_code(url: str) -> None:
    typed = (
        "---\ntitle: x\n---\n# not a heading\nset <bucket> & `<a>`\n```sh\n# comment <b>\n```\n## nor this"
    )
    await approved(url, 1, answer=typed, at=NOVEMBER)
    (page,) = pages(url)
    blocks = Markup().blocks(page.text)
    assert page.title.endswith("(support team, 14 November 2023)")
    assert [block.kind for block in blocks if block.kind == "heading"] == []
    shown = "\n".join(block.text for block in blocks)
    for part in ("not a heading", r"\<bucket>", "`<a>`", "# comment <b>", "nor this"):
        assert part in shown


async def test_of_a_long_question_the_title_shows_the_beginning_and_who_answered(url: str) -> None:
    asked = " ".join(f"word{number}" for number in range(60))
    await approved(url, 1, question=asked, answer="Yes.", at=NOVEMBER)
    (page,) = pages(url)
    assert len(page.title) <= 120
    assert page.title.startswith("word0 word1")
    assert page.title.endswith("… (support team, 14 November 2023)")
    assert page.text == f"{asked}\n\nYes."


async def test_its_revision_changes_with_every_word_and_only_then(url: str) -> None:
    def revision() -> str:
        with ApprovedSource(url).open() as tree:
            return tree.revision

    await approved(url, 1)
    first = revision()
    assert revision() == first
    await approved(url, 2, answer="other")
    assert revision() != first


async def test_where_nobody_approved_anything_nothing_is_needed(url: str, tmp_path: Path) -> None:
    assert not ApprovedSource(url).needed()
    assert not (tmp_path / "ledger.db").exists()
    sqlite3.connect(tmp_path / "ledger.db").close()
    assert not ApprovedSource(url).needed()
    await approved(url, 1)
    assert ApprovedSource(url).needed()


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://u:s3cret@127.0.0.1:1/x", "x://y", "sqlite:///{}"],
)
def test_a_ledger_that_cannot_be_read_says_so_and_never_that_it_is_empty(url: str, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"no database at all" * 500)
    source = ApprovedSource(url.format(damaged))
    with pytest.raises(SourceUnavailable, match="approved answers stay as they are"):
        source.needed()
    with pytest.raises(SourceUnavailable, match="approved answers stay as they are") as caught, source.open():
        pass
    assert "s3cret" not in str(caught.value)


def synchronizer(url: str, store: FakeStore) -> Synchronizer:
    handbook = FakeSource({"a.md": "# A\n\nFirst."})
    return Synchronizer(
        docs=[
            Docs(name="handbook", source=handbook, url="https://docs.example/{stem}", anchors="github"),
            Docs(name="team", source=ApprovedSource(url), url="", anchors="github", authoritative=True),
        ],
        parser=ParagraphParser(),
        store=store,
        embedder=FakeEmbedder(),
        options=Options(),
    )


async def test_however_many_are_taken_back_at_once_the_index_follows(url: str) -> None:
    store = FakeStore()
    await approved(url, *range(12))
    indexing = synchronizer(url, store)
    assert indexing.run(indexing.plan(), Quiet()).added == 13
    ledger = SqlLedger(url)
    for number in range(1, 12):
        await ledger.hand_offs.unapprove(answer(number).ref)
    await ledger.aclose()
    indexing = synchronizer(url, store)
    report = indexing.run(indexing.plan(), Quiet())
    assert (report.removed, report.unchanged, report.failed) == (11, 2, ())


async def test_while_the_ledger_is_away_what_is_indexed_stays(url: str, tmp_path: Path) -> None:
    store = FakeStore()
    await approved(url, 1, 2)
    indexing = synchronizer(url, store)
    indexing.run(indexing.plan(), Quiet())
    (tmp_path / "ledger.db").write_bytes(b"no database at all" * 500)
    plan = synchronizer(url, store).plan()
    assert (plan.removed, plan.unchanged) == ((), 1)
    assert [(one.source, one.outcome) for one in plan.skipped] == [("team", "failed")]
