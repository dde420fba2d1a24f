"""What a run decides to do."""

import pytest

from indexer.errors import SuspiciousPlan
from indexer.model import Failure, Indexed, Page, PageKey
from indexer.planning import plan, refuse_emptying, refuse_mass_removal


def key(path: str, source: str = "docs") -> PageKey:
    return PageKey(source=source, path=path)


def page(path: str, fingerprint: str = "f1") -> Page:
    return Page(key=key(path), title=path, url=path, text="text", fingerprint=fingerprint)


def held(*paths: str, fingerprint: str = "f1") -> dict[PageKey, Indexed]:
    return {key(path): Indexed(fingerprint=fingerprint, chunks=2) for path in paths}


def test_new_changed_gone_and_equal_pages_are_told_apart() -> None:
    found = plan([page("a"), page("b", "f2"), page("c")], [], held("b", "c", "d"))
    assert [page.key.path for page in found.added] == ["a"]
    assert [page.key.path for page in found.changed] == ["b"]
    assert found.removed == (key("d"),)
    assert found.unchanged == 1


def test_a_page_whose_write_was_cut_off_is_written_again() -> None:
    assert [page.key.path for page in plan([page("a")], [], held("a", fingerprint="")).changed] == ["a"]


def test_a_page_that_cannot_be_read_keeps_its_chunks() -> None:
    assert plan([], [Failure(key=key("a"), reason="is binary")], held("a")).removed == ()


def test_a_full_run_writes_every_page() -> None:
    assert [page.key.path for page in plan([page("a")], [], held("a"), full=True).changed] == ["a"]


def test_losing_most_pages_of_a_source_is_refused_with_the_flag_that_allows_it() -> None:
    indexed = held(*"abcdefghij")
    with pytest.raises(SuspiciousPlan, match="--allow-mass-removal"):
        refuse_mass_removal(plan([page("a")], [], indexed), indexed, {"docs"})


@pytest.mark.parametrize(("left", "sources"), [("abcdef", {"docs"}), ("", {"other"})])
def test_losing_some_pages_or_a_whole_source_on_purpose_is_fine(left: str, sources: set[str]) -> None:
    indexed = held(*"abcdefghij")
    refuse_mass_removal(plan([page(path) for path in left], [], indexed), indexed, sources)


def test_an_index_is_not_emptied_because_no_page_could_be_read() -> None:
    unread = [Failure(key=key("new.md"), reason="is empty")]
    with pytest.raises(SuspiciousPlan, match=r"new\.md: is empty.*--allow-mass-removal"):
        refuse_emptying([], unread, held("a.md"))


def test_an_empty_index_and_a_page_that_is_kept_are_no_reason_to_refuse() -> None:
    unread = [Failure(key=key("a.md"), reason="is empty")]
    refuse_emptying([], unread, {})
    refuse_emptying([], unread, held("a.md", "b.md"))
    refuse_emptying([page("b.md")], unread, held("c.md"))
