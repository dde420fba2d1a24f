"""Whole indexing runs, on an index in memory."""

import pytest

from fakes import FakeEmbedder, FakeSource, FakeStore, ParagraphParser, Quiet
from indexer.errors import SourceUnavailable, SuspiciousPlan
from indexer.model import Indexed, PageKey, Report
from indexer.syncing import Docs, Options, Synchronizer

LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(36))


class Bench:
    """A source, an index and an embedder that outlive a run."""

    def __init__(self, **files: str) -> None:
        self.source = FakeSource({f"{name}.md": text for name, text in files.items()})
        self.store, self.embedder = FakeStore(), FakeEmbedder()

    def synchronizer(self, **options: bool) -> Synchronizer:
        docs = Docs(name="docs", source=self.source, url="https://docs.example/{stem}", anchors="github")
        return Synchronizer(
            docs=[docs],
            parser=ParagraphParser(),
            store=self.store,
            embedder=self.embedder,
            options=Options(**options),
        )

    def run(self, **options: bool) -> Report:
        synchronizer = self.synchronizer(**options)
        return synchronizer.run(synchronizer.plan(), Quiet())

    def texts(self, name: str) -> list[str]:
        rows = sorted(
            (place[1], chunk.text) for place, chunk in self.store.rows.items() if place[0] == page(name)
        )
        return [text for _, text in rows]


def page(name: str) -> PageKey:
    return PageKey(source="docs", path=f"{name}.md")


def test_a_first_run_writes_every_page_and_a_second_one_nothing() -> None:
    bench = Bench(a="# A\n\nFirst.", b=LONG)
    first = bench.run()
    assert (first.added, first.chunks_written, first.chunks_total) == (
        2,
        len(bench.store.rows),
        len(bench.store.rows),
    )
    bench.embedder.embedded.clear()
    second = bench.run()
    assert (second.unchanged, second.chunks_written, bench.embedder.embedded) == (2, 0, [])
    assert second.chunks_total == first.chunks_total


def test_a_changed_page_rewrites_its_own_chunks_only() -> None:
    bench = Bench(a="# A\n\nFirst.", b=LONG)
    bench.run()
    bench.embedder.embedded.clear()
    bench.source.files["a.md"] = "# A\n\nSecond."
    report = bench.run()
    assert (report.changed, report.unchanged, report.chunks_written) == (1, 1, 1)
    assert len(bench.embedder.embedded) == 1
    assert bench.texts("a") == ["Second."]


def test_a_page_that_shrinks_leaves_no_tail() -> None:
    bench = Bench(a=LONG)
    before = bench.run().chunks_total
    bench.source.files["a.md"] = "Short now."
    report = bench.run()
    assert before > 1
    assert bench.texts("a") == ["Short now."]
    assert report.chunks_total == len(bench.store.rows) == 1


def test_a_removed_page_leaves_no_chunk() -> None:
    bench = Bench(a="One.", b="Two.")
    bench.run()
    del bench.source.files["b.md"]
    report = bench.run()
    assert (report.removed, report.chunks_removed, report.chunks_total) == (1, 1, 1)
    assert {place[0] for place in bench.store.rows} == {page("a")}


@pytest.mark.parametrize("kept", range(0, 14, 3))
def test_a_run_cut_off_anywhere_is_completed_by_the_next(kept: int) -> None:
    bench = Bench(a=LONG, b="# B\n\nSecond page.", c=LONG)
    bench.store.fail_after = kept
    with pytest.raises(KeyboardInterrupt):
        bench.run()
    bench.store.fail_after = None
    bench.run()
    clean = Bench(a=LONG, b="# B\n\nSecond page.", c=LONG)
    clean.run()
    assert bench.store.rows == clean.store.rows


def test_a_page_that_breaks_the_parser_is_reported_and_the_others_are_indexed() -> None:
    bench = Bench(a="BREAKS THE PARSER", b="Fine.")
    report = bench.run()
    assert [failure.key for failure in report.failed] == [page("a")]
    assert bench.texts("b") == ["Fine."]


def test_an_unreadable_page_keeps_what_was_indexed_of_it() -> None:
    bench = Bench(a="One.", b="Two.")
    bench.run()
    bench.source.unreadable.add("a.md")
    report = bench.run()
    assert [failure.key for failure in report.failed] == [page("a")]
    assert bench.texts("a") == ["One."]


def test_a_source_that_is_down_changes_nothing() -> None:
    bench = Bench(a="One.")
    bench.run()
    before = dict(bench.store.rows)
    bench.source.down = True
    with pytest.raises(SourceUnavailable):
        bench.run()
    assert bench.store.rows == before


def test_a_source_that_lost_most_pages_changes_nothing_unless_allowed() -> None:
    bench = Bench(**{f"p{number}": f"Page {number}." for number in range(12)})
    bench.run()
    bench.source.files = {"p0.md": "Page 0."}
    with pytest.raises(SuspiciousPlan):
        bench.run()
    assert len(bench.store.rows) == 12
    assert bench.run(allow_mass_removal=True).removed == 11


def test_a_plan_alone_changes_nothing() -> None:
    bench = Bench(a="One.")
    assert len(bench.synchronizer().plan().added) == 1
    assert not bench.store.rows
    assert not bench.embedder.embedded


def test_an_index_built_anew_does_not_lose_most_pages_of_the_one_that_is_served() -> None:
    bench = Bench(a="# A\n\nFirst.")
    bench.store.elsewhere = {page(f"gone{number}"): Indexed(fingerprint="f", chunks=1) for number in range(9)}
    with pytest.raises(SuspiciousPlan, match="9 of the 9 indexed pages"):
        bench.run()
    assert bench.run(allow_mass_removal=True).added == 1
