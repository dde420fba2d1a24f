"""``docent eval``: scores the bot on files of questions."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.terminal.options import AsJson, Config

app = typer.Typer(
    name="eval",
    help="Score the bot on a file of questions (JSON Lines).",
    rich_markup_mode=None,
)
Failures = Annotated[bool, typer.Option("--failures", help="List what went wrong, question by question.")]
Judge = Annotated[
    str, typer.Option("--judge", metavar="MODEL", help="Let this chat model judge each answer.")
]
JudgeUrl = Annotated[
    str,
    typer.Option(
        "--judge-url",
        metavar="URL",
        help="Its OpenAI-compatible server; default: that of [llm]. Key: JUDGE_API_KEY or LLM_API_KEY.",
        show_default=False,
    ),
]
Rows = Annotated[
    Path, typer.Argument(metavar="FILE", help="Questions, one JSON object a line.", show_default=False)
]


@app.command("retrieval")
def eval_retrieval(
    file: Rows, config: Config = None, as_json: AsJson = False, failures: Failures = False
) -> None:
    """How often the right page is found, and the context holds the answer."""
    _score_retrieval(file, config, as_json, failures)


@app.command("followups")
def eval_followups(
    file: Rows, config: Config = None, as_json: AsJson = False, failures: Failures = False
) -> None:
    """The same for the last question of a conversation."""
    _score_retrieval(file, config, as_json, failures, question="turns")


@app.command("multilingual")
def eval_multilingual(
    file: Rows, config: Config = None, as_json: AsJson = False, failures: Failures = False
) -> None:
    """The same for questions in other languages."""
    _score_retrieval(file, config, as_json, failures)


@app.command("answers")
def eval_answers(  # noqa: PLR0913, PLR0917 - one for each option
    file: Rows,
    judge: Judge = "",
    judge_url: JudgeUrl = "",
    config: Config = None,
    as_json: AsJson = False,
    failures: Failures = False,
) -> None:
    """Answer every question with the whole bot: facts, citations, refusals."""
    from adapters.terminal import evaluation
    from config import judging, wiring

    if judge_url and not judge:
        raise typer.BadParameter("it needs --judge MODEL.", param_hint="--judge-url")
    show = evaluation.Show(as_json=as_json, failures=failures)
    if judge:
        judging.use(
            config,
            judge,
            judge_url,
            lambda docent, model: evaluation.answers(file, docent.answerer, show, model),
        )
    else:
        wiring.use(config, lambda docent: evaluation.answers(file, docent.answerer, show))


@app.command("refusal")
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
    from config import wiring

    show = evaluation.Show(as_json=as_json, failures=failures)
    wiring.use(config, lambda docent: evaluation.refusal(file, answerable, docent.answerer, show))


@app.command("triage")
def eval_triage(
    file: Rows,
    words_only: Annotated[
        bool, typer.Option("--words-only", help="Without the configured chat model.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
    failures: Failures = False,
) -> None:
    """How well messages are sorted for a support team."""
    from adapters.terminal import evaluation
    from config import wiring

    show = evaluation.Show(as_json=as_json, failures=failures)
    wiring.use(
        config,
        lambda docent: evaluation.triage(file, docent.retriever, None if words_only else docent.model, show),
    )


def _score_retrieval(
    file: Path, config: Path | None, as_json: bool, failures: bool, question: str = "question"
) -> None:
    from adapters.terminal import evaluation
    from bot.search.reranking import Reranked
    from config import wiring

    show = evaluation.Show(as_json=as_json, failures=failures)

    async def score(docent: wiring.Docent) -> None:
        found = docent.retriever if docent.reranker is None else Reranked(docent.retriever, docent.reranker)
        await evaluation.retrieval(file, found, docent.limits, show, question=question)

    wiring.use(config, score)
