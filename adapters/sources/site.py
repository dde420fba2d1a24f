"""Asks one website politely: one request at a time, with pauses, and never another site."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from adapters.sources.download import State
from adapters.sources.tree import in_words
from indexer.errors import PageUnreadable, SourceUnavailable

if TYPE_CHECKING:
    from requests import Response, Session

PAUSE_SECONDS = 0.2
_PAGE_SECONDS = 30.0
_CRAWL_SECONDS = 3_600.0
_LONGEST_WAIT = 120.0
_TRIES = 3
_HOPS = 5
_FAILURES = 3
"""So many connections that fail one after the other: the site is down, and not only a page of it."""
_PIECE_BYTES = 65_536


class Elsewhere(PageUnreadable):
    """The address redirects to another site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the site said."""

    status: int
    address: str
    """Where the answer came from, redirects followed."""
    state: State
    content_type: str
    """In lower case, without its parameters."""
    charset: str
    body: bytes = field(repr=False)


def same_site(one: str, two: str) -> bool:
    """Whether two addresses are of one host; http and https on their own ports are."""
    return _place(urlsplit(one)) == _place(urlsplit(two))


class Site:
    """One web site, for as long as it is read."""

    def __init__(self, home: str, *, web: "Session", seconds: float, wait: Callable[[float], None]) -> None:
        """``home`` is any address of the site; ``seconds`` bounds a single request."""
        self.home = home
        self.pause = PAUSE_SECONDS
        self._web = web
        self._seconds = min(seconds, _PAGE_SECONDS)
        self._wait = wait
        self._deadline = time.monotonic() + _CRAWL_SECONDS
        self._asked = 0
        self._failures = 0

    def get(self, url: str, *, max_bytes: int, known: State | None = None) -> Reply:
        """The answer to one request, whatever its status; 304 where ``known`` is still so.

        Raises PageUnreadable where this address cannot be read, SourceUnavailable where the site is down
        or wants to be left alone.
        """
        for attempt in range(_TRIES):
            reply, retry_after = self._followed(url, known or State(), max_bytes)
            if reply.status not in (429, 503):
                return reply
            if attempt < _TRIES - 1:
                self._hold_off(retry_after if retry_after is not None else 2.0**attempt)
        raise PageUnreadable(f"'{url}' is not given out now (status {reply.status}).")

    def _followed(self, url: str, known: State, max_bytes: int) -> tuple[Reply, float | None]:
        for _ in range(_HOPS):
            response = self._asked_for(url, known)
            with response:
                location = response.headers.get("Location", "") if response.is_redirect else ""
                if not location:
                    return self._reply(response, url, max_bytes), _seconds(
                        response.headers.get("Retry-After")
                    )
            url = self._next(url, location)
        raise PageUnreadable(f"'{url}' redirects in a circle.")

    def _next(self, url: str, location: str) -> str:
        try:
            target = urldefrag(urljoin(url, location)).url
            stays = same_site(target, self.home)
        except ValueError:
            target, stays = location, False
        # From https back to http anybody on the way could answer.
        if not stays or (url.startswith("https:") and not target.startswith("https:")):
            raise Elsewhere(f"'{url}' redirects to another place, '{target[:200]}'.")
        return target

    def _asked_for(self, url: str, known: State) -> "Response":
        import requests

        self._be_polite()
        headers = {
            "Accept": "text/html, text/markdown, application/xml, */*;q=0.1",
            "Accept-Encoding": "identity",
        }
        try:
            response = self._web.get(
                url,
                stream=True,
                allow_redirects=False,
                timeout=self._seconds,
                headers={**headers, **known.headers()},
            )
        except ValueError as error:  # requests looks at where it is sent on to, though it is not to go there
            raise PageUnreadable(f"'{url}' redirects to an address that is none.") from error
        except requests.RequestException as error:
            raise self._failed(url) from error
        self._failures = 0
        return response

    def _reply(self, response: "Response", url: str, max_bytes: int) -> Reply:
        import requests
        from urllib3.exceptions import HTTPError

        kind, _, parameters = response.headers.get("Content-Type", "").partition(";")
        try:
            body = _body(response, url, max_bytes, time.monotonic() + self._seconds)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise self._failed(url) from error
        return Reply(
            status=response.status_code,
            address=url,
            state=State(
                etag=response.headers.get("ETag", ""), modified=response.headers.get("Last-Modified", "")
            ),
            content_type=kind.strip().lower(),
            charset=_charset(parameters),
            body=body,
        )

    def _failed(self, url: str) -> Exception:
        self._failures += 1
        if self._failures >= _FAILURES:
            return SourceUnavailable(
                f"The website '{self.home}' cannot be reached, or the connection broke. "
                "Check the address, then try again."
            )
        return PageUnreadable(f"'{url}' cannot be reached, or the connection broke.")

    def _be_polite(self) -> None:
        if time.monotonic() > self._deadline:
            raise SourceUnavailable(
                f"The website '{self.home}' was not read within {_CRAWL_SECONDS / 60:g} minutes. What was "
                "read is kept, and the next run goes on from there; set root to read only a part of it."
            )
        if self._asked:
            self._wait(self.pause)
        self._asked += 1

    def _hold_off(self, seconds: float) -> None:
        if seconds > _LONGEST_WAIT:
            raise SourceUnavailable(
                f"The website '{self.home}' asks not to be read for {seconds:,.0f} seconds. What was read is "
                "kept; the next run goes on from there."
            )
        self._wait(seconds)


def _place(parts: SplitResult) -> tuple[str | None, int]:
    scheme = parts.scheme.lower()
    port = parts.port or {"http": 80, "https": 443}.get(scheme, -1)
    return parts.hostname, 443 if (scheme, port) == ("http", 80) else port


def _body(response: "Response", url: str, max_bytes: int, deadline: float) -> bytes:
    body = bytearray()
    while piece := response.raw.read1(_PIECE_BYTES, decode_content=True):
        body += piece
        if len(body) > max_bytes:
            raise PageUnreadable(
                f"'{url}' is too large for a page: more than the {in_words(max_bytes)} that are read."
            )
        if time.monotonic() > deadline:
            raise PageUnreadable(f"'{url}' did not arrive in time.")
    return bytes(body)


def _charset(parameters: str) -> str:
    found = [part.partition("=") for part in parameters.split(";")]
    return next((value.strip(" \"'") for name, _, value in found if name.strip().lower() == "charset"), "")


def _seconds(retry_after: str | None) -> float | None:
    """Seconds from a Retry-After, which is a number or a date; None where there is none that makes sense."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None
