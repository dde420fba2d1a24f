"""Fetches a file from the web within limits of size and time, unless it is what was fetched before."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from adapters.sources.address import masked
from adapters.sources.tree import in_words
from indexer.errors import SourceUnavailable

if TYPE_CHECKING:
    from requests import Response

_PIECE_BYTES = 65_536
_SILENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a server calls the state of a file; empty where it says nothing."""

    etag: str = ""
    modified: str = ""

    def headers(self) -> dict[str, str]:
        """What asks for the file only if it is in another state now."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in given.items() if value}

    def differs(self, other: "State") -> bool:
        """Whether the two name different states; what one of them leaves out proves nothing."""
        pairs = ((self.etag, other.etag), (self.modified, other.modified))
        return any(one and two and one != two for one, two in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be fetched, and how much of it at most."""

    url: str
    max_bytes: int
    seconds: float
    """For all of it."""
    allow_private: bool = False


def download(wish: Wish, file: IO[bytes], known: State) -> State | None:
    """Write the file into ``file``; None, and nothing written, while it is still in the state ``known``.

    Raises SourceUnavailable, and OSError where ``file`` cannot be written.
    """
    deadline = time.monotonic() + wish.seconds
    state = _fetched(wish, file, known, deadline)
    # "Not modified", with another state beside it, is a lie; to a question without a state, nonsense.
    if isinstance(state, _NotModified) and (not known.headers() or known.differs(state.state)):
        state = _fetched(wish, file, State(), deadline)
        if isinstance(state, _NotModified):
            raise SourceUnavailable(
                f"'{masked(wish.url)}' answers 'not modified' where nothing was fetched yet. Try again later."
            )
    return None if isinstance(state, _NotModified) else state


@dataclass(frozen=True, slots=True, kw_only=True)
class _NotModified:
    state: State


def _fetched(wish: Wish, file: IO[bytes], known: State, deadline: float) -> State | _NotModified:
    with closing(_pieces(wish, known, deadline)) as pieces:
        try:
            while True:
                file.write(next(pieces))
        except StopIteration as end:
            state: State | _NotModified = end.value
            return state


def _pieces(wish: Wish, known: State, deadline: float) -> Generator[bytes, None, State | _NotModified]:
    import requests  # late: it takes a tenth of a second
    from urllib3.exceptions import HTTPError

    address = masked(wish.url)
    try:
        with _answer(wish, known, deadline) as response:
            state = State(
                etag=response.headers.get("ETag", ""), modified=response.headers.get("Last-Modified", "")
            )
            if response.status_code == 304:
                return _NotModified(state=state)
            _check_status(response, address)
            yield from _body(response, wish, deadline)
            return state
    except (requests.Timeout, TimeoutError) as error:
        raise _too_slow(address) from error
    except (requests.exceptions.InvalidSchema, requests.TooManyRedirects) as error:
        raise SourceUnavailable(
            f"'{address}' redirects to where no file can be read from. Check the address."
        ) from error
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise SourceUnavailable(
            f"'{address}' cannot be reached, or the connection broke. Check the address, then try again."
        ) from error


@contextmanager
def _answer(wish: Wish, known: State, deadline: float) -> Iterator["Response"]:
    from adapters.sources.web_guard import session

    # requests follows redirects to http and https alone; the session looks at each of them.
    wait = max(0.1, min(_SILENCE_SECONDS, deadline - time.monotonic()))
    headers = {"Accept-Encoding": "identity", **known.headers()}
    with (
        session(allow_private=wish.allow_private) as web,
        web.get(wish.url, stream=True, timeout=wait, headers=headers) as response,
    ):
        yield response


def _body(response: "Response", wish: Wish, deadline: float) -> Generator[bytes, None, None]:
    address, size = masked(wish.url), 0
    # Not iter_content: it waits for whole pieces, and a server that drips would never be noticed.
    while piece := response.raw.read1(_PIECE_BYTES):
        size += len(piece)
        if size > wish.max_bytes:
            raise SourceUnavailable(
                f"The file at '{address}' is larger than {in_words(wish.max_bytes)}. "
                "Give one of the documentation alone."
            )
        if time.monotonic() > deadline:
            raise _too_slow(address)
        yield piece


def _check_status(response: "Response", address: str) -> None:
    if response.status_code in (401, 403):
        raise SourceUnavailable(f"'{address}' wants credentials: put them into the address, or use ~/.netrc.")
    if response.status_code in (404, 410):
        raise SourceUnavailable(
            f"There is no file at '{address}' (status {response.status_code}). Check the address."
        )
    if response.status_code != 200:
        raise SourceUnavailable(
            f"'{address}' cannot be read now (status {response.status_code}). Try again later."
        )


def _too_slow(address: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"'{address}' did not arrive in time. Try again, or download it and give the file."
    )
