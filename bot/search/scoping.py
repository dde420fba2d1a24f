"""Decides where an answer is looked for: the sources asked for, the version that a question names (pure)."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.errors import UnknownScope
from bot.model import EVERYTHING, Edition, Question, Scope
from bot.question import versions
from bot.question.versions import Mention

_LEAST_NAME = 3
_UNSAID = "No source says which version it is for."


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Where a question is looked for, and which version it asked for in vain."""

    scope: Scope = EVERYTHING
    known: tuple[str, ...] = ()
    """The versions that are at hand, newest first."""
    products: tuple[str, ...] = ()
    """What the documented product may be called."""
    unheld: tuple[str, ...] = ()
    """Versions of the product that the question names and no source is for."""

    def unversioned(self, text: str) -> str:
        """``text`` without the versions of the product: they choose pages, and are no words of these."""
        return versions.without(text, versions.mentions(text, self.known, self.products))


ANYWHERE = Narrowed()


def narrowed(question: Question, rewritten: str, editions: Sequence[Edition]) -> Narrowed:
    """The question's own scope, narrowed to the versions that it names; what is named last counts.

    ``rewritten`` is the question as a model wrote it; empty where none did.
    """
    scope = question.scope
    within = [edition for edition in editions if scope.holds(edition)]
    known = versions.newest_first({edition.version for edition in within if edition.version})
    found = Narrowed(scope=scope, known=known, products=_products(within))
    if not known or scope.versions:
        return found
    before = [turn.text for turn in reversed(question.history) if turn.speaker == "user"]
    for text in (question.text, rewritten, *before):
        if named := versions.mentions(text, known, found.products):
            return _narrowed(found, named)
    return found


def chosen(asked: Scope, editions: Sequence[Edition]) -> Scope:
    """What ``asked`` means, written by hand: ``2.4.9`` is the version ``2.4`` where that is at hand.

    Raises UnknownScope where the index holds no such source, or none for that version.
    """
    names = sorted({edition.source for edition in editions})
    for name in asked.sources:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"It holds {', '.join(names) or 'nothing'}."
            raise UnknownScope(f"The index holds no source named {name}.", hint)
    scope = replace(asked, versions=())
    known = {edition.version for edition in editions if scope.holds(edition) and edition.version}
    return replace(asked, versions=tuple(one for version in asked.versions for one in _held(version, known)))


def elsewhere(found: Narrowed) -> str:
    """Tells the asker that the documentation is for another version; empty where it is for theirs."""
    if not found.unheld:
        return ""
    return f"The documentation I have is for version {_listed(found.known)}, not for {_listed(found.unheld)}."


def _held(version: str, known: AbstractSet[str]) -> Sequence[str]:
    held = (version,) if version in known else versions.held(version, versions.newest_first(known))
    if not held:
        hint = f"There are pages for {_listed(versions.newest_first(known))}." if known else _UNSAID
        raise UnknownScope(f"No source is for version {version}.", hint)
    return held


def _narrowed(found: Narrowed, named: Sequence[Mention]) -> Narrowed:
    held = {one.name: versions.held(one.name, found.known) for one in named}
    wanted = dict.fromkeys(version for known in held.values() for version in known)
    unheld = tuple(name for name, known in held.items() if not known)
    return replace(found, scope=replace(found.scope, versions=tuple(wanted)), unheld=unheld)


def _products(editions: Sequence[Edition]) -> tuple[str, ...]:
    """The words of the sources' names: ``milvus`` of ``milvus-2.4``."""
    names = (edition.source.lower() for edition in editions if edition.version)
    words = dict.fromkeys(word for name in names for word in re.split(r"[^a-z]+", name))
    return tuple(word for word in words if len(word) >= _LEAST_NAME)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
