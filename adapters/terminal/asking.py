"""The commands that ask: one question, a conversation, a search."""

import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

from adapters.terminal.answers import Terminal, label
from adapters.terminal.streams import plain, typed
from bot.answering import Answerer
from bot.errors import AnswerError, EmptyQuestion, sentence
from bot.model import EVERYTHING, Answer, Notice, Passage, Question, Scope, Turn
from bot.ports import Retriever
from bot.question.rewriting import cleaned
from bot.search import scoping
from bot.tracing import question_ref

LEAVE = ("exit", "quit", ":q", "/quit", "/exit")
SHOWN = 300


async def ask(answerer: Answerer, text: str, *, as_json: bool, scope: Scope = EVERYTHING) -> None:
    """Answer ``text`` on the terminal, or as one JSON object. Raises AnswerError."""
    with question_ref() as ref:
        question = Question(text=typed(text), ref=ref, scope=scope)
        if not as_json:
            await Terminal().show(answerer.answer(question))
            return
        answer = await _collected(answerer, question)
    print(json.dumps(answer_json(answer), ensure_ascii=False))


async def chat(answerer: Answerer, *, first: str = "") -> None:
    """Answer until the input ends or somebody leaves; ``first`` is asked before anything is read.

    Where nobody is at the keyboard to go on, ``first`` is all that is asked.
    """
    terminal = Terminal()
    history: tuple[Turn, ...] = ()
    if first:
        print(f"> {plain(typed(first))}\n", flush=True)
        if not sys.stdin.isatty():
            await ask(answerer, first, as_json=False)
            return
        history = await _turn(terminal, answerer, typed(first), history)
    if sys.stdin.isatty():
        print("Ask about the documentation; an empty line or Ctrl-D ends.", file=sys.stderr)
    while (text := _next_line()) and text.lower() not in LEAVE:
        history = await _turn(terminal, answerer, text, history)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a search shows."""

    count: int
    """How many passages."""
    chars: int
    """Of the question, how many are read: its first and last."""
    as_json: bool


async def search(retriever: Retriever, text: str, shown: Shown, *, scope: Scope = EVERYTHING) -> None:
    """Print the best passages for a question. Raises AnswerError."""
    asked = cleaned(typed(text), shown.chars)
    if not asked:
        raise EmptyQuestion("the question is empty")
    start = perf_counter()
    passages = await retriever.search(asked, shown.count, scope=scope)
    milliseconds = round((perf_counter() - start) * 1000, 1)
    if shown.as_json:
        found = [asdict(passage) for passage in passages]
        print(json.dumps({"passages": found, "timings": {"retrieve_ms": milliseconds}}, ensure_ascii=False))
    elif passages:
        print(plain("\n\n".join(_listed(place, passage) for place, passage in enumerate(passages, 1))))
    else:
        print("Nothing found.")


async def scope_of(retriever: Retriever, sources: Sequence[str], version: str) -> Scope:
    """What ``--source`` and ``--version`` mean in this index. Raises AnswerError."""
    if not sources and not version:
        return EVERYTHING
    asked = Scope(sources=tuple(sources), versions=(version,) if version else ())
    return scoping.chosen(asked, await retriever.editions())


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as ``docent ask --json`` prints it."""
    return asdict(answer)


async def _collected(answerer: Answerer, question: Question) -> Answer:
    async for event in answerer.answer(question):
        if isinstance(event, Notice):
            print(event.text, file=sys.stderr)
        if isinstance(event, Answer):
            return event
    raise AnswerError("the answer never came")


async def _turn(
    terminal: Terminal, answerer: Answerer, text: str, history: tuple[Turn, ...]
) -> tuple[Turn, ...]:
    """The conversation after ``text`` was answered; an error is said and leaves it as it was."""
    try:
        with question_ref() as ref:
            answer = await terminal.show(answerer.answer(Question(text=text, history=history, ref=ref)))
    except AnswerError as error:
        print(plain(sentence(error)), file=sys.stderr)
        return history
    return (*history, Turn(speaker="user", text=text), Turn(speaker="bot", text=answer.text))


def _next_line() -> str:
    """The next line; empty at the end of the input.

    Nothing else has to go on meanwhile, so it is read in this thread: one that waits for the keyboard
    in another would not hear Ctrl-C, and asyncio only remembers it until the next ``await``.
    """
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return typed(input("\n> " if sys.stdin.isatty() else "")).strip()
    except EOFError:
        return ""
    finally:
        signal.signal(signal.SIGINT, usual)


def _listed(place: int, passage: Passage) -> str:
    words: Sequence[str] = passage.text.split()
    return f"{place}. {label(passage)}  ({passage.score:.2f})\n   {passage.url}\n   {' '.join(words)[:SHOWN]}"
