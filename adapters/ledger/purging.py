"""Lets questions leave the ledger's database, a part at a time: nobody waits for long beside it."""

from adapters.ledger import purge_statements as statements
from adapters.ledger.database import Database
from bot.channels.forgetting import Purge, Purged

PART = 500


async def purge(database: Database, what: Purge, *, dry_run: bool = False) -> Purged:
    """Remove it, or with ``dry_run`` tell what would be. Raises LedgerUnavailable.

    Cut off in between, the next time removes the rest.
    """
    (counts,) = await database.rows(statements.counting(what))
    if dry_run:
        found = await database.rows(statements.under_way(what)) if what.person else ()
        return Purged(**counts, withdrawn=tuple(row["ref"] for row in found))
    withdrawn = await _forget(database, what) if what.person else ()
    while len(await database.rows(statements.deleting(what, PART))) == PART:
        pass
    return Purged(**counts, withdrawn=withdrawn)


async def _forget(database: Database, what: Purge) -> tuple[str, ...]:
    """Everything but the questions that are done; gives those that were not."""
    # First the hand-offs: afterwards nothing tells whose these were.
    under_way = tuple(row["ref"] for row in await database.rows(statements.under_way(what)))
    await database.rows(statements.unnaming(under_way))
    await database.rows(statements.unsaying(under_way))
    emptied = await database.rows(statements.emptying(what))
    await database.rows(statements.unrating(what))
    if what.before is None:
        for statement in statements.anonymising(what):
            await database.rows(statement)
    return tuple(row["ref"] for row in emptied)
