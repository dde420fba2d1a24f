"""Opens Milvus Lite, a Milvus server or Zilliz Cloud, and says in words why it cannot."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

from adapters.milvus.lock import lock_holder

log = logging.getLogger(__name__)
COLLECTION_MISSING = 100
LOAD_SECONDS = 600.0
_OPENING = Lock()
LOST = ("too_many_pings", "unavailable", "channel is closed", "connection reset", "goaway")


class MilvusUnavailable(Exception):
    """Milvus cannot be used: ``reason`` says why and ``advice`` what to do, each a sentence or empty."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason} {advice}".strip())
        self.reason = reason
        self.advice = advice


def is_file(uri: str) -> bool:
    """Whether ``uri`` names a Milvus Lite database on this machine."""
    return "://" not in uri


def shown(uri: str) -> str:
    """``uri`` as it may be shown: without credentials and query."""
    if is_file(uri):
        return uri
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")


def connect(uri: str, token: str = "", timeout: float = 10.0) -> Any:
    """A ``pymilvus.MilvusClient``. Raises MilvusUnavailable; ``timeout`` is in seconds."""
    from pymilvus import MilvusClient
    from pymilvus.exceptions import MilvusException

    if is_file(uri):
        _prepare_file(uri)
    try:
        if not is_file(uri):
            return MilvusClient(uri, token=token, timeout=timeout)
        # Two threads that open a file at once would keep each other out of it.
        with _OPENING:
            return MilvusClient(str(_path(uri)), token=token, timeout=timeout)
    except MilvusException as error:
        raise _unreachable(uri, error) from error


def load(client: Any, collection: str) -> None:
    """Load a collection; raises what pymilvus raises.

    Milvus Lite opens a collection twice for two clients that come at once (to list collections opens them
    all), and loads the one that it forgets: pymilvus would wait for the other for ever. So the state is
    looked at here, and a load is asked for again, which both Lite and a server take for nothing new.
    """
    from pymilvus.client.types import LoadState
    from pymilvus.exceptions import MilvusException

    deadline, pause = monotonic() + LOAD_SECONDS, 0.02
    while monotonic() < deadline:
        client.load_collection(collection, _async=True)
        if client.get_load_state(collection)["state"] == LoadState.Loaded:
            return
        sleep(pause)
        pause = min(2 * pause, 1.0)
    raise MilvusException(message=f"timeout: {collection} is still being loaded")


def served_address(uri: str) -> str:
    """Where other processes of this machine find the index that this one keeps open from now on.

    A server's is its own address. Raises MilvusUnavailable.
    """
    if not is_file(uri):
        return uri
    connect(uri).close()
    from milvus_lite.server_manager import server_manager_instance

    address = server_manager_instance.start_and_get_uri(str(_path(uri)))
    if not address:
        raise MilvusUnavailable(f"The index {uri} cannot be opened.", damaged_advice(uri))
    return str(address)


@contextmanager
def translated(uri: str) -> Iterator[None]:
    """Turns every error of Milvus within into MilvusUnavailable."""
    from grpc import RpcError
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except (MilvusException, RpcError, OSError) as error:
        log.debug("milvus failed", exc_info=error)
        raise MilvusUnavailable(*_explained(uri, error)) from error


def _explained(uri: str, error: Exception) -> tuple[str, str]:
    text = str(error).lower()
    if "no space left" in text or getattr(error, "errno", None) == 28:
        return f"The disk that holds {shown(uri)} is full.", "Free some space and run `docent index` again."
    if "privilege" in text or "permission" in text or "unauth" in text:
        return f"Milvus at {shown(uri)} does not allow this.", "Check MILVUS_TOKEN and the user's rights."
    if "deadline" in text or "timeout" in text or any(word in text for word in LOST):
        return f"Milvus at {shown(uri)} stopped answering.", "Check that it runs, then try again."
    if getattr(error, "code", None) == COLLECTION_MISSING or "collection not found" in text:
        return f"The index at {shown(uri)} is missing.", "Run `docent index`."
    if is_file(uri):
        return f"The index {uri} cannot be used: its files may be damaged.", damaged_advice(uri)
    return f"Milvus at {shown(uri)} could not do what was asked.", damaged_advice(uri)


def damaged_advice(uri: str) -> str:
    """What helps when the stored data itself may be at fault."""
    if is_file(uri):
        return f"If it happens again, move {uri} away and run `docent index` to build it anew."
    return "Its log says more; `docent doctor` checks the connection."


def discard_half_made(uri: str, collection: str) -> None:
    """Remove what is left of a collection whose creation was cut off; Milvus Lite stumbles over it."""
    folder = _path(uri) / "collections" / collection
    if is_file(uri) and not (folder / "schema.json").exists():
        shutil.rmtree(folder, ignore_errors=True)


def _path(uri: str) -> Path:
    return Path(os.path.expanduser(uri))


def _prepare_file(uri: str) -> None:
    path = _path(uri)
    if path.suffix != ".db":
        raise MilvusUnavailable(
            f"{uri} is no Milvus address.",
            "Set milvus.uri to a file that ends in .db or to http://host:19530.",
        )
    if path.is_file():
        raise MilvusUnavailable(
            f"{uri} is a file, but Milvus Lite keeps its data in a folder.",
            "It was made by another program or an older version: move it away and run `docent index`.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MilvusUnavailable(f"The folder for {uri} cannot be made.", "Check its permissions.") from error


def _unreachable(uri: str, error: Exception) -> MilvusUnavailable:
    if not is_file(uri):
        return _server_unreachable(uri, str(error).lower())
    holder = lock_holder(_path(uri) / "LOCK")
    if holder:
        return MilvusUnavailable(
            f"The index {uri} is in use by {holder}.",
            "Milvus Lite serves one process at a time: wait for it or stop it, or use a Milvus server.",
        )
    places = [place for place in (_path(uri), _path(uri) / "LOCK") if place.exists()]
    if not all(os.access(place, os.W_OK) for place in places):
        return MilvusUnavailable(
            f"The index {uri} cannot be opened: this user may not write to it.",
            "Milvus Lite writes there even to search: give the user that permission.",
        )
    return MilvusUnavailable(
        f"The index {uri} cannot be opened: its files are damaged or not readable.",
        f"Check the permissions; if it is damaged, move {uri} away and run `docent index` to build it anew.",
    )


def _server_unreachable(uri: str, text: str) -> MilvusUnavailable:
    if "auth" in text or "token" in text:
        return MilvusUnavailable(f"Milvus at {shown(uri)} refused the token.", "Check MILVUS_TOKEN.")
    return MilvusUnavailable(
        f"No Milvus server answers at {shown(uri)}.",
        "Start it, or set milvus.uri to a file such as data/docent.db.",
    )
