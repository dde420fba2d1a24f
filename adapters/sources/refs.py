"""Which commit of a git repository a configured ref means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from indexer.errors import SourceUnavailable

_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_HEADS = "refs/heads/"
_TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be fetched."""

    name: str
    """The ref's full name; empty where a commit was named instead of a branch or tag."""
    id: str
    """Of the object; only its beginning where a commit was named in short."""


def parse_refs(listing: str) -> dict[str, str]:
    """Ids by ref name, from the output of ``git ls-remote``; peeled tags left out."""
    pairs = (line.split("\t", 1) for line in listing.splitlines() if "\t" in line)
    return {name: id for id, name in pairs if not name.endswith("^{}")}


def choose_ref(refs: Mapping[str, str], ref: str, address: str) -> Wanted:
    """The branch, tag or commit that ``ref`` names; empty: the repository's default branch.

    ``address`` names the repository in sentences. Raises SourceUnavailable, naming the nearest refs.
    """
    if not refs:
        raise SourceUnavailable(f"The git repository '{address}' is empty: it has no commit yet.")
    for name in _candidates(refs, ref):
        if name in refs:
            return Wanted(name=name, id=refs[name])
    if _COMMIT.fullmatch(ref):
        return Wanted(name="", id=ref.lower())
    problem = f"has no branch, tag or commit '{ref}'" if ref else "has no default branch"
    raise SourceUnavailable(f"The git repository '{address}' {problem}. {_known_sentence(refs, ref)}")


def _candidates(refs: Mapping[str, str], ref: str) -> list[str]:
    if ref:
        return [ref, _HEADS + ref, _TAGS + ref]
    branches = [name for name in refs if name.startswith(_HEADS)]
    return ["HEAD", *(branches if len(branches) == 1 else [])]


def _known_sentence(refs: Mapping[str, str], ref: str) -> str:
    branches = sorted(name.removeprefix(_HEADS) for name in refs if name.startswith(_HEADS))
    tags = sorted((name.removeprefix(_TAGS) for name in refs if name.startswith(_TAGS)), reverse=True)
    named = get_close_matches(ref, branches + tags, n=3) or (branches + tags)[:5]
    return "Set ref to one that it has, such as " + ", ".join(f"'{name}'" for name in named) + "."
