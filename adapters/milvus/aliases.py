"""Which physical collection is served, which was before, and which is held back after a rollback.

All three are aliases, so that every process sees them and nothing is kept twice.
"""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.milvus import schema
from adapters.milvus.connection import MilvusUnavailable, load
from adapters.milvus.schema import Recipe

ALIAS_MISSING = 1600


class Aliases:
    """The alias that readers use, and two more beside it."""

    def __init__(self, client: Any, alias: str) -> None:
        """``client`` is a ``pymilvus.MilvusClient``."""
        self._client, self._alias = client, alias
        self._before, self._held = f"{alias}__before", f"{alias}__held"

    def served(self) -> str:
        """The collection that answers are made of; empty where there is none."""
        return served_collection(self._client, self._alias)

    def held(self) -> str:
        """The collection that was rolled back from; empty where there is none."""
        return served_collection(self._client, self._held)

    def own(self, recipe: Recipe) -> str:
        """The collection that a run with ``recipe`` goes on with; it may not exist yet.

        First the one that was put back by hand, so that its run is held, then the one that is served;
        else the newest, which may be half-built.
        """
        for name in (self.held(), self.served()):
            if recipe.generation(self._alias, name):
                return name
        return recipe.collection(self._alias, max(self._generations(recipe).values(), default=1))

    def another(self, recipe: Recipe) -> str:
        """The name of a collection with ``recipe`` that does not exist yet."""
        return recipe.collection(self._alias, max(self._generations(recipe).values(), default=0) + 1)

    def drop_abandoned(self, recipe: Recipe) -> None:
        """Drop what was built with ``recipe`` and never served, because its run was cut off."""
        used = {self.served(), self.held(), served_collection(self._client, self._before)}
        for name in self._generations(recipe).keys() - used:
            self._client.drop_collection(name)

    def shown(self) -> Mapping[str, str]:
        """All three, as people know them."""
        names = {"served": self._alias, "before": self._before, "held": self._held}
        found = {role: served_collection(self._client, alias) for role, alias in names.items()}
        return {role: described(name) if name else "" for role, name in found.items()}

    def serve(self, collection: str, check: Callable[[], None]) -> bool:
        """Let readers use ``collection`` after ``check``; False where they do already.

        The one before is kept for a rollback, earlier ones are dropped. Readers never wait: searches
        that run go on in the collection that they began in.
        """
        served = self.served()
        if served == collection:
            self._drop_alias(self._held)
            return False
        check()
        if served:
            self._point(self._before, served)
        self._point(self._alias, collection)
        self._drop_alias(self._held)
        for name in self._client.list_collections():
            if name.startswith(f"{self._alias}__") and name not in (collection, served):
                self._client.drop_collection(name)
        return True

    def rollback(self) -> tuple[str, str]:
        """Let readers use the collection before. Raises MilvusUnavailable where there is none."""
        served, before = self.served(), served_collection(self._client, self._before)
        if not before or before == served:
            raise MilvusUnavailable(
                "There is no index to roll back to:",
                "one is kept when --full or a change of [embedding] or chunk_chars builds the index anew.",
            )
        load(self._client, before)
        # First the mark that keeps the next run from undoing it: cut off here, nothing has changed yet.
        self._point(self._held, served)
        self._point(self._alias, before)
        self._point(self._before, served)
        return described(served), described(before)

    def release_previous(self) -> None:
        """Free the memory of the collection before; by now nobody reads it any more."""
        before = served_collection(self._client, self._before)
        if before and before != self.served():
            self._client.release_collection(before)

    def _generations(self, recipe: Recipe) -> Mapping[str, int]:
        names = self._client.list_collections()
        return {name: number for name in names if (number := recipe.generation(self._alias, name))}

    def _point(self, alias: str, collection: str) -> None:
        if served_collection(self._client, alias):
            self._client.alter_alias(collection, alias)
        else:
            self._client.create_alias(collection, alias)

    def _drop_alias(self, alias: str) -> None:
        if served_collection(self._client, alias):
            self._client.drop_alias(alias)


def served_collection(client: Any, alias: str) -> str:
    """The collection that ``alias`` points to; empty where there is none."""
    from pymilvus.exceptions import MilvusException

    try:
        return str(client.describe_alias(alias)["collection_name"])
    except MilvusException as error:
        if error.code == ALIAS_MISSING or "not found" in str(error) or "does not exist" in str(error):
            return ""
        raise


def described(collection: str) -> str:
    """A physical collection for people, such as ``docs__...__1f2e3d4c (minilm-384-256-53aa5117)``."""
    return f"{collection} ({schema.made_with(collection)})"
