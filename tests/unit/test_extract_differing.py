"""What is quoted where two pages, or two versions of one, do not say the same."""

from dataclasses import replace

import pytest

from bot.extract.extracting import Extract, extract
from bot.model import Passage
from bot.wording import PAGES_DIFFER, VERSIONS_DIFFER


def page(text: str, number: int, *, version: str = "", path: str = "") -> Passage:
    return Passage(
        text=text,
        title=f"Page {number}",
        heading=f"Section {number}",
        url=f"https://d/{path or number}",
        path=path or f"{number}.md",
        score=1 / number**0.3,
        source=f"docs-{version}",
        version=version,
    )


def said(question: str, *texts: str) -> Extract:
    return extract(question, [page(text, number) for number, text in enumerate(texts, 1)])


LENGTH = "What is the maximum length of a label?"


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (LENGTH, "The maximum length of a label is 64 characters.", "A label has at most 255 characters."),
        (LENGTH, "The maximum label length is 64.", "The maximum length of a label is 255."),
        (
            "How long can a label be?",
            "A label has at most 64 characters.",
            "Labels have up to 255 characters.",
        ),
        ("Can I use snapshots?", "Snapshots are not supported.", "Snapshots are supported by every table."),
        ("Can I rename a table?", "You cannot rename a table.", "You can rename a table at any time."),
        (
            "Is the cache on by default?",
            "The cache is enabled by default.",
            "The cache is disabled by default.",
        ),
        ("How do snapshots work?", "Snapshots let you read earlier rows.", "Snapshots were removed."),
        ("Which port is the default?", "By default the server uses port 70.", "The server uses port 90."),
    ],
)
def test_pages_that_contradict_each_other_are_both_quoted_and_that_is_said(
    question: str, one: str, other: str
) -> None:
    found = said(question, one, other)
    assert found.text == f"{PAGES_DIFFER}\n\n{one} [1]\n\n**Section 2**\n\n{other} [2]"
    assert [citation.path for citation in found.citations] == ["1.md", "2.md"]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (LENGTH, "The maximum length of a label is 64 characters.", "A label has at most 64 characters."),
        (LENGTH, "The maximum length of a label is 1,024 bytes.", "A label may be 1024 bytes long."),
        (
            LENGTH,
            "The maximum length of a label is 64 characters.",
            "The length of a name is 255 characters.",
        ),
        (LENGTH, "The maximum length of a label is 64 characters.", "A label takes 2 seconds to appear."),
        ("default port", "The server listens on port 70.", "The metrics server listens on port 90."),
        (
            "How are rows deleted?",
            "Deleted rows are not removed at once.",
            "Deleted rows are hidden at once.",
        ),
        ("Can I use snapshots?", "Snapshots are supported.", "Backups are not supported by snapshots."),
        ("Which queue in cluster mode?", "Cluster mode: red > blue (no green)", "Cluster mode: red > blue"),
        ("Which queue is used?", "Queue: red > blue (green was dropped)", "Queue: blue > red, by default."),
    ],
)
def test_pages_that_speak_of_other_things_or_agree_do_not_differ(question: str, one: str, other: str) -> None:
    assert "differ" not in said(question, one, other).text


def test_lists_and_tables_contradict_by_their_lines() -> None:
    items = "- Maximum label length: 64 characters\n- Maximum number of labels: 10"
    rows = "| Item | Most |\n| --- | --- |\n| Length of a label | 255 characters |\n| Labels | 10 |"
    text = said(LENGTH, items, rows).text
    assert text.startswith(PAGES_DIFFER)
    assert "64 characters" in text
    assert "255 characters" in text
    assert "differ" not in said(LENGTH, items, rows.replace("255", "64")).text


def test_pages_without_an_address_are_still_two_sources() -> None:
    one, other = page("A label has at most 64 characters.", 1), page("A label has at most 255 characters.", 2)
    found = extract("How long can a label be?", [replace(one, url="#labels"), replace(other, url="#labels")])
    assert [citation.path for citation in found.citations] == ["1.md", "2.md"]


def test_two_sentences_of_one_page_are_no_contradiction() -> None:
    one = page("A label has at most 64 characters.", 1, path="same.md")
    other = page("A label has at most 255 characters.", 2, path="same.md")
    assert "differ" not in extract("How long can a label be?", [one, other]).text


def test_what_contradicts_but_does_not_fit_is_left_out_without_a_word() -> None:
    texts = ("A label has at most 64 characters.", "A label has at most 255 characters.")
    found = extract(
        "How long can a label be?", [page(text, at) for at, text in enumerate(texts, 1)], max_chars=60
    )
    assert found.text == "A label has at most 64 characters. [1]"


def test_versions_that_contradict_each_other_are_named_before_what_they_say() -> None:
    new = page("Snapshots were removed.", 1, version="2.6", path="snapshots.md")
    old = page("Snapshots let you read earlier rows.", 2, version="2.4", path="snapshots.md")
    assert extract("How do snapshots work?", [new, old]).text == (
        f"{VERSIONS_DIFFER}\n\n**Section 1 (version 2.6)**\n\nSnapshots were removed. [1]"
        "\n\n**Section 2 (version 2.4)**\n\nSnapshots let you read earlier rows. [2]"
    )


def test_quotations_of_one_version_do_not_name_it() -> None:
    found = extract("What is a shard?", [page("A shard is a part of a table.", 1, version="2.6")])
    assert found.text == "A shard is a part of a table. [1]"
