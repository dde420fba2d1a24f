"""Writes questions as CSV and as JSON (pure)."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bot.insight.records import Record

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
"""What a spreadsheet may take for the beginning of a formula or a command."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet reads UTF-8 as something else."""
COLUMNS = (
    "ref", "asked_at", "platform", "workspace", "channel", "thread", "asker", "question", "outcome", "state",
    "kind", "uncertain", "confidence", "answer", "sources", "thumbs_up", "thumbs_down", "handed_over",
    "category", "severity", "component", "owner", "resolution", "approved_answer", "total_ms",
)  # fmt: skip


def flat(record: Record) -> dict[str, Any]:
    """One question as a row of ``COLUMNS``."""
    entry, answer, hand_off = record.entry, record.entry.answer, record.hand_off
    return {
        "ref": entry.ref,
        "asked_at": datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="seconds"),
        "platform": entry.place.platform,
        "workspace": entry.place.workspace,
        "channel": entry.place.channel,
        "thread": entry.place.thread,
        "asker": entry.asker,
        "question": entry.text,
        "outcome": record.outcome,
        "state": entry.state,
        "kind": answer.kind if answer else "",
        "uncertain": bool(answer and answer.uncertain),
        "confidence": round(answer.confidence, 4) if answer else None,
        "answer": answer.text if answer else "",
        "sources": " ".join(citation.url or citation.path for citation in answer.citations) if answer else "",
        "thumbs_up": record.ups,
        "thumbs_down": record.downs,
        "handed_over": hand_off.state if hand_off else "",
        "category": hand_off.category if hand_off else "",
        "severity": hand_off.severity if hand_off else "",
        "component": hand_off.component if hand_off else "",
        "owner": hand_off.owner if hand_off else "",
        "resolution": hand_off.outcome if hand_off else "",
        "approved_answer": record.approved,
        "total_ms": answer.timings.get("total_ms") if answer else None,
    }


def csv_head() -> str:
    """The first line."""
    return BYTE_ORDER_MARK + _line(COLUMNS)


def csv_lines(records: Iterable[Record]) -> str:
    """A line for each question; no cell is read as a formula."""
    return "".join(_line([cell(value) for value in flat(record).values()]) for record in records)


def cell(value: Any) -> Any:
    """``value`` as a cell that a spreadsheet shows instead of running it.

    >>> cell("=1+1"), cell(" @SUM(A1)"), cell(-1.5)
    ("'=1+1", "' @SUM(A1)", -1.5)
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA) or text.strip().startswith(FORMULA) else text


def json_objects(records: Iterable[Record]) -> list[str]:
    """A JSON object for each question, with all that is known of it."""
    return [json.dumps(_whole(record), ensure_ascii=False, allow_nan=False) for record in records]


def _whole(record: Record) -> dict[str, Any]:
    answer, hand_off = record.entry.answer, record.hand_off
    return flat(record) | {
        "citations": [asdict(citation) for citation in answer.citations] if answer else [],
        "passages": [asdict(passage) for passage in answer.passages] if answer else [],
        "model": answer.model if answer else "",
        "timings": dict(answer.timings) if answer else {},
        "hand_off": asdict(hand_off) if hand_off else None,
    }


def _line(values: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(list(values))
    return out.getvalue()
