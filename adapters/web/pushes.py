"""Reads what GitHub tells of a push, and decides which sources it concerns (pure)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

FORM = "application/x-www-form-urlencoded"
ADDRESSES = ("clone_url", "html_url", "ssh_url", "git_url")
HEADS, TAGS = "refs/heads/", "refs/tags/"
_SECURE_COPY = re.compile(r"(?:[^@/:]+@)?[^@/:]+:(?P<path>[^:].*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What was pushed, and where."""

    ref: str
    """In full, such as ``refs/heads/main``."""
    deleted: bool = False
    repositories: frozenset[str] = frozenset()
    """Its names, such as ``milvus-io/milvus-docs``; none where the payload does not say."""
    default_branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A source that is a git repository somewhere else."""

    name: str
    repository: str
    """As :func:`repository_at` gives it."""
    ref: str
    """As configured: a branch, a tag or a commit; empty for the default branch."""


def read_push(body: bytes, content_type: str) -> Push | None:
    """A push event's body, JSON or GitHub's form with the JSON in it; None where it is neither."""
    try:
        if content_type.partition(";")[0].strip().lower() == FORM:
            body = parse_qs(body.decode(), strict_parsing=True)["payload"][0].encode()
        payload = json.loads(body)
    except (ValueError, KeyError, RecursionError):
        return None
    if not isinstance(payload, dict) or not isinstance(payload.get("ref"), str) or not payload["ref"]:
        return None
    given = payload.get("repository")
    repository: Mapping[str, Any] = given if isinstance(given, dict) else {}
    addresses = [repository_at(repository[key]) for key in ADDRESSES if isinstance(repository.get(key), str)]
    name = repository.get("full_name")
    names = {*addresses, name.casefold() if isinstance(name, str) else ""}
    branch = repository.get("default_branch")
    return Push(
        ref=payload["ref"],
        deleted=payload.get("deleted") is True,
        repositories=frozenset(names - {""}),
        default_branch=branch if isinstance(branch, str) else "",
    )


def concerned(push: Push, tracked: Sequence[Tracked], others: Sequence[str]) -> Sequence[str]:
    """The names of the sources to read anew.

    ``others`` are the sources of which nobody knows from which repository they come: any push that is to
    none of those ``tracked`` may change them.
    """
    if push.deleted:
        return ()
    here = [one for one in tracked if not push.repositories or one.repository in push.repositories]
    if not here:
        return tuple(others)
    found = [one.name for one in here if _follows(one.ref, push)]
    return (*found, *others) if not push.repositories else tuple(found)


def repository_at(address: str) -> str:
    """The repository's name at its host, by which forges name it in all its addresses; empty for a path."""
    try:
        path = urlsplit(address).path if "://" in address else ""
    except ValueError:
        return ""
    if "://" not in address and (copied := _SECURE_COPY.fullmatch(address)):
        path = copied["path"]
    return path.strip("/").removesuffix(".git").casefold()


def _follows(configured: str, push: Push) -> bool:
    """Whether a source of the repository follows what was pushed."""
    if configured:
        return push.ref in (configured, HEADS + configured, TAGS + configured)
    # Where nobody says which branch is the default one, any may be: a run too many changes nothing.
    return push.ref == HEADS + push.default_branch if push.default_branch else push.ref.startswith(HEADS)
