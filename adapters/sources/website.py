"""A website, by its sitemap, as a source of documentation."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from adapters.sources.address import masked
from adapters.sources.download import State
from adapters.sources.held import held
from adapters.sources.page_markdown import VERSION, Unreadable, page_markdown
from adapters.sources.site import Elsewhere, Reply, Site
from adapters.sources.site_pages import AGENT, Part, pages_of, rules_of
from adapters.sources.tree import Reading, decode, normal_root, not_listed
from adapters.sources.visits import Visit, Visits, visits_in
from indexer.errors import PageUnreadable, SourceUnavailable
from indexer.ports import Tree

log = logging.getLogger(__name__)
_DAY = 86_400.0
_LASTMOD_TRUSTED = _DAY
"""A sitemap whose dates never move is found out within a day,"""
_STATE_TRUSTED = 7 * _DAY
"""and a server that says "not modified" of what was, within a week."""
_HTML = ("text/html", "application/xhtml+xml", "")
_MARKDOWN = ("text/markdown", "text/x-markdown")


class WebsiteSource:
    """Reads the pages that a site's sitemap names, and again only what may have changed."""

    def __init__(
        self,
        location: str,
        *,
        cache_dir: Path,
        reading: Reading,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """``location``: a sitemap's http(s) address, or a page's, whose folder is read then."""
        self._location = location
        self._cache_dir = cache_dir
        self._reading = reading
        self._wait = wait

    @contextmanager
    def open(self) -> Iterator[Tree]:
        """The site's pages. Raises SourceUnavailable."""
        from adapters.sources.web_guard import session

        part, sitemap = _parts(self._location, self._reading.root)
        key = hashlib.sha256(f"{self._location}\0{self._reading.root}".encode("utf-8", "surrogateescape"))
        kept = self._cache_dir / f"{key.hexdigest()[:16]}.website"
        with (
            held(kept.with_suffix(".lock"), f"The website '{part.home}'"),
            session(allow_private=self._reading.allow_private) as web,
            visits_in(kept, VERSION) as visits,
        ):
            parts = urlsplit(self._location)
            if parts.password is not None:
                web.auth = (unquote(parts.username or ""), unquote(parts.password))
            site = Site(part.home, web=web, seconds=self._reading.timeout_seconds, wait=self._wait)
            yield _Crawl(site, part, visits, self._reading).tree(sitemap)


class WebsiteTree:
    """The pages of a website, as they were read a moment ago."""

    def __init__(self, pages: Mapping[str, Visit], unread: Mapping[str, str], visits: Visits) -> None:
        """``unread``: why pages that are there could not be read, by path."""
        self._addresses = {path: (visit.url, visit.address) for path, visit in pages.items()}
        self._unread = unread
        self._visits = visits
        digest = hashlib.sha256()
        for path, visit in sorted(pages.items()):
            digest.update(f"{path}\0{hashlib.sha256(visit.text.encode()).hexdigest()}\0".encode())
        self.revision = digest.hexdigest()[:12]

    def paths(self) -> Sequence[str]:
        """All pages, relative to the part of the site that is read, sorted."""
        return sorted({*self._addresses, *self._unread})

    def read(self, path: str) -> str:
        """A listed page's Markdown. Raises PageUnreadable."""
        if path in self._unread:
            raise PageUnreadable(self._unread[path])
        visit = self._visits.of(self._addresses[path][0]) if path in self._addresses else None
        if visit is None:
            raise not_listed(path)
        return visit.text

    def address(self, path: str) -> str:
        """Where the page is."""
        return self._addresses[path][1] if path in self._addresses else ""


class _Crawl:
    """One reading of the site."""

    def __init__(self, site: Site, part: Part, visits: Visits, reading: Reading) -> None:
        self._site, self._part, self._visits, self._reading = site, part, visits, reading

    def tree(self, sitemap: str) -> WebsiteTree:
        rules = rules_of(self._site)
        self._site.pause = max(self._site.pause, rules.crawl_delay(AGENT) or 0.0)
        listed = pages_of(self._site, self._part, rules, sitemap, self._reading.max_pages)
        pages: dict[str, Visit] = {}
        unread: dict[str, str] = {}
        for url, lastmod in listed.items():
            try:
                visit = self._visit(url, lastmod)
            except PageUnreadable as error:
                unread[self._part.path_of(url) or url] = str(error)
                continue
            path = self._part.path_of(visit.address) if visit and visit.text else None
            if visit and path:
                pages.setdefault(path, visit)
        self._visits.forget_others(listed)
        self._refuse_nothing(pages, unread)
        return WebsiteTree(
            pages, {path: why for path, why in unread.items() if path not in pages}, self._visits
        )

    def _refuse_nothing(self, pages: Mapping[str, Visit], unread: Mapping[str, str]) -> None:
        if pages:
            return
        why = next(iter(unread.values()), "They are gone, no web pages, or have no words without scripts.")
        raise SourceUnavailable(
            f"None of the pages that the sitemap of '{self._part.home}' names can be read: {why} "
            "Check the site in a browser, then try again."
        )

    def _visit(self, url: str, lastmod: str) -> Visit | None:
        """The page as it is now; as it was, while only it cannot be read; None where it is gone."""
        known, now = self._visits.of(url), time.time()
        if known and lastmod and known.lastmod == lastmod and 0 <= now - known.checked < _LASTMOD_TRUSTED:
            return known
        try:
            visit = self._asked(url, lastmod, known, now)
        except Elsewhere:
            raise
        except PageUnreadable as error:
            if not known or not known.text:
                raise
            log.warning("page kept as it was", extra={"reason": str(error)})
            return known
        if visit:
            self._visits.keep(visit)
        return visit

    def _asked(self, url: str, lastmod: str, known: Visit | None, now: float) -> Visit | None:
        fresh = known and 0 <= now - known.fetched < _STATE_TRUSTED
        state = State(etag=known.etag, modified=known.modified) if known and fresh else State()
        reply = self._site.get(url, max_bytes=self._reading.max_page_bytes, known=state)
        if reply.status == 304 and known and state.headers():
            return replace(known, lastmod=lastmod, checked=now)
        if reply.status in (404, 410):
            return None
        if reply.status != 200:
            raise PageUnreadable(f"'{url}' is not given out (status {reply.status}).")
        return Visit(
            url=url,
            address=reply.address,
            etag=reply.state.etag,
            modified=reply.state.modified,
            lastmod=lastmod,
            checked=now,
            fetched=now,
            text=self._text(reply),
        )

    def _text(self, reply: Reply) -> str:
        """The page as Markdown; empty for what is no page, such as the PDFs that a sitemap may name."""
        if reply.content_type in _MARKDOWN:
            return decode(reply.body, reply.address, self._reading.max_page_bytes)
        if reply.content_type not in _HTML:
            return ""
        try:
            return page_markdown(reply.body, address=reply.address, charset=reply.charset)
        except Unreadable as error:
            raise PageUnreadable(f"'{reply.address}' {error}.") from error


def _parts(location: str, root: str) -> tuple[Part, str]:
    """The part of the site that is read, and the sitemap's address where the location is one."""
    try:
        parts = urlsplit(location)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SourceUnavailable(
            f"'{masked(location)}' is no website: give the http or https address of its sitemap or of a page."
        )
    host = parts.netloc.rpartition("@")[2]
    home = f"{parts.scheme.lower()}://{host}/"
    is_sitemap = parts.path.lower().endswith((".xml", ".xml.gz"))
    folder = "" if is_sitemap else unquote(parts.path).rpartition("/")[0].strip("/")
    folder = normal_root(root) or folder
    sitemap = parts._replace(netloc=host, fragment="").geturl() if is_sitemap else ""
    return Part(home=home, folder=f"{folder}/" if folder else ""), sitemap
