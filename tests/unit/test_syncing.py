"""Whole indexing runs, on an index in memory."""

from typing import Any

import pytest

from fakes import FakeEmbedder, FakeSource, FakeStore, ParagraphParser, Quiet
from indexer.errors import RolledBack, SourceUnavailable, SuspiciousPlan
from indexer.model import Indexed, PageKey, Report
from indexer.syncing import Docs, Options, Synchronizer

LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(36))


class Bench:
    """A source, an index and an embedder that outlive a run."""

    def __init__(self, **files: str) -> None:
        self.source = FakeSource({f"{name}.md": text for name, text in files.items()})
        self.sources = {"docs": self.source}
        self.versions: dict[str, str] = {}
        self.store, self.embedder = FakeStore(), FakeEmbedder()

    def second(self, **files: str) -> FakeSource:
        self.sources["faq"] = FakeSource({f"{name}.md": text for name, text in files.items()})
        return self.sources["faq"]

    def synchronizer(self, **options: Any) -> Synchronizer:
        return Synchronizer(
            docs=[
                Docs(
                    name=name,
                    source=source,
                    url="https://docs.example/{stem}",
                    anchors="github",
                    version=self.versions.get(name, ""),
                )
                for name, source in self.sources.items()
            ],
            parser=ParagraphParser(),
            store=self.store,
            embedder=self.embedder,
            options=Options(**options),
        )

    def run(self, **options: Any) -> Report:
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


def test_of_a_changed_page_only_the_text_that_is_new_is_embedded() -> None:
    bench = Bench(a=f"# T\n\n{LONG}")
    whole = bench.run().chunks_written
    bench.embedder.embedded.clear()
    bench.source.files["a.md"] = f"# T\n\n{LONG}\n\n## New\n\nA new section."
    report = bench.run()
    assert (report.chunks_written, report.chunks_embedded) == (whole + 1, 1)
    assert [text.endswith("A new section.") for text in bench.embedder.embedded] == [True]


def test_a_page_that_moved_or_was_copied_is_written_without_being_embedded() -> None:
    bench = Bench(old="# One\n\nFirst.", other="# Two\n\nSecond.")
    bench.run()
    bench.embedder.embedded.clear()
    bench.source.files = {
        "new.md": "# One\n\nFirst.",
        "other.md": "# Two\n\nSecond.",
        "copy.md": "# Two\n\nSecond.",
    }
    report = bench.run()
    assert (report.added, report.removed, report.chunks_written) == (2, 1, 2)
    assert bench.embedder.embedded == []


def test_text_that_one_page_loses_to_another_is_not_embedded_anew() -> None:
    bench = Bench(a=f"# T\n\n## S\n\nMoves.\n\n## R\n\n{LONG}", b="# T\n\n## U\n\nStays.")
    bench.run()
    bench.embedder.embedded.clear()
    bench.source.files = {
        "a.md": f"# T\n\n## R\n\n{LONG}",
        "b.md": "# T\n\n## S\n\nMoves.\n\n## U\n\nStays.",
    }
    assert bench.run().changed == 2
    assert bench.embedder.embedded == []


def test_a_full_run_trusts_no_vector_that_is_there() -> None:
    bench = Bench(a="# A\n\nFirst.")
    bench.run()
    bench.embedder.embedded.clear()
    assert bench.run(full=True).chunks_embedded == len(bench.embedder.embedded) == 1


def test_a_full_run_builds_another_index_and_tells_what_changes_for_readers() -> None:
    bench = Bench(a="One.", b="Two.", c="Three.")
    bench.run()
    del bench.source.files["c.md"]
    bench.source.files["d.md"] = "Four."
    report = bench.run(full=True)
    assert (report.added, report.changed, report.removed, report.chunks_total) == (1, 2, 1, 3)
    assert bench.run().unchanged == 3


def test_a_full_run_without_a_page_leaves_the_index_and_says_how_to_empty_it() -> None:
    bench = Bench(a="One.")
    bench.run()
    bench.source.files["a.md"] = ""
    with pytest.raises(SuspiciousPlan, match="without --full"):
        bench.run(full=True, allow_mass_removal=True)
    assert bench.store.finished == [(1, 1)]


def test_a_full_run_waits_for_a_source_that_is_down() -> None:
    bench = Bench(a="One.")
    bench.second(q="Why?")
    bench.run()
    bench.sources["faq"].down = True
    with pytest.raises(SourceUnavailable):
        bench.run(full=True)
    assert bench.store.finished == [(2, 2)]


def test_a_full_run_over_one_source_leaves_the_others() -> None:
    bench = Bench(a="One.")
    faq = bench.second(q="Why?")
    bench.run()
    faq.down = True
    report = bench.run(full=True, only=frozenset({"docs"}))
    assert (report.changed, report.chunks_embedded, report.chunks_total) == (1, 1, 2)


def test_a_page_that_was_emptied_is_removed() -> None:
    bench = Bench(a="One.", b="Two.")
    bench.run()
    bench.source.files["a.md"] = "---\ntitle: A\n---\n"
    report = bench.run()
    assert (report.removed, [failure.reason for failure in report.failed]) == (1, ["is empty"])
    assert {place[0] for place in bench.store.rows} == {page("b")}


def test_the_last_page_is_not_emptied_unless_allowed() -> None:
    bench = Bench(a="One.")
    bench.run()
    bench.source.files["a.md"] = ""
    with pytest.raises(SuspiciousPlan):
        bench.run()
    assert bench.texts("a") == ["One."]
    assert bench.run(allow_mass_removal=True).removed == 1


def test_a_source_that_is_down_does_not_keep_the_others_from_being_indexed() -> None:
    bench = Bench(a="One.")
    faq = bench.second(q="Why?")
    bench.run()
    faq.down = True
    bench.source.files["a.md"] = "Two."
    report = bench.run()
    docs, left = report.sources
    assert (docs.source, docs.outcome, docs.changed) == ("docs", "done", 1)
    assert (left.source, left.outcome, left.message) == (
        "faq",
        "failed",
        "The documentation cannot be reached.",
    )
    assert PageKey(source="faq", path="q.md") in {place[0] for place in bench.store.rows}


def test_a_source_that_lost_most_pages_is_refused_and_the_others_go_on() -> None:
    bench = Bench(a="One.")
    faq = bench.second(**{f"p{number}": f"Page {number}." for number in range(12)})
    bench.run()
    faq.files = {"p0.md": "Page 0."}
    bench.source.files["a.md"] = "Two."
    report = bench.run()
    assert [(one.source, one.outcome) for one in report.sources] == [("docs", "done"), ("faq", "refused")]
    assert len(bench.store.rows) == 13


def test_sources_that_are_not_due_keep_their_pages() -> None:
    bench = Bench(a="One.")
    bench.second(q="Why?").down = True
    bench.sources["faq"].down = False
    bench.run()
    bench.sources["faq"].files = {"other.md": "Changed."}
    bench.source.files["a.md"] = "Two."
    report = bench.run(only=frozenset({"docs"}))
    assert [one.source for one in report.sources] == ["docs"]
    assert {place[0] for place in bench.store.rows} == {page("a"), PageKey(source="faq", path="q.md")}


def test_an_index_built_anew_reads_every_source_and_waits_for_one_that_is_down() -> None:
    bench = Bench(a="One.")
    bench.second(q="Why?").down = True
    bench.store.elsewhere = {page("a"): Indexed(fingerprint="f", chunks=1)}
    with pytest.raises(SourceUnavailable):
        bench.run(only=frozenset({"docs"}))
    assert bench.store.finished == []
    bench.sources["faq"].down = False
    assert bench.run(only=frozenset({"docs"})).added == 2


def test_a_run_does_not_undo_a_rollback_unless_it_is_a_full_one() -> None:
    bench = Bench(a="One.")
    bench.store.rolled_back = "docs__before"
    with pytest.raises(RolledBack, match=r"rolled back to docs__before.*docent index --full"):
        bench.run()
    assert bench.run(full=True).added == 1


def test_the_report_tells_revision_and_counts_of_each_source() -> None:
    bench = Bench(a="One.")
    bench.second(q="Why?", r="How?")
    docs, faq = bench.run().sources
    assert (docs.revision, docs.added, docs.chunks_written, docs.chunks_embedded) == ("1", 1, 1, 1)
    assert (faq.revision, faq.added, faq.chunks_written) == ("1", 2, 2)
    assert {one.outcome for one in bench.run().sources} == {"nothing to do"}


def test_a_changed_version_rewrites_the_pages_and_embeds_none() -> None:
    bench = Bench(a="# A\n\nFirst.", b=LONG)
    bench.run()
    bench.embedder.embedded.clear()
    bench.versions["docs"] = "2.6"
    report = bench.run()
    assert (report.changed, report.unchanged, report.chunks_embedded) == (2, 0, 0)
    assert report.chunks_written == len(bench.store.rows)
    assert {chunk.version for chunk in bench.store.rows.values()} == {"2.6"}
    assert bench.embedder.embedded == []
    assert bench.run().unchanged == 2


def test_what_two_versions_have_in_common_is_embedded_once() -> None:
    bench = Bench(a="# A\n\nFirst.", b="# B\n\nOld.")
    bench.second(a="# A\n\nFirst.", b="# B\n\nNew.")
    bench.versions |= {"docs": "2.4", "faq": "2.6"}
    report = bench.run()
    assert (report.chunks_written, report.chunks_embedded) == (4, 3)
    assert len(bench.embedder.embedded) == 3


def numbered(count: int) -> dict[str, str]:
    return {f"p{number}": f"# Page {number}\n\nText {number}." for number in range(count)}


def test_another_source_does_not_take_the_place_of_the_index_unless_allowed() -> None:
    bench = Bench(**numbered(20))
    bench.run()
    bench.sources = {"small": FakeSource({"one.md": "One page."})}
    with pytest.raises(SuspiciousPlan, match="20 of the 20 pages in the index would go, because docs"):
        bench.run()
    assert len(bench.store.rows) == 20
    assert bench.run(allow_mass_removal=True).removed == 20


def test_a_run_over_one_source_goes_on_where_most_of_the_index_is_configured_no_more() -> None:
    bench = Bench(**numbered(9))
    bench.second(q="Why?")
    bench.run()
    del bench.sources["docs"]
    bench.sources["faq"].files["q.md"] = "Why not?"
    report = bench.run(only=frozenset({"faq"}))
    assert [(one.source, one.outcome) for one in report.sources] == [("docs", "refused"), ("faq", "done")]
    assert len(bench.store.rows) == 10


def test_what_is_gone_for_certain_is_not_asked_about() -> None:
    bench = Bench(**numbered(9))
    bench.second(q="Why?")
    bench.run()
    del bench.sources["docs"]
    assert bench.run(certain=frozenset({"docs"})).removed == 9


@pytest.mark.parametrize("source", ["docs", "renamed"])
def test_a_folder_that_was_restructured_and_a_source_that_was_renamed_pass(source: str) -> None:
    bench = Bench(**numbered(20))
    bench.run()
    bench.embedder.embedded.clear()
    files = {f"site/{path}": text for path, text in bench.source.files.items()}
    bench.sources = {source: FakeSource(files)}
    report = bench.run()
    assert (report.added, report.removed, bench.embedder.embedded) == (20, 20, [])


def test_pages_that_move_from_one_source_to_another_are_not_lost() -> None:
    bench = Bench(**numbered(6))
    faq = bench.second(q="Why?")
    bench.run()
    faq.files |= {path: bench.source.files.pop(path) for path in [f"p{number}.md" for number in range(4)]}
    report = bench.run()
    assert (report.added, report.removed) == (4, 4)


def test_new_pages_with_other_texts_do_not_stand_for_those_that_are_gone() -> None:
    bench = Bench(**numbered(6))
    bench.run()
    bench.source.files = {f"new{number}.md": f"# New\n\nOther {number}." for number in range(6)}
    with pytest.raises(SuspiciousPlan, match="6 of the 6"):
        bench.run()
