"""Which of several versions of a page is kept."""

from typing import Any

from adapters.milvus.twins import OLDER, newer_first, outdated

TEXT = "Rows are kept in object storage and metadata in etcd"


def row(source: str, version: str, text: str = TEXT, **fields: Any) -> dict[str, Any]:
    defaults = {"path": "storage.md", "title": "Storage", "heading": "Rows"}
    return defaults | {"source": source, "version": version, "text": text} | fields


def test_the_older_of_two_that_say_the_same_is_outdated() -> None:
    assert outdated({"a": row("new", "2.10"), "b": row("old", "2.9")}) == {"b"}


def test_the_same_text_below_another_heading_is_the_same() -> None:
    assert outdated({"a": row("new", "2.6"), "b": row("old", "2.4", heading="Where")}) == {"b"}


def test_a_section_that_was_rewritten_is_outdated_and_another_one_is_not() -> None:
    rewritten = "Rows are kept in object storage, compacted, and metadata in a relational database"
    found = {"a": row("new", "2.6", rewritten), "b": row("old", "2.4")}
    assert outdated(found) == {"b"}
    assert outdated(found | {"a": row("new", "2.6", rewritten, heading="Compaction")}) == frozenset()


def test_other_pages_and_pages_without_a_version_stay() -> None:
    assert outdated({"a": row("new", "2.6"), "b": row("old", "2.4", path="other.md")}) == frozenset()
    assert outdated({"a": row("new", "2.6"), "b": row("faq", "")}) == frozenset()
    assert outdated({"a": row("new", "2.6"), "b": row("new", "2.6", heading="Again")}) == frozenset()
    assert outdated({}) == frozenset()


def test_a_superseded_source_comes_a_little_later() -> None:
    found = {"a": row("new", "2.6"), "b": row("old", "2.4"), "c": row("faq", "")}
    ranked = [("b", 1.0), ("a", 0.95), ("c", 0.5)]
    assert newer_first(ranked, found, {"old"}) == [("a", 0.95), ("b", OLDER), ("c", 0.5)]
    assert newer_first(ranked, found, frozenset()) == ranked
