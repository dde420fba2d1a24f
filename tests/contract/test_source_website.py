"""Websites by their sitemaps: what is read, how politely, and what a site may not do to a reader."""

import gzip
import socket
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from adapters.sources import website
from adapters.sources.location import kind_of, source_at
from adapters.sources.tree import Reading
from adapters.sources.website import WebsiteSource
from indexer import markdown
from indexer.errors import PageUnreadable, SourceUnavailable
from site_double import SiteDouble, site_double

HTML = (
    "<html><head><title>Site</title></head><body><nav>Menu</nav>"
    "<main><h1 id='{id}'>{title}</h1><p>{words}</p></main></body></html>"
)


def html(title: str, words: str = "Some words.", id: str = "") -> str:
    return HTML.format(title=title, words=words, id=id)


class Reader:
    """Reads one site, again and again, with pauses that take no time."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.pauses: list[float] = []

    def source(self, location: str, **reading: Any) -> WebsiteSource:
        options = Reading(**{"allow_private": True, **reading})
        return WebsiteSource(location, cache_dir=self.cache, reading=options, wait=self.pauses.append)

    def texts(self, location: str, **reading: Any) -> dict[str, str]:
        with self.source(location, **reading).open() as tree:
            return {path: tree.read(path) for path in tree.paths()}

    def refusal(self, location: str, **reading: Any) -> str:
        with pytest.raises(SourceUnavailable) as caught, self.source(location, **reading).open():
            pass
        return str(caught.value)

    def revision(self, location: str) -> str:
        with self.source(location).open() as tree:
            return tree.revision


@pytest.fixture
def site() -> Iterator[SiteDouble]:
    with site_double() as double:
        yield double


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "cache")


def test_a_site_is_read_by_its_sitemap_and_its_pages_have_their_own_addresses(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/docs/a.html", "/docs/deep/b/", "/", "/docs/%C3%BC%20c")
    for path in ("/docs/a.html", "/docs/deep/b/", "/", "/docs/%C3%BC%20c"):
        site.page(path, html(f"At {path}", id="top"))
    site.page("/not-in-the-map", html("Hidden"))
    with reader.source(f"{site.url}/sitemap.xml").open() as tree:
        assert tree.paths() == ["docs/a.html", "docs/deep/b/", "docs/ü c", "index.html"]
        addresses = [tree.address(path).removeprefix(site.url) for path in tree.paths()]
        assert addresses == ["/docs/a.html", "/docs/deep/b/", "/docs/%C3%BC%20c", "/"]
        assert "# At /docs/a.html {#top}\n\nSome words." in tree.read("docs/a.html")
        pages, failed = markdown.pages(tree, source="s", url="", anchors="github", recipe="")
        assert [page.url.removeprefix(site.url) for page in pages] == addresses
        assert (pages[0].title, failed) == ("At /docs/a.html", [])


def test_a_page_of_the_site_finds_its_sitemap_through_robots_txt_and_reads_its_own_folder(
    site: SiteDouble, reader: Reader
) -> None:
    site.page("/robots.txt", f"Sitemap: {site.url}/maps/docs.xml\nSitemap: https://elsewhere.example/x.xml")
    site.map("/docs/a", "/blog/b", at="/maps/docs.xml")
    site.page("/docs/a", html("A"))
    assert list(reader.texts(f"{site.url}/docs/")) == ["a"]
    assert "/blog/b" not in site.asked


def test_without_a_named_sitemap_the_usual_one_is_read_and_root_chooses_a_folder(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/docs/en/a", "/docs/english", "/docs/zh/a")
    site.page("/docs/en/a", html("A"))
    assert list(reader.texts(site.url, root="docs/en")) == ["a"]
    assert site.asked_for_pages() == ["/docs/en/a"]


def test_sitemaps_of_sitemaps_are_followed_packed_ones_too_and_circles_end(
    site: SiteDouble, reader: Reader
) -> None:
    inner = f"<urlset><url><loc>{site.url}/a</loc></url></urlset>".encode()
    site.page("/packed.xml.gz", "", kind="application/gzip")
    site.pages["/packed.xml.gz"].body = gzip.compress(inner)  # type: ignore[union-attr]
    site.map("/b", at="/plain.xml")
    names = ("/packed.xml.gz", "/plain.xml", "/sitemap.xml")
    maps = "".join(f"<sitemap><loc>{site.url}{name}</loc></sitemap>" for name in names)
    site.page("/sitemap.xml", f"<sitemapindex>{maps}</sitemapindex>", kind="text/xml")
    site.page("/a", html("A"))
    site.page("/b", html("B"))
    assert list(reader.texts(f"{site.url}/sitemap.xml")) == ["a", "b"]


def test_what_robots_txt_forbids_is_not_asked_for_and_its_longest_rule_decides(
    site: SiteDouble, reader: Reader
) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /\nAllow: /docs/\nDisallow: /docs/*.txt$\n")
    site.map("/docs/a", "/docs/b.txt", "/private")
    site.page("/docs/a", html("A"))
    assert list(reader.texts(f"{site.url}/sitemap.xml")) == ["docs/a"]
    assert {"/docs/b.txt", "/private"}.isdisjoint(site.asked)


def test_a_robots_txt_that_forbids_everything_is_a_clear_sentence(site: SiteDouble, reader: Reader) -> None:
    site.page("/robots.txt", "User-agent: Docent\nDisallow: /\n")
    site.map("/a")
    assert "robots.txt" in reader.refusal(f"{site.url}/sitemap.xml")
    assert "/a" not in site.asked


def test_a_robots_txt_that_the_server_fails_to_give_stops_the_reading(
    site: SiteDouble, reader: Reader
) -> None:
    site.page("/robots.txt", "", status=500)
    site.map("/a")
    assert "status 500" in reader.refusal(f"{site.url}/sitemap.xml")
    assert site.asked_for_pages() == []


def test_it_says_who_it_is_and_pauses_as_long_as_robots_txt_wants(site: SiteDouble, reader: Reader) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 3\n")
    site.map("/a", "/b")
    site.page("/a", html("A"))
    site.page("/b", html("B"))
    reader.texts(f"{site.url}/sitemap.xml")
    assert reader.pauses == [3.0, 3.0, 3.0]
    assert all(headers["User-Agent"].startswith("Docent/") for headers in site.headers)


# A site that did not change


def test_an_unchanged_site_costs_conditional_questions_alone_and_keeps_its_revision(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/a", "/b")
    site.page("/a", html("A"))
    site.page("/b", html("B"))
    location = f"{site.url}/sitemap.xml"
    first, texts = reader.revision(location), reader.texts(location)
    site.headers.clear()
    assert reader.revision(location) == first
    assert [bool(headers.get("If-None-Match")) for headers in site.headers[-2:]] == [True, True]
    site.page("/b", html("B", "New words."))
    assert reader.texts(location) == texts | {"b": texts["b"].replace("Some", "New")}
    assert reader.revision(location) != first


def test_a_page_whose_lastmod_did_not_move_is_not_even_asked_for(site: SiteDouble, reader: Reader) -> None:
    dates = {"/a": "2024-05-01", "/b": "2024-05-01"}
    site.map("/a", "/b", lastmod=dates)
    site.page("/a", html("A"))
    site.page("/b", html("B"))
    location = f"{site.url}/sitemap.xml"
    reader.texts(location)
    site.asked_for_pages()
    site.map("/a", "/b", lastmod=dates | {"/b": "2024-06-01"})
    site.page("/b", html("B", "New."))
    assert "New." in reader.texts(location)["b"]
    assert site.asked_for_pages() == ["/b"]


@pytest.mark.parametrize("name", ["_LASTMOD_TRUSTED", "_STATE_TRUSTED"])
def test_dates_and_etags_that_lie_are_found_out_after_a_while(
    site: SiteDouble, reader: Reader, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    date = {"/a": "2024-05-01"} if name == "_LASTMOD_TRUSTED" else {}
    etag = '"always"' if name == "_STATE_TRUSTED" else None
    site.map("/a", lastmod=date)
    site.page("/a", html("A"), etag=etag)
    location = f"{site.url}/sitemap.xml"
    reader.texts(location)
    site.page("/a", html("A", "New."), etag=etag)
    assert "New." not in reader.texts(location)["a"], "believed for now"
    monkeypatch.setattr(website, name, 0.0)
    assert "New." in reader.texts(location)["a"]


def test_a_clock_that_was_in_the_future_does_not_keep_pages_old(
    site: SiteDouble, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.map("/a", lastmod={"/a": "2024-05-01"})
    site.page("/a", html("A"))
    with monkeypatch.context() as future:
        later = time.time() + 10**8
        future.setattr(website.time, "time", lambda: later)
        reader.texts(f"{site.url}/sitemap.xml")
    site.page("/a", html("A", "New."))
    assert "New." in reader.texts(f"{site.url}/sitemap.xml")["a"]


def test_kept_pages_that_are_damaged_are_fetched_again(site: SiteDouble, reader: Reader) -> None:
    site.map("/a", lastmod={"/a": "2024-05-01"})
    site.page("/a", html("A"))
    texts = reader.texts(f"{site.url}/sitemap.xml")
    [kept] = reader.cache.glob("*.website")
    for damage in (b"nonsense" * 1000, kept.read_bytes()[:5000], b""):
        kept.write_bytes(damage)
        assert reader.texts(f"{site.url}/sitemap.xml") == texts


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(site: SiteDouble, reader: Reader) -> None:
    paths = [f"/{n}" for n in range(6)]
    site.map(*paths, lastmod=dict.fromkeys(paths, "2024-05-01"))
    for path in paths[:4]:
        site.page(path, html(path))
    for path in paths[4:]:
        site.page(path, "", status=503, headers={"Retry-After": "86400"})
    assert "asks not to be read for 86,400 seconds" in reader.refusal(f"{site.url}/sitemap.xml")
    site.asked_for_pages()
    for path in paths[4:]:
        site.page(path, html(path))
    assert len(reader.texts(f"{site.url}/sitemap.xml")) == 6
    assert site.asked_for_pages() == ["/4", "/5"]


# Pages that cannot be read


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_vanished_is_gone_though_the_map_still_names_it(
    site: SiteDouble, reader: Reader, status: int
) -> None:
    site.map("/a", "/b")
    site.page("/a", html("A"))
    site.page("/b", html("B"))
    assert len(reader.texts(f"{site.url}/sitemap.xml")) == 2
    site.page("/b", "", status=status)
    assert list(reader.texts(f"{site.url}/sitemap.xml")) == ["a"]


def test_a_page_that_fails_for_now_stays_as_it_was_or_is_named_as_unreadable(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/a", "/b", "/c")
    site.page("/a", html("A"))
    site.page("/b", html("B"))
    site.page("/c", "", status=500)
    with reader.source(f"{site.url}/sitemap.xml").open() as tree:
        assert tree.paths() == ["a", "b", "c"]
        with pytest.raises(PageUnreadable, match="status 500"):
            tree.read("c")
    site.page("/b", "", status=500)
    with reader.source(f"{site.url}/sitemap.xml").open() as tree:
        assert "# B" in tree.read("b")


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_wants_a_pause_gets_it(site: SiteDouble, reader: Reader, status: int) -> None:
    site.map("/a")
    site.page("/a", "", status=status, headers={"Retry-After": "7"})
    answers = iter([site.pages["/a"]])
    site.page("/then", html("A"))

    def first_refuse(request: BaseHTTPRequestHandler) -> None:
        site.pages["/a"] = next(answers, site.pages["/then"])
        site.answer(request)
        site.pages["/a"] = site.pages["/then"]

    site.pages["/a"] = first_refuse
    assert "# A" in reader.texts(f"{site.url}/sitemap.xml")["a"]
    assert 7.0 in reader.pauses


def test_a_retry_after_may_be_a_date_and_a_senseless_one_is_a_short_pause(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/a")
    site.page("/a", "", status=503, headers={"Retry-After": formatdate(time.time() + 90_000)})
    assert "asks not to be read for" in reader.refusal(f"{site.url}/sitemap.xml")
    site.page("/a", "", status=503, headers={"Retry-After": "soon"})
    assert "status 503" in reader.refusal(f"{site.url}/sitemap.xml")
    assert max(reader.pauses) == 2.0


def test_what_is_no_web_page_is_left_out_and_markdown_is_taken_as_it_is(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/a", "/manual.pdf", "/b.md")
    site.page("/a", html("A"))
    site.page("/manual.pdf", "%PDF-1.7", kind="application/pdf")
    site.page("/b.md", "# B\n", kind="text/markdown; charset=utf-8")
    texts = reader.texts(f"{site.url}/sitemap.xml")
    assert (list(texts), texts["b.md"]) == (["a", "b.md"], "# B\n")


def test_a_binary_page_served_as_a_web_page_is_named(site: SiteDouble, reader: Reader) -> None:
    site.map("/a", "/b")
    site.page("/a", html("A"))
    site.page("/b", "GIF89a\0\0\0\1")
    with (
        reader.source(f"{site.url}/sitemap.xml").open() as tree,
        pytest.raises(PageUnreadable, match="not text"),
    ):
        tree.read("b")


def test_a_page_of_10_mb_is_stopped_at_the_limit_and_the_others_are_read(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/a", "/b")
    site.page("/a", html("A"))
    site.page("/b", html("B", "word " * 2_000_000))
    with reader.source(f"{site.url}/sitemap.xml").open() as tree:
        with pytest.raises(PageUnreadable, match=r"more than the 5\.0 MB"):
            tree.read("b")
        assert "# A" in tree.read("a")


def test_a_site_whose_pages_need_scripts_is_refused_and_never_empty(site: SiteDouble, reader: Reader) -> None:
    site.map("/a")
    site.page("/a", "<html><body><div id='app'></div><script>render()</script></body></html>")
    assert "have no words without scripts" in reader.refusal(f"{site.url}/sitemap.xml")


def test_redirects_within_the_site_are_followed_and_two_that_meet_are_one_page(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/old", "/new")
    site.page("/old", "", status=301, headers={"Location": "/new#part"})
    site.page("/new", html("New"))
    with reader.source(f"{site.url}/sitemap.xml").open() as tree:
        assert list(tree.paths()) == ["new"]
        assert tree.address("new") == f"{site.url}/new"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/x", "//elsewhere.example/x", "file:///etc/hostname", "http://[::1/"]
)
def test_a_redirect_that_leaves_the_site_is_not_followed(
    site: SiteDouble, reader: Reader, target: str
) -> None:
    site.map("/a", "/b")
    site.page("/a", html("A"))
    site.page("/b", "", status=302, headers={"Location": target})
    with (
        reader.source(f"{site.url}/sitemap.xml").open() as tree,
        pytest.raises(PageUnreadable, match="redirects to a"),
    ):
        tree.read("b")


def test_a_circle_of_redirects_ends_at_a_site(site: SiteDouble, reader: Reader) -> None:
    site.map("/a", "/b")
    site.page("/a", html("A"))
    site.page("/b", "", status=302, headers={"Location": "/b"})
    with (
        reader.source(f"{site.url}/sitemap.xml").open() as tree,
        pytest.raises(PageUnreadable, match="circle"),
    ):
        tree.read("b")


# Sites that cannot be read


def test_a_site_that_is_down_is_a_clear_sentence_without_its_password(reader: Reader) -> None:
    said = reader.refusal("http://user:s3cret@127.0.0.1:9/sitemap.xml")
    assert "cannot be reached" in said
    assert "s3cret" not in said


def test_a_site_that_goes_down_while_it_is_read_is_not_asked_for_every_page(
    site: SiteDouble, reader: Reader
) -> None:
    paths = [f"/{n}" for n in range(20)]
    site.map(*paths)
    for path in paths:
        site.pages[path] = lambda request: request.connection.shutdown(socket.SHUT_RDWR)
    assert "cannot be reached, or the connection broke" in reader.refusal(f"{site.url}/sitemap.xml")
    assert len(set(site.asked_for_pages())) == 3


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("<urlset><url><loc>http://x", "not whole, valid XML"),
        ("<urlset><url></wrong></urlset>", "line 1, column"),
        ("", "not whole, valid XML"),
        ("not xml at all", "not whole, valid XML"),
        ("<rss><channel/></rss>", "is not a sitemap: it begins with <rss>"),
        ("<!DOCTYPE html><html></html>", "document type"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset>&b;</urlset>', "document type"),
        ("<urlset></urlset>", "names no page"),
        ("<urlset><url><loc>https://elsewhere.example/a</loc></url></urlset>", "pages of elsewhere.example"),
        ("<urlset><url><loc>http://[::1/</loc></url></urlset>", "names no page"),
    ],
)
def test_a_sitemap_that_is_none_is_a_clear_sentence(
    site: SiteDouble, reader: Reader, xml: str, reason: str
) -> None:
    site.page("/sitemap.xml", xml, kind="application/xml")
    assert reason in reader.refusal(f"{site.url}/sitemap.xml")


def test_a_packed_sitemap_that_is_damaged_or_a_bomb_is_refused(
    site: SiteDouble, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(b"<urlset>" + b" " * 5_000_000 + b"</urlset>")
    monkeypatch.setattr("adapters.sources.site_pages._SITEMAP_BYTES", 1_000_000)
    for body, reason in ((packed[:100], "damaged .gz"), (packed, "unpacks to more than 1,000,000 bytes")):
        site.page("/sitemap.xml.gz", "")
        site.pages["/sitemap.xml.gz"].body = body  # type: ignore[union-attr]
        assert reason in reader.refusal(f"{site.url}/sitemap.xml.gz")


def test_a_site_of_too_many_pages_is_refused_instead_of_read_in_part(
    site: SiteDouble, reader: Reader
) -> None:
    site.map(*(f"/{n}" for n in range(30_000)))
    said = reader.refusal(f"{site.url}/sitemap.xml")
    assert "has 30,000 pages, and at most 2,000 are read" in said
    assert "max_pages" in said
    assert site.asked_for_pages() == []


def test_a_part_of_the_sitemaps_that_is_missing_stops_the_run(site: SiteDouble, reader: Reader) -> None:
    site.page(
        "/sitemap.xml", f"<sitemapindex><sitemap><loc>{site.url}/gone.xml</loc></sitemap></sitemapindex>"
    )
    assert f"There is no sitemap at '{site.url}/gone.xml'" in reader.refusal(f"{site.url}/sitemap.xml")


def test_a_site_that_lost_all_its_pages_raises_though_it_had_some_before(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/a")
    site.page("/a", html("A"))
    reader.texts(f"{site.url}/sitemap.xml")
    site.page("/a", "", status=404)
    assert "None of the pages" in reader.refusal(f"{site.url}/sitemap.xml")


@pytest.mark.parametrize(
    "location", ["https://", "ftp://host/sitemap.xml", "site/en", "https://host:0/", "http://[::1/"]
)
def test_a_location_that_is_no_website_is_a_clear_sentence(reader: Reader, location: str) -> None:
    assert "is no website" in reader.refusal(location)


def test_a_password_in_the_location_is_for_the_site_and_for_no_error(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/a")
    site.page("/a", html("A"))
    location = site.url.replace("http://", "http://user:s3cret@")
    assert list(reader.texts(f"{location}/sitemap.xml")) == ["a"]
    assert all(headers["Authorization"].startswith("Basic ") for headers in site.headers)
    kept = [path for path in reader.cache.iterdir() if b"s3cret" in path.read_bytes()]
    assert kept == []
    site.page("/sitemap.xml", "", status=401)
    assert "wants credentials" in reader.refusal(f"{location}/sitemap.xml")


def test_a_site_of_the_internal_network_is_refused_unless_it_is_allowed(
    site: SiteDouble, reader: Reader
) -> None:
    site.map("/a")
    said = reader.refusal(f"{site.url}/sitemap.xml", allow_private=False)
    assert "set allow_private = true" in said
    assert site.asked == []


def test_a_sitemap_is_known_by_its_name_and_read_with_the_options_of_its_table(
    site: SiteDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.sources.site.PAUSE_SECONDS", 0.0)
    site.map("/a", "/b")
    site.page("/a", html("A"))
    location = f"{site.url}/sitemap.xml"
    assert kind_of(location) == "website"
    with source_at(location, cache_dir=tmp_path, allow_private=True).open() as tree:
        assert list(tree.paths()) == ["a"]
    few = source_at(location, cache_dir=tmp_path, allow_private=True, max_pages=1)
    with pytest.raises(SourceUnavailable, match="at most 1 are read"), few.open():
        pass
