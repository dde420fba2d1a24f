"""Web pages as Markdown: what the common documentation generators write, and what nobody should."""

import pytest

from adapters.markup import Markup
from adapters.sources.page_markdown import Unreadable, page_markdown


def text_of(html: str | bytes, charset: str = "") -> str:
    data = html if isinstance(html, bytes) else html.encode()
    return page_markdown(data, address="https://x.org/docs/a/", charset=charset)


def body_of(html: str) -> str:
    return text_of(html).partition("---\n\n")[2].strip()


MKDOCS = """<!doctype html><html><head><title>Install - Guide</title></head><body>
<header class="md-header"><a href="/">Guide</a></header><nav>Menu</nav>
<main><article class="md-content__inner md-typeset">
<a class="md-content__button" href="edit">Edit this page</a>
<h1 id="install">Install<a class="headerlink" href="#install" title="Permanent link">&para;</a></h1>
<p>Set <code>max_size</code> to <strong>10</strong> &amp; see <a href="../other/#x">there</a>.</p>
<div class="language-python highlight"><pre><span></span><code><span class="k">if</span> a &lt; b:
    <span class="n">run</span>()
</code></pre></div>
<div class="admonition warning"><p class="admonition-title">Warning</p><p>Back up first.</p></div>
<table><thead><tr><th>Key</th><th>Value</th></tr></thead><tbody><tr><td>a_b</td><td>1</td></tr></tbody></table>
</article></main><footer>Copyright</footer></body></html>"""

SPHINX = """<html><head><title>Index — Docs</title></head><body><div class="sphinxsidebar">Side</div>
<div role="main"><section id="the-index"><h1>The index<a class="headerlink" href="#the-index">¶</a></h1>
<p>Words.</p><section id="flat">
<span id="old-name"></span><h2>FLAT<a class="headerlink" href="#flat">¶</a></h2>
<div class="highlight-bash notranslate"><div class="highlight"><pre>$ run --all
</pre></div></div></section></section></div></body></html>"""

DOCUSAURUS = """<html><body><nav class="navbar">Nav</nav><main><article>
<nav class="breadcrumbs">Home</nav><div class="theme-doc-markdown markdown"><header><h1>Load</h1></header>
<h2 class="anchor" id="load-it">Load it<a href="#load-it" class="hash-link">#</a></h2>
<div class="language-js codeBlockContainer_x"><div><pre><code><span>let a<br></span>\
<span>let b<br></span></code></pre><div><button>Copy</button></div></div></div></div>
</article><nav class="pagination-nav">Next</nav></main></body></html>"""


def test_a_page_of_mkdocs_keeps_its_words_code_notes_tables_and_anchors() -> None:
    assert text_of(MKDOCS).startswith('---\ntitle: "Install"\n---\n\n# Install {#install}\n')
    body = body_of(MKDOCS)
    assert "Set `max_size` to **10** &amp; see [there](https://x.org/docs/other/#x)." in body
    assert "```python\nif a < b:\n    run()\n```" in body
    assert "> Back up first." in body
    assert "| a_b | 1 |" in body
    assert not {"Menu", "Edit this page", "Copyright", "¶"} & set(body.split())


def test_a_page_of_sphinx_gives_headings_the_anchors_of_their_sections() -> None:
    body = body_of(SPHINX)
    assert body.splitlines()[0] == "# The index {#the-index}"
    assert "## FLAT {#flat}" in body
    assert "```bash\n$ run --all\n```" in body
    assert "Side" not in body


def test_a_page_of_docusaurus_keeps_the_lines_of_its_code_apart() -> None:
    body = body_of(DOCUSAURUS)
    assert body.startswith("# Load\n\n## Load it {#load-it}")
    assert "```js\nlet a\nlet b\n```" in body
    assert not {"Nav", "Home", "Copy", "Next"} & set(body.split())


def test_the_pages_blocks_read_like_those_of_a_markdown_page() -> None:
    blocks = Markup().blocks(body_of(MKDOCS))
    assert [block.kind for block in blocks] == ["heading", "paragraph", "code", "quote", "table"]
    assert blocks[0].text == "Install {#install}"
    assert blocks[1].text.startswith("Set `max_size` to **10** & see")


def test_words_that_look_like_tags_or_marks_stay_words() -> None:
    body = body_of("<main><p>Give &lt;div&gt; and a_b_c, 2 * 3 * 4, &amp;lt; and <b>x</b></p></main>")
    assert Markup().blocks(body)[0].text == "Give <div> and a_b_c, 2 * 3 * 4, &lt; and **x**"


def test_code_that_holds_a_fence_gets_a_longer_one() -> None:
    body = body_of("<main><pre>```\nx\n```</pre></main>")
    assert body == "````\n```\nx\n```\n````"


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title> A \n B </title><main><p>x</p></main>", "A B"),
        ("<meta property='og:title' content='Og'><title>T</title><main><p>x</p></main>", "Og"),
        ("<title>T</title><main><h1>Say &quot;hi&quot;</h1></main>", 'Say \\"hi\\"'),
        ("<main><p>x</p></main>", ""),
    ],
)
def test_a_page_is_called_by_its_heading_or_by_what_its_head_says(html: str, title: str) -> None:
    assert text_of(html).splitlines()[1] == f'title: "{title}"'


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("<main>Größe 向量</main>".encode(), ""),
        ("<main>Größe 向量</main>".encode(), "iso-8859-1"),
        ("<main>Größe 向量</main>".encode(), "no-such-charset"),
        ("\ufeff<main>Größe 向量</main>".encode(), ""),
        ("<main>Größe 向量</main>".encode("utf-16"), ""),
        ("<meta charset='gb18030'><main>Größe 向量</main>".encode("gb18030"), ""),
        ("<main>Größe 向量</main>".encode("gb18030"), "gb18030"),
    ],
)
def test_a_page_is_read_in_its_real_charset_whatever_is_declared(data: bytes, charset: str) -> None:
    assert "Größe 向量" in text_of(data, charset)


def test_a_page_without_words_gives_nothing() -> None:
    for html in ("", "<html></html>", "<body><nav>Menu</nav><script>x</script></body>"):
        assert text_of(html or " ") == ""


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"text\0text"])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="not text"):
        text_of(data)


def test_a_page_nested_beyond_reason_is_refused_instead_of_breaking_the_run() -> None:
    with pytest.raises(Unreadable, match="nested too deep"):
        text_of("<main>" + "<div>" * 100_000 + "x")


def test_a_page_nested_deeply_but_not_beyond_reason_is_read() -> None:
    assert body_of("<main>" + "<div><b>" * 70 + "x").strip("*") == "x"


def test_broken_and_hostile_html_gives_text_and_no_error() -> None:
    html = (
        "<main><h2 id='a b'>X</h3><table><tr><td>1<a href='http://[::1/'>l</a><p><!-- <img src=x onerror=y>"
    )
    body = body_of(html)
    assert "## X" in body
    assert "{#" not in body, "an anchor with a blank is none"


def test_a_list_of_articles_is_read_as_one_page() -> None:
    assert "One" in (body := body_of("<main><article>One</article><article>Two</article></main>"))
    assert "Two" in body
