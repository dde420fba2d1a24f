"""Which pages a website names for its readers: its robots.txt and its sitemaps, followed to their ends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urldefrag, urljoin, urlsplit

from adapters.sources.site import Elsewhere, Reply, Site, same_site
from adapters.sources.sitemap import Entry, Malformed, entries, unpacked
from indexer.errors import PageUnreadable, SourceUnavailable

if TYPE_CHECKING:
    from protego import Protego

AGENT = "Docent"
_ROBOTS_BYTES = 512_000
_SITEMAP_BYTES = 52_428_800
_SITEMAPS = 500
_ADDRESSES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part of a website that is read."""

    home: str
    """Scheme and host, with ``/`` at the end."""
    folder: str = ""
    """Path below ``home``, with ``/`` at its end; empty: all of the site."""

    def path_of(self, address: str) -> str | None:
        """A page's path within the part; None where it is not of the part."""
        parts = urlsplit(address)
        path = _readable(parts)
        if not same_site(address, self.home) or not path.startswith(self.folder) or ".." in path.split("/"):
            return None
        return path.removeprefix(self.folder) or "index.html"


def rules_of(site: Site) -> "Protego":
    """What the site's robots.txt says; one that is not there allows everything. Raises SourceUnavailable."""
    from protego import Protego

    url = urljoin(site.home, "/robots.txt")
    try:
        reply = site.get(url, max_bytes=_ROBOTS_BYTES)
    except Elsewhere:
        return Protego.parse("")
    except PageUnreadable as error:
        raise SourceUnavailable(
            f"{error} Without its robots.txt a website is not read. Try again later."
        ) from error
    if reply.status >= 500:
        raise SourceUnavailable(
            f"'{url}' cannot be read now (status {reply.status}), and so the site is not. Try again later."
        )
    return Protego.parse(reply.body.decode("utf-8", "replace") if reply.status == 200 else "")


def pages_of(site: Site, part: Part, rules: "Protego", sitemap: str, most: int) -> Mapping[str, str]:
    """Address and lastmod of every page of ``part``, in the sitemaps' order.

    ``sitemap`` empty: those that robots.txt names, else ``/sitemap.xml``. Raises SourceUnavailable, also
    for more than ``most`` pages, since a part left out would count as removed.
    """
    named = [sitemap] if sitemap else [own for url in rules.sitemaps if (own := _own(url, site.home))]
    found: dict[str, str] = {}
    others: set[str] = set()
    for entry in _listed(site, named or [urljoin(site.home, "/sitemap.xml")]):
        if not (url := _own(entry.url, site.home)):
            others.add(_host(entry.url))
        elif part.path_of(url) is not None:
            found[url] = entry.lastmod
    return _checked(found, rules, part, most, others)


def _listed(site: Site, sitemaps: list[str]) -> Iterator[Entry]:
    """The pages of these sitemaps, and of those that they name."""
    seen, waiting, count = set(sitemaps), list(sitemaps), 0
    while waiting:
        for entry in _entries(site, waiting.pop(0)):
            count += 1
            if count > _ADDRESSES or len(seen) > _SITEMAPS:
                raise SourceUnavailable(
                    f"The sitemaps of '{site.home}' are too many, or hold over {_ADDRESSES:,} addresses. "
                    "Name one sitemap of the documentation alone in location."
                )
            if not entry.is_sitemap:
                yield entry
            elif (url := _own(entry.url, site.home)) and url not in seen:
                seen.add(url)
                waiting.append(url)


def _checked(
    found: Mapping[str, str], rules: "Protego", part: Part, most: int, others: set[str]
) -> Mapping[str, str]:
    place = f"'{part.home}{part.folder}'"
    if not found:
        elsewhere = f" It names pages of {', '.join(sorted(others)[:3])}." if others else ""
        raise SourceUnavailable(f"The sitemap names no page of {place}.{elsewhere} Check location and root.")
    allowed = {url: lastmod for url, lastmod in found.items() if rules.can_fetch(url, AGENT)}
    if not allowed:
        raise SourceUnavailable(
            f"The robots.txt of '{part.home}' lets {AGENT} read nothing of {place}. Ask the owner to."
        )
    if len(allowed) > most:
        raise SourceUnavailable(
            f"{place} has {len(allowed):,} pages, and at most {most:,} are read. Set root to a folder of it, "
            "or raise max_pages."
        )
    return allowed


def _entries(site: Site, url: str) -> list[Entry]:
    try:
        reply = site.get(url, max_bytes=_SITEMAP_BYTES)
    except PageUnreadable as error:
        advice = (
            "Name the place it leads to in location." if isinstance(error, Elsewhere) else "Try again later."
        )
        raise SourceUnavailable(f"The sitemap {error} {advice}") from error
    if reply.status != 200:
        raise SourceUnavailable(_refusal(url, reply))
    try:
        # As a list: a map that breaks in its middle must not give half of its pages.
        return list(entries(unpacked(reply.body, _SITEMAP_BYTES)))
    except Malformed as error:
        raise SourceUnavailable(
            f"'{url}' {error}. Name the address of the site's sitemap in location."
        ) from error


def _refusal(url: str, reply: Reply) -> str:
    if reply.status in (401, 403):
        return f"'{url}' wants credentials: put them into the address, or use ~/.netrc."
    if reply.status in (404, 410):
        return f"There is no sitemap at '{url}' (status {reply.status}). Name its address in location."
    return f"The sitemap '{url}' cannot be read now (status {reply.status}). Try again later."


def _own(url: str, home: str) -> str:
    """The address as it is asked for, empty where it is of another site."""
    try:
        bare = urldefrag(url).url
        if not same_site(bare, home):
            return ""
        # A map often names http addresses of a site that has moved to https.
        scheme, netloc = urlsplit(home)[:2]
        return urlsplit(bare)._replace(scheme=scheme, netloc=netloc).geturl()
    except ValueError:
        return ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "no host"
    except ValueError:
        return "no host"


def _readable(parts: SplitResult) -> str:
    try:
        path = unquote(parts.path, errors="strict")
    except UnicodeDecodeError:
        path = parts.path
    return path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
