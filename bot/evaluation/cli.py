"""``docent eval``: scores the bot on files of questions."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.terminal.options import AsJson, Config
from bot.ports import LanguageModel

if TYPE_CHECKING:
    from adapters.terminal.evaluation import Show

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
WordsOnly = Annotated[bool, typer.Option("--words-only", help="Without the configured chat model.")]
Rows = Annotated[
    Path, typer.Argument(metavar="FILE", help="Questions, one JSON object a line.", show_default=False)
]


@app.command("retrieval")
def eval_retrieval(
    file: Rows, config: Config = None, as_json: AsJson = False, failures: Failures = False
) -> None:
    """How often the right page is found, and the context holds the answer; without any language model."""
    _score_retrieval(file, config, _shown(as_json, failures), words_only=True)


@app.command("followups")
def eval_followups(
    file: Rows,
    words_only: WordsOnly = False,
    config: Config = None,
    as_json: AsJson = False,
    failures: Failures = False,
) -> None:
    """The same for the last question of a conversation, rewritten by the chat model where there is one."""
    show = _shown(as_json, failures)
    _score_retrieval(file, config, show, words_only=words_only, question="turns")


@app.command("multilingual")
def eval_multilingual(
    file: Rows,
    words_only: WordsOnly = False,
    config: Config = None,
    as_json: AsJson = False,
    failures: Failures = False,
) -> None:
    """The same for questions in other languages."""
    _score_retrieval(file, config, _shown(as_json, failures), words_only=words_only)


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
    show = _shown(as_json, failures)

    async def score(docent: wiring.Docent, model: LanguageModel | None = None) -> None:
        if not await evaluation.answers(file, docent.answerer, show, model):
            raise typer.Exit(1)

    if judge:
        judging.use(config, judge, judge_url, score)
    else:
        wiring.use(config, score)


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

    show = _shown(as_json, failures)
    wiring.use(config, lambda docent: evaluation.refusal(file, answerable, docent.answerer, show))


@app.command("triage")
def eval_triage(
    file: Rows,
    words_only: WordsOnly = False,
    config: Config = None,
    as_json: AsJson = False,
    failures: Failures = False,
) -> None:
    """How well messages are sorted for a support team."""
    from adapters.terminal import evaluation
    from config import wiring

    show = _shown(as_json, failures)
    wiring.use(
        config,
        lambda docent: evaluation.triage(file, docent.retriever, None if words_only else docent.model, show),
    )


def _shown(as_json: bool, failures: bool) -> "Show":
    from adapters.terminal.evaluation import Show

    return Show(as_json=as_json, failures=failures)


def _score_retrieval(
    file: Path, config: Path | None, show: "Show", *, words_only: bool, question: str = "question"
) -> None:
    from adapters.terminal import evaluation
    from bot.search.reranking import Reranked
    from bot.search.searching import Searching
    from config import wiring

    async def score(docent: wiring.Docent) -> None:
        found = docent.retriever if docent.reranker is None else Reranked(docent.retriever, docent.reranker)
        setup = evaluation.Setup(retriever=found, limits=docent.limits)
        model = None if words_only else docent.model
        if model is not None and await evaluation.answers_now(model):
            searching = Searching(
                retriever=docent.retriever, model=model, reranker=docent.reranker, scale=docent.limits.scale
            )
            setup = replace(setup, retriever=docent.retriever, searching=searching, model=model.name)
        await evaluation.retrieval(file, setup, show, question=question)

    wiring.use(config, score)
