"""``docent ledger``: lets questions leave the ledger, and shows what the support team has approved."""

from typing import Annotated

import typer

from adapters.terminal.options import AsJson, Config

app = typer.Typer(
    name="ledger", help="Remove questions from the ledger; see what is approved.", rich_markup_mode=None
)
NOTHING_NAMED = "say what shall leave: --older-than 90d, --person slack:U0123, or both"

OlderThan = Annotated[
    str, typer.Option("--older-than", metavar="AGE", help="What was asked longer ago than this, such as 90d.")
]
Person = Annotated[
    str, typer.Option("--person", metavar="PLATFORM:ID", help="What one person asked, such as slack:U0123.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would leave, change nothing.")]
Remove = Annotated[
    str,
    typer.Option("--remove", metavar="REF", help="Let this answer be none any more; its ref or the begin."),
]


@app.command()
def purge(
    older_than: OlderThan = "",
    person: Person = "",
    dry_run: DryRun = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Remove questions with their answers, votes and cards; approved answers stay."""
    import asyncio

    from adapters.terminal import ledger
    from config.keeping import purged, wanted

    if not older_than and not person:
        raise typer.BadParameter(NOTHING_NAMED)
    try:
        what = wanted(older_than, person)
    except ValueError as error:
        raise typer.BadParameter(f"expected {error}") from error
    ledger.show_purged(asyncio.run(purged(config, what, dry_run=dry_run)), dry_run=dry_run, as_json=as_json)


@app.command()
def approved(remove: Remove = "", config: Config = None, as_json: AsJson = False) -> None:
    """Show the answers that the support team has approved, or take one back."""
    import asyncio

    from adapters.terminal import ledger
    from config import keeping

    if not remove:
        ledger.show_approved(asyncio.run(keeping.approved(config)), as_json=as_json)
        return
    taken = asyncio.run(keeping.taken_back(config, remove))
    if taken is None:
        raise typer.BadParameter(f"{remove!r} is the ref of no approved answer, or of more than one")
    ledger.show_taken_back(taken)
