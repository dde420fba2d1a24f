"""Reads a file of questions to score the bot on: JSON Lines, each row checked before any is asked."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
_HALF = re.compile("[\ud800-\udfff]")
"""One half of a character, as JSON can escape it: no text that can be searched for."""


class BadEvaluationFile(Exception):
    """The file cannot be evaluated; ``str()`` is a sentence with the line."""


def no_problem(row: Row) -> str:
    """Nothing more is asked of a row."""
    del row
    return ""


def asks(row: Row) -> str:
    """What is wrong with a row that should ask in its ``question``, or in the last of its ``turns``."""
    return "" if "turns" in row or "question" in row else "question and turns are missing"


def read_rows(
    path: Path, required: Sequence[str], problem: Callable[[Row], str] = no_problem
) -> Sequence[Row]:
    """The rows of a JSON Lines file, each with the ``required`` fields.

    ``problem`` tells what else is wrong with a row, as the end of a sentence; empty for nothing.
    Raises BadEvaluationFile.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise BadEvaluationFile(f"{path} cannot be read as a UTF-8 text file.") from error
    rows = []
    # Not by splitlines: what other systems take for a line's end may stand within a JSON text.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            row = _row(line)
            if said := _wrong(row, required) or problem(row):
                raise BadEvaluationFile(f"{path}, line {number}: {said}.")
            rows.append(row)
    if not rows:
        raise BadEvaluationFile(f"{path} holds no questions.")
    return rows


def _row(line: str) -> Row:
    """An empty row where the line is no JSON object."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _wrong(row: Row, required: Sequence[str]) -> str:
    if not row:
        return "this is no JSON object with fields"
    if missing := [name for name in required if name not in row]:
        return f"{', '.join(missing)} is missing"
    # What a row asks is in its turns, where it has some.
    asked = "turns" if "turns" in row else "question"
    looked_at = [name for name in _FIELDS if name in row and (name in required or name == asked)]
    return next((_FIELDS[name][1] for name in looked_at if not _FIELDS[name][0](row[name])), "")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not _HALF.search(value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


def _is_conversation(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(turn, dict) and isinstance(turn.get("role"), str) for turn in value)
        and all(_is_text(turn.get("content")) for turn in value)
    )


_FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "question": (_is_text, "question is no text"),
    "turns": (_is_conversation, 'turns is no list of messages, each {"role": "user", "content": "..."}'),
    "gold": (_are_texts, 'gold is no list of pages, such as ["faq/product_faq.md"]'),
    "snippet": (_is_text, "snippet is no text"),
    "facts": (_are_texts, 'facts is no list of texts, such as ["65,536"]'),
    "kind": (_is_text, "kind is no text"),
}
