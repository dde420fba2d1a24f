"""What git is given of a repository's address: checked, pinned to what was checked, its password apart."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, unquote, urlsplit

from adapters.sources.internal_network import is_literal, refuse_internal
from indexer.errors import SourceUnavailable

_LISTING = "/info/refs?service=git-upload-pack"
_PORTS = {"http": 80, "https": 443}
_SSH = ("ssh", "git+ssh", "ssh+git")
# git reads far more as a host ("[me@host:22]:path"), and decodes what is encoded only after it was split.
_SSH_HOST = r"(?:[^\s@/\[\]%]+@)?(?:\[(?P<address>[0-9a-fA-F:.]+)\]|(?P<name>[\w.-]+))"
_SSH_URL = re.compile(rf"[a-z+]+://{_SSH_HOST}(?::[0-9]*)?(?:/.*)?", re.ASCII | re.DOTALL | re.IGNORECASE)
_SECURE_COPY = re.compile(rf"{_SSH_HOST}:.*", re.ASCII | re.DOTALL)
_NO_HOST = "The git address names no host. Check the address."


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where a repository is, and what git must be told to go there."""

    url: str
    config: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Configuration of git; it may hold a password."""
    origin: str = field(default="", repr=False)
    """The address as it was given, where it may redirect; empty where git may follow by itself."""


def remote_at(location: str, *, allow_private: bool) -> Remote:
    """The repository at an address of the web, or of ssh. Raises SourceUnavailable.

    Without ``allow_private``, addresses are refused where they are internal. By http and https git then
    connects to the very addresses that were checked and follows no redirect (:func:`moved_to` does).
    """
    scheme = location.partition(":")[0].lower()
    if scheme == "file":
        raise SourceUnavailable(
            f"'{location}' is a file address: give the folder itself, such as '{location.partition('://')[2]}'."
        )
    if scheme not in ("http", "https", "git") or "://" not in location:
        if not allow_private and (scheme in _SSH or _is_secure_copy(location)):
            refuse_internal(_ssh_host(location))
        return Remote(url=location)
    parts = _parts(location)
    addresses = () if allow_private else refuse_internal(parts.hostname or "")
    if scheme == "git":
        return Remote(url=location)
    url, config = _without_password(parts)
    if allow_private:
        return Remote(url=url, config=config)
    pinned = {"http.followRedirects": "false"} | _pinned(parts, addresses)
    return Remote(url=url, config=config | pinned, origin=location)


def moved_to(remote: Remote, seconds: float) -> Remote | None:
    """Where the address redirects to, each step checked; None where that is no repository's address."""
    if not remote.origin:
        return None
    import requests

    from adapters.sources.web_guard import session

    listing = remote.origin.rstrip("/") + _LISTING
    try:
        with (
            session(allow_private=False) as web,
            web.get(listing, stream=True, timeout=min(30.0, seconds)) as response,
        ):
            found = response.url
    except (requests.RequestException, ValueError):
        return None
    if not found.endswith(_LISTING) or found == listing:
        return None
    moved = remote_at(found.removesuffix(_LISTING), allow_private=False)
    same_site = urlsplit(found)[:2] == urlsplit(remote.url)[:2]
    # Its password is for the host that it was given for, and for no other.
    return replace(moved, config={**remote.config, **moved.config}) if same_site else moved


def _parts(location: str) -> SplitResult:
    try:
        parts = urlsplit(location)
        # What is encoded in a host is decoded by git, after it was checked here.
        if parts.hostname and parts.port != 0 and "%" not in parts.hostname:
            return parts
    except ValueError:
        pass
    raise SourceUnavailable(_NO_HOST)


def _is_secure_copy(location: str) -> bool:
    """Whether git goes to ``host:path`` by ssh, as it does unless a slash stands before the colon."""
    return "://" not in location and ":" in location.partition("/")[0]


def _ssh_host(location: str) -> str:
    found = (_SSH_URL if "://" in location else _SECURE_COPY).fullmatch(location)
    if found is None or (found["address"] and not is_literal(found["address"])):
        raise SourceUnavailable(_NO_HOST)
    return found["address"] or found["name"]


def _without_password(parts: SplitResult) -> tuple[str, dict[str, str]]:
    """The address, and git's configuration with the password: in the address all processes could see it."""
    if parts.password is None:
        return parts.geturl(), {}
    given = f"{unquote(parts.username or '')}:{unquote(parts.password)}".encode()
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return url, {"http.extraHeader": f"Authorization: Basic {base64.b64encode(given).decode()}"}


def _pinned(parts: SplitResult, addresses: Sequence[str]) -> dict[str, str]:
    """Makes git connect to the addresses that were checked, not to those a second look-up gives."""
    if not addresses:
        return {}
    port = parts.port or _PORTS[parts.scheme.lower()]
    shown = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
    return {"http.curloptResolve": f"{parts.hostname}:{port}:{shown}"}
