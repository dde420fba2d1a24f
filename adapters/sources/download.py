"""Fetches a file from the web within limits of size and time."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from adapters.sources.address import masked
from adapters.sources.tree import in_words, unwritable
from indexer.errors import SourceUnavailable

if TYPE_CHECKING:
    from requests import Response

_PIECE_BYTES = 65_536
_SILENCE_SECONDS = 30.0


@contextmanager
def downloaded(url: str, *, cache_dir: Path, max_bytes: int, timeout: float) -> Iterator[IO[bytes]]:
    """The file at ``url``, nameless in ``cache_dir``: gone afterwards, even if this process is killed.

    ``timeout`` is in seconds and for all of it. Raises SourceUnavailable.
    """
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        file = TemporaryFile(dir=cache_dir)  # noqa: SIM115 - closed by the with below
    except OSError as error:
        raise unwritable(cache_dir, error) from error
    with file, closing(_pieces(url, max_bytes, time.monotonic() + timeout)) as pieces:
        for piece in pieces:
            try:
                file.write(piece)
            except OSError as error:
                raise unwritable(cache_dir, error) from error
        file.seek(0)
        yield file


def _pieces(url: str, max_bytes: int, deadline: float) -> Generator[bytes, None, None]:
    import requests  # late: it takes a tenth of a second
    from urllib3.exceptions import HTTPError

    address, size = masked(url), 0
    try:
        # requests follows redirects to http and https alone.
        wait = max(0.1, min(_SILENCE_SECONDS, deadline - time.monotonic()))
        with requests.get(
            url, stream=True, timeout=wait, headers={"Accept-Encoding": "identity"}
        ) as response:
            _check_status(response, address)
            # Not iter_content: it waits for whole pieces, and a server that drips would never be noticed.
            while piece := response.raw.read1(_PIECE_BYTES):
                size += len(piece)
                if size > max_bytes:
                    raise SourceUnavailable(f"The file at '{address}' is larger than {in_words(max_bytes)}.")
                if time.monotonic() > deadline:
                    raise _too_slow(address)
                yield piece
    except (requests.Timeout, TimeoutError) as error:
        raise _too_slow(address) from error
    except (requests.exceptions.InvalidSchema, requests.TooManyRedirects) as error:
        raise SourceUnavailable(f"'{address}' redirects to where no file can be read from.") from error
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise SourceUnavailable(
            f"'{address}' cannot be reached, or the connection broke. Check the address, then try again."
        ) from error


def _check_status(response: "Response", address: str) -> None:
    if response.status_code in (401, 403):
        raise SourceUnavailable(f"'{address}' wants credentials: put them into the address, or use ~/.netrc.")
    if response.status_code in (404, 410):
        raise SourceUnavailable(f"There is no file at '{address}' (status {response.status_code}).")
    if response.status_code != 200:
        raise SourceUnavailable(
            f"'{address}' cannot be read now (status {response.status_code}). Try again later."
        )


def _too_slow(address: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"'{address}' did not arrive in time. Try again, or download it and give the file."
    )
