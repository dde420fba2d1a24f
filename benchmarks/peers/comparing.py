"""Scores what the peers found and lays it out as a table (pure)."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bot.evaluation import scoring
from bot.evaluation.scoring import Found
from bot.model import Passage

BUDGET = 12_000
HEADS = (
    "peer",
    "hit@5 (95 %)",
    "recall, as it sends",
    "pieces, characters it sends",
    "recall@12000 (95 %)",
    "pieces in 12,000",
    "pieces indexed",
    "indexing",
    "CPU for it",
    "search p50 / p95",
    "lines",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one peer did; ``found`` and ``own`` go question by question."""

    name: str
    found: Sequence[Found]
    """First five pages, and whether 12,000 characters of what it finds hold the snippet."""
    own: Sequence[bool]
    """Whether what it sends by default holds the snippet."""
    sent: Sequence[tuple[int, int]]
    """Pieces and characters it sends by default."""
    filling: Sequence[int]
    """Pieces that stand whole in 12,000 characters."""
    pieces: int
    seconds: float
    cpu: float
    """CPU seconds of indexing, over all threads: other work on the machine changes them little."""
    lines: str


def found(row: Mapping[str, Any], pages: Sequence[str], full: str, milliseconds: float) -> Found:
    """One question's result; ``full`` is cut at 12,000 characters, wherever that is."""
    passages = [Passage(text="", title="", heading="", url="", path=path, score=0.0) for path in pages]
    recalled = {BUDGET: scoring.holds(full[:BUDGET], row["snippet"])}
    return Found(row=row, passages=passages, recalled=recalled, milliseconds=milliseconds)


def trial(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    index: Mapping[str, Any],
    search: Mapping[str, Any],
    *,
    lines: str,
) -> Trial:
    """A peer's answers, as ``benchmarks.peers.trial`` writes them, scored.

    Raises ValueError where there is not one answer for each question.
    """
    pairs = list(zip(rows, search["questions"], strict=True))
    return Trial(
        name=name,
        found=[found(row, said["pages"], said["full"], said["milliseconds"]) for row, said in pairs],
        own=[scoring.holds(said["own"], row["snippet"]) for row, said in pairs],
        sent=[(search["k"], len(said["own"])) for _, said in pairs],
        filling=[filling(said["lengths"]) for _, said in pairs],
        pieces=index["pieces"],
        seconds=index["seconds"],
        cpu=index["cpu"],
        lines=lines,
    )


def filling(lengths: Sequence[int]) -> int:
    """How many pieces, best first, stand whole in 12,000 characters."""
    room, count = BUDGET, 0
    for length in lengths:
        room -= length
        if room < 0:
            break
        count += 1
    return count


def line(one: Trial) -> Sequence[str]:
    """A row of the table."""
    scores = scoring.retrieval(one.found)
    recall = f"context_recall@{BUDGET}"
    pieces, characters = (median(column) for column in zip(*one.sent, strict=True))
    return (
        one.name,
        _share(scores, "hit@5"),
        f"{scoring.share(one.own):.3f}",
        f"{pieces:g}, {characters:,.0f}",
        _share(scores, recall),
        f"{median(one.filling):g}",
        f"{one.pieces:,}",
        f"{one.seconds:.0f} s",
        f"{one.cpu:.0f} s",
        f"{scores['p50_ms']} / {scores['p95_ms']} ms",
        one.lines,
    )


def code_lines(source: str) -> int:
    """Lines of a Python file that hold code: neither blank, nor comments, nor docstrings."""
    tree = ast.parse(source)
    kept: set[int] = set()
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            (told if docstring else kept).update(span)
    lines = source.splitlines()
    marked = {number for number in kept if lines[number - 1].split("#")[0].strip()}
    return len(marked - told)


def setting_lines(source: str) -> int:
    """Lines of a TOML or YAML file that set something."""
    return sum(1 for text in source.splitlines() if text.split("#")[0].strip())


def _share(scores: Mapping[str, Any], name: str) -> str:
    low, high = scores["interval"][name]
    return f"{scores[name]:.3f} ({low:.2f} to {high:.2f})"
