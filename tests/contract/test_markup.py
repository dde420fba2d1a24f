"""Markdown, and the HTML within it, read into blocks."""

import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.markup import Markup
from fakes import FakeSource
from indexer import chunking, markdown
from indexer.anchors import anchors_of
from indexer.model import Block, Chunk, Page

PARSER = Markup()


def blocks(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in PARSER.blocks(text)]


def one(text: str) -> str:
    ((_, result),) = blocks(text)
    return result


def test_blocks_come_in_order_with_their_markdown_as_it_is_written() -> None:
    page = (
        "# Title\n\nSome **bold** `code` [link](a.md).\n\n- one\n  - two\n\n> quote\n\n"
        "| VARCHAR      | 65,535       |\n|---|---|\n| a_b | `c` |\n\n```bash\n$ run <it>\n```\n\n---\n\nEnd."
    )
    assert blocks(page) == [
        ("heading", "Title"),
        ("paragraph", "Some **bold** `code` [link](a.md)."),
        ("list", "- one\n  - two"),
        ("quote", "> quote"),
        ("table", "| VARCHAR      | 65,535       |\n|---|---|\n| a_b | `c` |"),
        ("code", "```bash\n$ run <it>\n```"),
        ("paragraph", "End."),
    ]


@pytest.mark.parametrize(
    ("source", "words", "level"),
    [
        ("## `proxy.timeTickInterval`", "proxy.timeTickInterval", 2),
        ("### **IVF_FLAT** and __GPU_IVF__ *now* ###", "IVF_FLAT and GPU_IVF now", 3),
        ("#### [Linked](a.md#b) words", "Linked words", 4),
        ("Setext\n======", "Setext", 1),
        ("## A \\_ B &amp; C", "A _ B & C", 2),
        ("## Own {#my-id}", "Own {#my-id}", 2),
        ('<h3 id="clear">Syntax</h3>', "Syntax {#clear}", 3),
        ('<h1 class="title">\n  Welcome\n  all\n</h1>', "Welcome all", 1),
        ('## <a id="x"></a>Words', "Words {#x}", 2),
        ('<a name="x"></a>\n\n## Words', "Words {#x}", 2),
    ],
)
def test_a_heading_is_its_words_and_its_own_anchor(source: str, words: str, level: int) -> None:
    assert PARSER.blocks(source) == (Block(kind="heading", text=words, level=level),)


def test_a_heading_within_a_list_is_a_heading() -> None:
    page = "- [Boot](#boot)\n\n  ## Boot issues\n\n  Text."
    assert [kind for kind, _ in blocks(page)] == ["list", "heading", "paragraph"]


def test_an_html_table_becomes_a_markdown_table_word_for_word() -> None:
    page = """<table id="x">
  <thead><tr><th class="w">Description</th><th>Default</th></tr></thead>

  <tbody>
    <tr>
      <td>   It is DISCOURAGED to set maxFieldNum &gt;= 64,
        one of ['noop','stdout'] or by_dev_*   </td>
      <td><code>a|b</code><br>or <your-token></td>
    </tr>
  </tbody>
</table>"""
    assert blocks(page) == [
        (
            "table",
            "| Description | Default |\n| --- | --- |\n"
            "| It is DISCOURAGED to set maxFieldNum >= 64, one of ['noop','stdout'] or by_dev_* "
            "| `a\\|b` or <your-token> |",
        )
    ]


def test_lists_and_spans_of_cells_in_a_table_read_on_their_own() -> None:
    page = (
        "<table><tr><th>A</th><th>B</th></tr><tr><td><ul><li>one</li><li>two.</li><li>three</li></ul></td>"
        "<td rowspan=2>both</td></tr><tr><td>next</td></tr><tr><td colspan=2>wide</td></tr></table>"
    )
    assert one(page).split("\n")[2:] == ["| one; two. three | both |", "| next | both |", "| wide | wide |"]


def test_words_of_a_table_outside_its_cells_stand_before_it() -> None:
    page = "<table><caption>Limits</caption><tr><th>A</th></tr><tr><td>1</td></tr></table>"
    assert blocks(page) == [("paragraph", "Limits"), ("table", "| A |\n| --- |\n| 1 |")]
    assert one("<table> alpha </table>") == "alpha"


def test_a_note_box_becomes_a_quote() -> None:
    page = '<div class="alert note">\n\nThe first.\n\n- a\n- b\n\n</div>\n\nAfter.'
    assert blocks(page) == [("quote", "> **Note:** The first.\n>\n> - a\n> - b"), ("paragraph", "After.")]
    assert (
        one('<div class="alert warning"><p>Careful &amp; slow</p></div>') == "> **Warning:** Careful & slow"
    )
    titled = '  <div class="admonition note">\n\n  <p><b>notes</b></p>\n\n  <p>Text.</p>\n\n  </div>'
    assert one(titled) == "> **Note:** Text."


def test_code_within_a_note_box_stays_a_block_of_its_own() -> None:
    page = '<div class="note">\n\nRun:\n\n```sh\nls\n```\n\n</div>'
    assert blocks(page) == [("quote", "> **Note:** Run:"), ("code", "```sh\nls\n```")]


def test_bars_of_tabs_go_and_each_language_stays() -> None:
    page = (
        '<div class="multipleCode">\n  <a href="#python">Python </a>\n  <a href="#java">Java</a>\n</div>\n\n'
        "```python\nx\n```\n\n```java\ny\n```"
    )
    assert [text for _, text in blocks(page)] == ["```python\nx\n```", "```java\ny\n```"]


def test_wrappers_styles_scripts_comments_and_pictures_go_and_what_they_hold_stays() -> None:
    page = (
        "<style scoped>\n.a { b: c }\n</style>\n<!-- hidden\n\nstill -->\n"
        '<div class="filter-a">\n\n### In\n\n'
        "Text<br/>more &lt;x&gt; &nbsp; <font color='red'>red</font> ![png](a.png) H<sub>2</sub>O\n\n</div>"
    )
    assert blocks(page) == [("heading", "In"), ("paragraph", "Text more <x>   red  H2O")]


def test_links_emphasis_and_lists_in_html_become_markdown() -> None:
    assert (
        one('See <a href="a.md">the <b>page</b></a> and <code>x_y</code>.')
        == "See [the **page**](a.md) and `x_y`."
    )
    assert one("<ul>\n<li>one</li>\n<li>two\n<ul><li>three</li></ul></li>\n</ul>").split("\n")[0] == "- one"
    details = blocks("<details>\n<summary><font>Why?</font></summary>\nBecause.\n</details>")
    assert details == [("paragraph", "**Why?**"), ("paragraph", "Because.")]


def test_preformatted_html_becomes_code() -> None:
    assert (
        one("<pre>\nworkspace\n├── <b>a</b>\n    └── b &lt;c&gt;\n</pre>")
        == "```\nworkspace\n├── a\n    └── b <c>\n```"
    )


def test_a_fence_that_is_nested_in_html_is_code() -> None:
    page = (
        "<details>\n    <summary>Server</summary>\n    ```yaml\n    a:\n      b: 1\n    ```\n</details>\n\nX."
    )
    assert ("code", "```yaml\na:\n  b: 1\n```") in blocks(page)


def test_code_is_never_touched() -> None:
    fence = "```html\n<div class='note'>&lt;b&gt; <br> {{x}}</div>\n<!-- kept -->\n```"
    assert one(fence) == fence
    span = "Use `<b>` and ``a ` &lt;``, not <b>this</b>."
    assert one(span) == "Use `<b>` and ``a ` &lt;``, not **this**."


def test_words_in_angle_brackets_that_are_no_html_stay() -> None:
    assert one("Set <your_bucket> and <your-key>, a < b, List<String>.") == (
        "Set <your_bucket> and <your-key>, a < b, List<String>."
    )


def test_code_and_tables_within_a_list_are_blocks_at_the_margin() -> None:
    page = "1. First:\n\n   ```sh\n   run\n     it\n   ```\n\n   then\n\n2. Second\n   - sub\n\n       <td>x"
    assert blocks(page) == [
        ("list", "1. First:"),
        ("code", "```sh\nrun\n  it\n```"),
        ("paragraph", "then"),
        ("list", "2. Second\n   - sub\n\n        x"),
    ]


def test_link_definitions_are_kept() -> None:
    assert "[a]: https://d.example" in one("See [x][a].\n[a]: https://d.example")


@pytest.mark.parametrize(
    "text",
    [
        "", "\x00", "\r\n", "```", "~~~py\nx", "<", "</", "<table>", "<table><tr><td>x", "</div></div>",
        "<!--", "<div class='note'>\nx", "<a href=x>", "<h1>", "<pre>", "&#0;&#99999999;&x;", "x" * 10_000,
        "<table><tr><td rowspan=99999999 colspan=x>a</table>", "[" * 3000, "> " * 3000, "- " * 3000,
        "`" * 3000, "<b>" * 3000, "<div>" * 3000, "|" * 3000, "# " * 3000, "\x01\x02\x03\x04\x05\x06\x07",
        "<table>" * 300 + "</table>" * 300, "<table><tr><td>" + "<b>" * 3000 + "deep" + "</table>",
    ],
)  # fmt: skip
def test_broken_pages_are_read_all_the_same(text: str) -> None:
    assert all(block.kind == "heading" or block.text.strip() for block in PARSER.blocks(text))


PIECES = [
    "<div>", "</div>", '<div class="alert note">', "<table>", "</table>", "<tr><td>", "</td></tr>", "`",
    "```", "\n", "\n\n", "    ", "- ", "1. ", "> ", "# ", "| a | b |", "|---|---|", "<br>", "&lt;", "<!--",
    "-->", "<pre>", "</pre>", "<li>", "<ul>", "<h3 id=x>", "</h3>", "![a b](c)", "<details>", "<summary>",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(["alpha", "beta", "gamma"])), max_size=25))
def test_no_word_is_lost_outside_comments(parts: list[str]) -> None:
    text = " ".join(part for part in parts if part not in ("<!--", "-->"))
    found = " ".join(block.text for block in PARSER.blocks(text))
    for word in ("alpha", "beta", "gamma"):
        assert found.count(word) >= text.count(word)


def test_many_open_tags_do_not_take_time_that_grows_with_their_square() -> None:
    # A square would be 10^10 steps here, and the suite's own limit would end the test.
    for piece in (
        "<a ",
        "<div>",
        "<table>",
        "<!--",
        "![",
        "` `` ",
        "<h1><a>",
        "<ul>\n<li>",
        "- a\n  ```\n  x\n  ```\n",
    ):
        PARSER.blocks(piece * 10_000)


Corpus = tuple[Sequence[tuple[Page, Sequence[Block]]], Mapping[str, Sequence[Chunk]]]


@pytest.fixture(scope="module")
def corpus(shared: Path) -> Corpus:
    """Every page of the real documentation with its blocks, and each path's chunks."""
    with zipfile.ZipFile(shared / "corpus" / "milvus_docs_2.4.x_en.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith((".md", "Variables.json"))]
        files = {name.removeprefix("en/"): archive.read(name).decode() for name in names}
    pages, failures = markdown.pages(
        FakeSource(files), source="milvus", url="https://milvus.io/docs/{id}", anchors="milvus", recipe=""
    )
    assert not failures
    read = [(page, PARSER.blocks(page.text)) for page in pages]
    parts = defaultdict(list)
    for page, found in read:
        parts[page.key.path].extend(chunking.chunks(page, found, anchors="milvus"))
    return read, parts


def test_the_real_pages_give_chunks_of_the_intended_size(corpus: Corpus) -> None:
    lengths = sorted(len(chunk.text) for parts in corpus[1].values() for chunk in parts)
    assert 3_000 < len(lengths) < 4_500
    assert lengths[len(lengths) * 95 // 100] < 1_300
    assert lengths[-1] < 4_000


def test_the_real_pages_leave_no_html_in_their_text(corpus: Corpus) -> None:
    tag = re.compile(r"</?(?:div|table|t[dhr]|br|span|p|li|ul|h\d|summary|details|style|b)\b[^>]*>")
    prose = [block.text for _, found in corpus[0] for block in found if block.kind != "code"]
    left = [text for text in prose if tag.search(re.sub(r"`[^`]*`", "", text))]
    assert left == []


def test_what_questions_ask_for_stands_whole_in_one_chunk(corpus: Corpus, shared: Path) -> None:
    lines = (shared / "eval" / "questions.jsonl").read_text().splitlines()
    missing = []
    for question in map(json.loads, lines):
        chunks = [chunk for path in question["gold"] for chunk in corpus[1].get(path, ())]
        texts = [folded(f"{chunk.heading} {chunk.text}") for chunk in chunks]
        if not any(folded(question["snippet"]) in text for text in texts):
            missing.append(question["snippet"])
    assert missing in ([], ["## Delete entities"])  # a heading's mark is no part of its words


def test_links_in_the_real_pages_lead_to_the_anchors_we_make(corpus: Corpus) -> None:
    made = {
        page.url: set(anchors_of([block.text for block in found if block.kind == "heading"], "milvus"))
        for page, found in corpus[0]
    }
    link = re.compile(r"(?<!!)\]\((?:https://milvus\.io/docs/)?([\w.-]*\.md)?#([^)\s]*)\)")
    wanted = [
        (f"https://milvus.io/docs/{target}" if target else page.url, anchor)
        for page, found in corpus[0]
        for block in found
        if block.kind != "code"
        for target, anchor in link.findall(block.text)
    ]
    # The rest were written by hand for headings that are gone, or in lower case.
    known = [(page, anchor) for page, anchor in wanted if page in made]
    assert len(known) > 300
    assert sum(anchor in made[page] for page, anchor in known) / len(known) > 0.77


def folded(text: str) -> str:
    return " ".join(text.split()).casefold()
