"""What a run decides to do."""

import pytest

from indexer.errors import SuspiciousPlan
from indexer.model import Failure, Indexed, Page, PageKey
from indexer.planning import moved, plan, refuse_emptying, refuse_giving_up, refuse_mass_removal


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


@pytest.mark.parametrize(("had", "left"), [("abcdefghij", "abcdef"), ("abcd", "ab"), ("ab", "a"), ("a", "")])
def test_losing_some_pages_is_fine(had: str, left: str) -> None:
    indexed = held(*had)
    refuse_mass_removal(plan([page(path) for path in left], [], indexed), indexed, {"docs"})


@pytest.mark.parametrize(("had", "left"), [("abcde", "a"), ("abc", "a"), ("ab", "")])
def test_a_small_source_is_guarded_as_well(had: str, left: str) -> None:
    indexed = held(*had)
    with pytest.raises(SuspiciousPlan, match=f"{len(had) - len(left)} of the {len(had)} indexed pages"):
        refuse_mass_removal(plan([page(path) for path in left], [], indexed), indexed, {"docs"})


def test_pages_that_moved_are_not_lost() -> None:
    indexed = held(*"abcd")
    gone = plan([page(f"site/{path}") for path in "abcd"], [], indexed)
    with pytest.raises(SuspiciousPlan):
        refuse_mass_removal(gone, indexed, {"docs"}, [key("a")])
    refuse_mass_removal(gone, indexed, {"docs"}, [key("a"), key("b")])
    refuse_giving_up(gone, indexed, {"other"}, [key("a"), key("b")])


def test_a_page_has_moved_where_half_of_its_texts_are_among_those_added() -> None:
    texts = {
        key("whole"): {"1", "2"},
        key("half"): {"3", "x"},
        key("less"): {"4", "y", "z"},
        key("none"): {"w"},
    }
    assert moved(texts | {key("unknown"): set()}, ["1", "2", "3", "4"]) == {key("whole"), key("half")}


def test_a_source_that_makes_most_of_the_index_is_not_given_up_unasked() -> None:
    indexed = held(*"abc") | {key("f", "faq"): Indexed(fingerprint="f1", chunks=1)}
    gone = plan([page("new")], [], indexed)
    with pytest.raises(SuspiciousPlan, match=r"4 of the 4 pages .* because docs, faq .*--allow-mass-removal"):
        refuse_giving_up(gone, indexed, {"small"})


def test_one_source_of_several_is_given_up_without_a_question() -> None:
    indexed = held(*"abc") | {key(name, "faq"): Indexed(fingerprint="f1", chunks=1) for name in "xyz"}
    refuse_giving_up(plan([page(name) for name in "abc"], [], indexed), indexed, {"docs"})


def test_an_index_is_not_emptied_because_no_page_could_be_read() -> None:
    unread = [Failure(key=key("new.md"), reason="is empty")]
    with pytest.raises(SuspiciousPlan, match=r"new\.md: is empty.*--allow-mass-removal"):
        refuse_emptying([], unread, held("a.md"))


def test_an_empty_index_and_a_page_that_is_kept_are_no_reason_to_refuse() -> None:
    unread = [Failure(key=key("a.md"), reason="is empty")]
    refuse_emptying([], unread, {})
    refuse_emptying([], unread, held("a.md", "b.md"))
    refuse_emptying([page("b.md")], unread, held("c.md"))
