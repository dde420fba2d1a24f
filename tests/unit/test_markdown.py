"""Raw pages to resolved pages: front matter, variables, fragments, fingerprints."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeSource
from indexer import markdown
from indexer.frontmatter import front_matter
from indexer.markdown import Resolved, included_only, load_variables, resolve
from indexer.model import Failure, Page


def resolved(raw: str, variables: dict[str, str] | None = None, **files: str) -> Resolved:
    fragments = {f"fragments/{name}.md": text for name, text in files.items()}
    return resolve("guide/page.md", raw, variables or {}, fragments.get)


def read(
    files: dict[str, str], recipe: str = "minilm", url: str = "https://d.example/{id}"
) -> tuple[list[Page], list[Failure]]:
    return markdown.pages(FakeSource(files), source="docs", url=url, anchors="milvus", recipe=recipe)


def test_front_matter_gives_title_and_values_and_leaves_the_text() -> None:
    page = resolved("---\nid: page.md\ntitle: How to: run Milvus\n---\n\n# Heading\n\nText.")
    assert page.title == "How to: run Milvus"
    assert page.meta["id"] == "page.md"
    assert page.text == "# Heading\n\nText."


@pytest.mark.parametrize(
    ("raw", "meta", "body"),
    [
        ("---\ntitle: 'It''s here'\n---\nText", {"title": "It's here"}, "Text"),
        ('---\ntitle: "A \\"b\\""\n---\nText', {"title": 'A "b"'}, "Text"),
        ("---\r\ntitle: A\r\n---\r\nText\r\n", {"title": "A"}, "Text\n"),
        ("\ufeff---\ntitle: A\n---\nText", {"title": "A"}, "Text"),
        ("---\nsummary: >-\n  one\n  two\ntitle: A\n---\nText", {"summary": "one two", "title": "A"}, "Text"),
        ("---\ntags:\n  - a\n  - b\ntitle: A\n---\nText", {"tags": "", "title": "A"}, "Text"),
        ("---\ntitle: A\nno colon here\n---\nText", {"title": "A"}, "Text"),
        ("---\n---\nText", {}, "Text"),
        (
            "---\ntitle: A\n\n# Heading\n\nText\n\n---\n\nMore",
            {"title": "A"},
            "\n# Heading\n\nText\n\n---\n\nMore",
        ),
        ("---\ntitle: A\nText without a mark", {"title": "A"}, "Text without a mark"),
        ("---\n\nProse between rules.\n\n---\n", {}, "---\n\nProse between rules.\n\n---\n"),
        ("No front matter", {}, "No front matter"),
        ("", {}, ""),
        ("---", {}, "---"),
    ],
)
def test_front_matter_is_read_leniently(raw: str, meta: dict[str, str], body: str) -> None:
    assert front_matter(raw) == (meta, body)


@given(st.text(alphabet="-:\n ab#>|'\"", max_size=80))
def test_no_front_matter_crashes(raw: str) -> None:
    front_matter("---\n" + raw)


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("text\n\n## The `first` **one** {#x}\n\n# Second", "The first one"),
        ("```\n# a comment\n```\n\n# Real", "Real"),
        ('<h1 class="t">\n  Welcome\n  all!\n</h1>\n\n## Then', "Welcome all!"),
        ("# [Linked](a.md) page #", "Linked page"),
        ("only text", "page"),
        ("---\ntitle:\n---\n# Head", "Head"),
    ],
)
def test_without_a_title_the_first_heading_or_the_file_name_is_one(raw: str, title: str) -> None:
    assert resolved(raw).title == title


def test_variables_are_put_in_everywhere_and_unknown_ones_stay() -> None:
    page = resolved(
        "---\ntitle: Milvus {{var.v}}\n---\n`pip install m=={{ var.v }}` {{var.none}}", variables={"v": "2.6"}
    )
    assert page.title == "Milvus 2.6"
    assert page.text == "`pip install m==2.6` {{var.none}}"


def test_templates_in_code_are_left_alone_and_tab_marks_go() -> None:
    code = "```\nkubectl get -o go-template='{{(index .spec 0).port}}{{\"\\n\"}}' {{query}}\n```"
    assert resolved("{{tab}}\n\n" + code).text == code


def test_a_fragment_is_included_with_its_variables_and_without_its_front_matter() -> None:
    page = resolved(
        "A\n\n{{fragments/x.md}}\n\nB", variables={"v": "1"}, x="---\ntitle: X\n---\n\nX {{var.v}}\n"
    )
    assert page.text == "A\n\nX 1\n\nB"


def test_fragments_include_fragments() -> None:
    assert resolved("{{fragments/a.md}}", a="a {{fragments/b.md}}", b="b").text == "a b"


def test_a_fragment_that_is_missing_or_includes_itself_leaves_nothing() -> None:
    assert resolved("A {{fragments/none.md}}B").text == "A B"
    assert resolved("{{fragments/a.md}}", a="a{{fragments/b.md}}", b="b{{fragments/a.md}}").text == "ab"
    assert resolved("A{{fragments/../../etc/passwd}}").text == "A"


def test_fragments_that_multiply_are_cut_off() -> None:
    files = {f"f{n}": f"{{{{fragments/f{n + 1}.md}}}}" * 10 for n in range(9)}
    assert len(resolved("{{fragments/f0.md}}", f9="x" * 100, **files).text) < 100_000


def test_fragments_are_found_wherever_the_root_of_the_source_is() -> None:
    files = {"en/fragments/x.md": "here"}
    assert resolve("en/guide/deep/p.md", "{{fragments/x.md}}", {}, files.get).text == "here"


def test_the_nearest_variables_win() -> None:
    tree = FakeSource(
        {
            "Variables.json": json.dumps({"v": "1", "auth": {"name": "root"}, "n": 3, "off": None}),
            "en/Variables.json": json.dumps({"v": "2"}),
        }
    )
    variables = load_variables(tree, "docs")
    assert variables.of("a.md") == {"v": "1", "auth.name": "root", "n": "3"}
    assert variables.of("en/a/b.md") == {"v": "2", "auth.name": "root", "n": "3"}


@pytest.mark.parametrize("content", ["{", "", "[" * 100_000])
def test_variables_that_are_no_json_are_a_failure_and_the_pages_are_still_read(content: str) -> None:
    pages, failures = read({"Variables.json": content, "a.md": "A {{var.v}}"})
    assert [page.text for page in pages] == ["A {{var.v}}"]
    assert [failure.key.path for failure in failures] == ["Variables.json"]


def test_variables_that_are_no_object_are_no_variables() -> None:
    assert load_variables(FakeSource({"Variables.json": "[1, 2]"}), "docs").of("a.md") == {}


def test_only_fragments_that_are_included_are_no_pages_of_their_own() -> None:
    raw = {
        "faq.md": "{{fragments/used.md}} {{fragments/none.md}}",
        "fragments/used.md": "used {{fragments/inner.md}}",
        "fragments/inner.md": "inner",
        "fragments/alone.md": "alone {{fragments/alone.md}}",
    }
    assert included_only(raw, raw) == {"fragments/used.md", "fragments/inner.md"}
    assert [page.key.path for page in read(raw)[0]] == ["faq.md", "fragments/alone.md"]


def test_an_empty_page_is_a_failure_and_keeps_no_other_from_being_read() -> None:
    pages, failures = read({"a.md": "---\nid: a\n---\n\n", "b.md": "B", "c.md": "{{tab}}"})
    assert [page.key.path for page in pages] == ["b.md"]
    assert [(failure.key.path, failure.reason) for failure in failures] == [
        ("a.md", "is empty"),
        ("c.md", "is empty"),
    ]


def test_a_page_s_address_comes_from_its_id() -> None:
    pages, _ = read({"a/b.md": "---\nid: own.md\n---\nB", "a/c.md": "C"})
    assert [page.url for page in pages] == ["https://d.example/own.md", "https://d.example/a/c.md"]


def marks(
    *,
    text: str = "A {{var.v}} {{fragments/f.md}}",
    variables: str = '{"v": "1"}',
    fragment: str = "F",
    **settings: str,
) -> str:
    files = {"a.md": text, "Variables.json": variables, "fragments/f.md": fragment}
    return read(files, **settings)[0][0].fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"text": "B"},
        {"text": "---\ntitle: Other\n---\nA {{var.v}} {{fragments/f.md}}"},
        {"variables": '{"v": "2"}'},
        {"fragment": "G"},
        {"recipe": "other"},
        {"url": "https://e.example/{id}"},
    ],
)
def test_whatever_decides_the_vectors_changes_the_fingerprint(change: dict[str, str]) -> None:
    assert marks(**change) != marks()


def test_what_does_not_show_on_the_page_keeps_the_fingerprint() -> None:
    assert marks(variables='{"v": "1", "unused": "2"}') == marks()
    assert marks(text="---\norder: 3\n---\nA {{var.v}} {{fragments/f.md}}\n") == marks()
