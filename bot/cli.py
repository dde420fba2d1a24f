"""The command line: what each command takes, and how its errors end it."""

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from adapters.terminal.options import AsJson, Config, Sources, Version
from bot.channels import cli as ledger_cli
from bot.errors import AnswerError, EmptyQuestion, UnknownScope, sentence
from bot.evaluation import cli as evaluation_cli
from indexer import cli as index_cli

log = logging.getLogger(__name__)
app = typer.Typer(
    name="docent",
    help="Answers questions about a documentation set, with numbered sources.\n\n"
    "Begin with: docent index, then docent ask 'How is data stored?'",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for group in (evaluation_cli.app, index_cli.app, ledger_cli.app):
    app.add_typer(group)

Asked = Annotated[
    str, typer.Argument(metavar="QUESTION", help="The question, in quotes.", show_default=False)
]


@app.command()
def ask(
    question: Asked,
    config: Config = None,
    source: Sources = None,
    version: Version = "",
    as_json: AsJson = False,
) -> None:
    """Answer one question from the documentation, with numbered sources."""
    from adapters.terminal import asking
    from config import wiring

    async def work(docent: wiring.Docent) -> None:
        scope = await asking.scope_of(docent.retriever, source or (), version)
        await asking.ask(docent.answerer, question, as_json=as_json, scope=scope)

    wiring.use(config, work)


@app.command()
def chat(
    config: Config = None,
    first: Annotated[str, typer.Option("--first", help="Ask this first, then go on as a conversation.")] = "",
) -> None:
    """Hold a conversation in the terminal; follow-ups are understood."""
    from adapters.terminal import asking
    from config import wiring

    wiring.use(config, lambda docent: asking.chat(docent.answerer, first=first))


@app.command()
def search(  # noqa: PLR0913, PLR0917 - one for each option
    question: Asked,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages.")] = 5,
    config: Config = None,
    source: Sources = None,
    version: Version = "",
    as_json: AsJson = False,
) -> None:
    """Show the passages a question finds, without any language model."""
    from adapters.terminal import asking
    from config import wiring

    async def work(docent: wiring.Docent) -> None:
        scope = await asking.scope_of(docent.retriever, source or (), version)
        shown = asking.Shown(count=k, chars=docent.limits.question_chars, as_json=as_json)
        await asking.search(docent.retriever, question, shown, scope=scope)

    wiring.use(config, work)


@app.command()
def digest(
    config: Config = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days back.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Show what was asked lately, how it went, and what the documentation lacks."""
    from adapters.terminal import reporting
    from config.reporting import made_digest

    reporting.show_digest(asyncio.run(made_digest(config, days)), as_json=as_json)


@app.command()
def serve(
    config: Config = None,
    only: Annotated[
        str, typer.Option("--only", help="Parts to run, by commas: slack, discord, index, web.")
    ] = "",
) -> None:
    """Run the service: every part that has its token or is switched on, until Ctrl-C."""
    from adapters.terminal import service
    from config import serving

    names = [name.strip() for name in only.split(",") if name.strip()]
    if not service.run(lambda stop, tell: serving.serve(config, names, stop, tell)):
        raise typer.Exit(1)


@app.command("slack-manifest")
def slack_manifest(
    name: Annotated[str, typer.Option("--name", help="What the app is called in Slack.")] = "Docent",
    address: Annotated[
        str, typer.Option("--http", metavar="URL", help="Our public https address, instead of Socket Mode.")
    ] = "",
) -> None:
    """Print the app manifest to paste into Slack's "Create New App"."""
    from adapters.slack.manifest import manifest

    print(json.dumps(manifest(name=name, address=address), indent=2))


@app.command("discord-invite")
def discord_invite(
    app_id: Annotated[
        int | None,
        typer.Option(
            "--app-id", min=1, help="The app's id; default: that of DISCORD_TOKEN.", show_default=False
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Print the link that adds the bot to a Discord server."""
    from config.discord_access import invitation

    print(invitation(config, app_id))


@app.command()
def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Check configuration, index and model server: one line each."""
    from adapters.terminal import checkup
    from config.checkup import check

    checks = asyncio.run(check(config))
    checkup.show(checks, as_json=as_json)
    if any(found.status == "fail" for found in checks):
        raise typer.Exit(1)


def run(arguments: Sequence[str]) -> int:
    """Run a command line; the exit code: 0, 1 for a failure, 2 for bad use, 130 for Ctrl-C."""
    from adapters.terminal import streams

    streams.prepare()
    try:
        code = app(args=list(arguments) or ["--help"], standalone_mode=False) or 0
        sys.stdout.flush()  # a full disk shows here, while it can still be said
        return code
    except typer.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except (BrokenPipeError, SystemExit):
        # The reader of our output went away (`docent search ... | head`): nothing is left to say. Typer and
        # Rich make a SystemExit of that.
        streams.abandon_output()
        return 0
    except Exception as error:
        text, code = _ending(error)
        print(f"docent: {streams.plain(text)}", file=sys.stderr)
        return code


def _ending(error: Exception) -> tuple[str, int]:
    """What an error says to people, and its exit code."""
    from bot.evaluation.rows import BadEvaluationFile
    from config.errors import ConfigurationError
    from indexer.errors import IndexingError

    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        hint = f" See `{context.command_path} --help`." if context else ""
        return f"{error.format_message().rstrip('.')}.{hint}", 2
    if isinstance(error, ConfigurationError | BadEvaluationFile):
        return str(error), 2
    if isinstance(error, AnswerError):
        return sentence(error), 2 if isinstance(error, EmptyQuestion | UnknownScope) else 1
    if isinstance(error, IndexingError):
        return str(error), 1
    log.debug("unexpected", exc_info=error)
    if isinstance(error, OSError):
        return _unusable(error), 1
    return "This is a defect in Docent; with DOCENT_LOGS__LEVEL=debug it says where. Please report it.", 1


def _unusable(error: OSError) -> str:
    from adapters.terminal import streams

    streams.abandon_output()  # where it is the output that cannot be written, the rest of it cannot either
    reason = (error.strerror or "the disk failed").lower()
    place = f"'{error.filename}'" if isinstance(error.filename, str) else "The output or a file"
    return f"{place} cannot be used: {reason}. Check the disk and the permissions."
