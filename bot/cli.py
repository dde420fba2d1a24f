"""The command line: what each command takes, and how its errors end it."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import AnswerError, EmptyQuestion, sentence

if TYPE_CHECKING:
    from config.wiring import Docent

log = logging.getLogger(__name__)
app = typer.Typer(
    name="docent",
    help="Answers questions about a documentation set, with numbered sources.\n\n"
    "Begin with: docent index, then docent ask 'How is data stored?'",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
evaluate = typer.Typer(
    name="eval",
    help="Score the bot on a file of questions (JSON Lines).",
    rich_markup_mode=None,
)
app.add_typer(evaluate)

Config = Annotated[
    Path | None, typer.Option("--config", help="Configuration file [default: docent.toml here].")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Failures = Annotated[bool, typer.Option("--failures", help="List what went wrong, question by question.")]
Asked = Annotated[
    str, typer.Argument(metavar="QUESTION", help="The question, in quotes.", show_default=False)
]
Rows = Annotated[
    Path, typer.Argument(metavar="FILE", help="Questions, one JSON object a line.", show_default=False)
]


@app.command()
def ask(question: Asked, config: Config = None, as_json: AsJson = False) -> None:
    """Answer one question from the documentation, with numbered sources."""
    from adapters.terminal import asking

    _with_docent(config, lambda docent: asking.ask(docent.answerer, question, as_json=as_json))


@app.command()
def chat(
    config: Config = None,
    first: Annotated[str, typer.Option("--first", help="Ask this first, then go on as a conversation.")] = "",
) -> None:
    """Hold a conversation in the terminal; follow-ups are understood."""
    from adapters.terminal import asking

    _with_docent(config, lambda docent: asking.chat(docent.answerer, first=first))


@app.command()
def search(
    question: Asked,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages.")] = 5,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages a question finds, without any language model."""
    from adapters.terminal import asking

    _with_docent(
        config,
        lambda docent: asking.search(
            docent.retriever, question, k, as_json=as_json, chars=docent.limits.question_chars
        ),
    )


@app.command()
def index(  # noqa: PLR0913, PLR0917 - one parameter an option is how Typer reads a command
    docs: Annotated[
        str, typer.Option("--docs", help="A folder, .zip or git address instead of the configured sources.")
    ] = "",
    url: Annotated[
        str, typer.Option("--url", help="With --docs: address of a page; {id}, {path}, {stem} are filled in.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, change nothing.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Write every page, changed or not.")] = False,
    allow_mass_removal: Annotated[
        bool, typer.Option("--allow-mass-removal", help="Allow that most pages of a source disappear.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Bring the index in step with the documentation; only what changed is embedded."""
    from adapters.terminal import indexing
    from config.wiring import IndexOptions, wire_index

    options = IndexOptions(docs=docs, url=url, full=full, allow_mass_removal=allow_mass_removal)
    with wire_index(config, options) as synchronizer:
        indexing.index(synchronizer, dry_run=dry_run, as_json=as_json)


@app.command()
def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Check configuration, index and model server: one line each."""
    from adapters.terminal import checkup
    from config.checkup import check

    checks = asyncio.run(check(config))
    checkup.show(checks, as_json=as_json)
    if any(found.status == "fail" for found in checks):
        raise typer.Exit(1)


@evaluate.command("retrieval")
def eval_retrieval(
    file: Rows, config: Config = None, as_json: AsJson = False, failures: Failures = False
) -> None:
    """How often the right page is found, and the context holds the answer."""
    _score_retrieval(file, config, as_json, failures)


@evaluate.command("followups")
def eval_followups(
    file: Rows, config: Config = None, as_json: AsJson = False, failures: Failures = False
) -> None:
    """The same for the last question of a conversation."""
    _score_retrieval(file, config, as_json, failures, question="turns")


@evaluate.command("multilingual")
def eval_multilingual(
    file: Rows, config: Config = None, as_json: AsJson = False, failures: Failures = False
) -> None:
    """The same for questions in other languages."""
    _score_retrieval(file, config, as_json, failures)


@evaluate.command("answers")
def eval_answers(
    file: Rows, config: Config = None, as_json: AsJson = False, failures: Failures = False
) -> None:
    """Answer every question with the whole bot: facts, citations, refusals."""
    from adapters.terminal import evaluation

    show = evaluation.Show(as_json=as_json, failures=failures)
    _with_docent(config, lambda docent: evaluation.answers(file, docent.answerer, show))


@evaluate.command("refusal")
def eval_refusal(
    file: Rows,
    answerable: Annotated[
        Path | None,
        typer.Option("--answerable", help="Questions that should be answered: counts false refusals."),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    failures: Failures = False,
) -> None:
    """How often an unanswerable question is answered all the same."""
    from adapters.terminal import evaluation

    show = evaluation.Show(as_json=as_json, failures=failures)
    _with_docent(config, lambda docent: evaluation.refusal(file, answerable, docent.answerer, show))


def _score_retrieval(
    file: Path, config: Path | None, as_json: bool, failures: bool, question: str = "question"
) -> None:
    from adapters.terminal import evaluation

    show = evaluation.Show(as_json=as_json, failures=failures)
    _with_docent(
        config,
        lambda docent: evaluation.retrieval(file, docent.retriever, docent.limits, show, question=question),
    )


def _with_docent(config: Path | None, use: Callable[["Docent"], Awaitable[None]]) -> None:
    """Wire everything, use it, let go of it."""
    from config.wiring import wire

    async def run() -> None:
        async with wire(config) as docent:
            await use(docent)

    asyncio.run(run())


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
    from bot.evaluating import BadEvaluationFile
    from config.errors import ConfigurationError
    from indexer.errors import IndexingError

    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        hint = f" See `{context.command_path} --help`." if context else ""
        return f"{error.format_message().rstrip('.')}.{hint}", 2
    if isinstance(error, ConfigurationError | BadEvaluationFile):
        return str(error), 2
    if isinstance(error, AnswerError):
        return sentence(error), 2 if isinstance(error, EmptyQuestion) else 1
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
