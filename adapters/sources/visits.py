"""What was read of a website's pages on earlier runs, so that what did not change is not fetched again."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.sources.tree import unwritable
from indexer.errors import SourceUnavailable

_FIELDS = "url, address, etag, modified, lastmod, checked, fetched, text"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS visit (url TEXT PRIMARY KEY, address TEXT NOT NULL, etag TEXT NOT NULL, "
    "modified TEXT NOT NULL, lastmod TEXT NOT NULL, checked REAL NOT NULL, "
    "fetched REAL NOT NULL, text TEXT NOT NULL)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page as it was when it was last asked for."""

    url: str
    """As the sitemap names it."""
    address: str
    """Where it is, all redirects followed."""
    etag: str = ""
    modified: str = ""
    lastmod: str = ""
    checked: float
    """When the server was last asked, in seconds since 1970."""
    fetched: float
    """When the text came, likewise."""
    text: str
    """Markdown; empty where the address holds no page."""


class Visits:
    """Kept in one SQLite file; each page is written at once, so that a run cut off loses none."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, url: str) -> Visit | None:
        """The last visit of a page."""
        row = self._connection.execute(f"SELECT {_FIELDS} FROM visit WHERE url = ?", (url,)).fetchone()
        return Visit(**dict(zip(_FIELDS.split(", "), row, strict=True))) if row else None

    def keep(self, visit: Visit) -> None:
        """Remember this one in place of the page's last."""
        values = [getattr(visit, name) for name in _FIELDS.split(", ")]
        self._connection.execute(f"INSERT OR REPLACE INTO visit ({_FIELDS}) VALUES (?,?,?,?,?,?,?,?)", values)

    def forget_others(self, urls: Collection[str]) -> None:
        """Forget the pages that the site no longer names."""
        gone = [(url,) for (url,) in self._connection.execute("SELECT url FROM visit") if url not in urls]
        self._connection.executemany("DELETE FROM visit WHERE url = ?", gone)


@contextmanager
def visits_in(file: Path, version: int) -> Iterator[Visits]:
    """The visits kept in ``file``; one that is damaged, or of another ``version``, is begun anew.

    Raises SourceUnavailable where nothing can be kept there.
    """
    try:
        with closing(_opened(file, version)) as connection:
            yield Visits(connection)
    except sqlite3.Error as error:
        reason = "the disk is full" if "full" in str(error) else "it cannot be read or written"
        raise SourceUnavailable(
            f"What was read of the website is kept in '{file}': {reason}. Make room, or delete that file."
        ) from error


def _opened(file: Path, version: int) -> sqlite3.Connection:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            if sound and connection.execute("PRAGMA user_version").fetchone() == (version,):
                return _ready(sqlite3.connect(file, isolation_level=None), version)
    except sqlite3.DatabaseError:
        pass  # damaged: what it held is fetched again
    except OSError as error:
        raise unwritable(file.parent, error) from error
    for name in (file.name, f"{file.name}-journal"):
        file.with_name(name).unlink(missing_ok=True)
    return _ready(sqlite3.connect(file, isolation_level=None), version)


def _ready(connection: sqlite3.Connection, version: int) -> sqlite3.Connection:
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("PRAGMA synchronous = OFF")  # it can all be fetched again
    connection.execute(_TABLE)
    return connection
