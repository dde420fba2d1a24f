"""Turns entries and answers into rows and back (pure)."""

import math
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from bot.channels.posts import Entry, Lease, Rating
from bot.model import Answer, Citation, Passage, Place

Row = Mapping[str, Any]
"""Column name to value."""

PASSAGES_KEPT = 5
REPLACEMENT = "\ufffd"
WITHOUT_ANSWER: Row = dict.fromkeys(
    ("kind", "answer", "citations", "confidence", "passages", "model", "timings", "uncertain")
)
"""What the columns of an answer hold while there is none."""


def clean(text: str) -> str:
    """``text`` as every database can keep it: no NUL, no half of a surrogate pair."""
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return paired.replace("\x00", REPLACEMENT)


def clean_json(value: Any) -> Any:
    """``value`` with all its texts cleaned, and without the numbers that JSON does not know."""
    match value:
        case str():
            return clean(value)
        case float() if not math.isfinite(value):
            return None
        case Mapping():
            return {clean(str(key)): clean_json(part) for key, part in value.items()}
        case list() | tuple():
            return [clean_json(part) for part in value]
        case _:
            return value


def entry_row(entry: Entry, lease: Lease) -> Row:
    """The row of a new entry."""
    place = entry.place
    return {
        "ref": entry.ref,
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
        "message": entry.message,
        "asker": entry.asker,
        "text": entry.text,
        "via": entry.via,
        "at": entry.at,
        "state": entry.state,
        "revision": entry.revision,
        "attempts": entry.attempts,
        "reply": entry.reply,
        "lease_owner": lease.owner,
        "lease_until": lease.until,
        **answer_row(entry.answer),
    }


def answer_row(answer: Answer | None) -> Row:
    """The columns of an answer, all None without one."""
    if answer is None:
        return WITHOUT_ANSWER
    passages = [replace(passage, text="") for passage in answer.passages[:PASSAGES_KEPT]]
    return {
        "kind": answer.kind,
        "answer": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "confidence": answer.confidence if math.isfinite(answer.confidence) else 0.0,
        "passages": [asdict(passage) for passage in passages],
        "model": answer.model,
        "timings": {name: value for name, value in answer.timings.items() if math.isfinite(value)},
        "uncertain": answer.uncertain,
    }


def entry_of(row: Row) -> Entry:
    """The entry that a row keeps."""
    place = Place(
        platform=row["platform"], workspace=row["workspace"], channel=row["channel"], thread=row["thread"]
    )
    return Entry(
        ref=row["ref"],
        place=place,
        message=row["message"],
        asker=row["asker"],
        text=row["text"],
        via=row["via"],
        at=float(row["at"]),  # RETURNING of SQLite gives whole numbers as int
        state=row["state"],
        revision=row["revision"],
        attempts=row["attempts"],
        reply=row["reply"],
        answer=answer_of(row),
    )


def answer_of(row: Row) -> Answer | None:
    """The answer within an entry's row; None where there is none."""
    if row["kind"] is None:
        return None
    return Answer(
        text=row["answer"],
        kind=row["kind"],
        citations=tuple(Citation(**_known(Citation, part)) for part in row["citations"]),
        confidence=float(row["confidence"]),
        passages=tuple(Passage(**_known(Passage, part)) for part in row["passages"]),
        model=row["model"],
        timings=row["timings"],
        uncertain=bool(row["uncertain"]),
    )


def rating_row(rating: Rating) -> Row:
    """The row of a rating."""
    return {field.name: getattr(rating, field.name) for field in fields(rating)}


def rating_of(row: Row) -> Rating:
    """The rating that a row keeps."""
    return Rating(**_known(Rating, row))


def _known(kind: Any, row: Row) -> dict[str, Any]:
    """A field that has left the model since must not keep older rows from being read."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in row.items() if name in names}
