"""Sends all that a list was asked for as a file, a part at a time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from starlette.responses import Response, StreamingResponse

from adapters.web.exports import csv_head, csv_lines, json_objects
from adapters.web.requested import Asked
from bot.insight.records import Filters, Record, Records

PART = 500
TYPES = {"csv": "text/csv", "json": "application/json"}


async def exported(records: Records, asked: Asked, ending: str, now: float) -> Response:
    """A ``csv`` or ``json`` file of the questions. Raises LedgerUnavailable, unless it is sent already."""
    filters = asked.filters()
    # What is asked from now on would move the parts against each other.
    filters = filters if filters.until is not None and filters.until < now else replace(filters, until=now)
    first = (await records.page(filters, limit=PART)).records
    write = _csv if ending == "csv" else _json
    return StreamingResponse(
        write(_parts(records, filters, first)),
        media_type=TYPES[ending],
        headers={"Content-Disposition": f'attachment; filename="docent-questions.{ending}"'},
    )


async def _parts(
    records: Records, filters: Filters, first: Sequence[Record]
) -> AsyncIterator[Sequence[Record]]:
    part, offset = first, 0
    while part:
        yield part
        offset += len(part)
        part = (await records.page(filters, limit=PART, offset=offset)).records if len(part) == PART else ()


async def _csv(parts: AsyncIterator[Sequence[Record]]) -> AsyncIterator[str]:
    yield csv_head()
    async for part in parts:
        yield csv_lines(part)


async def _json(parts: AsyncIterator[Sequence[Record]]) -> AsyncIterator[str]:
    yield "["
    before = "\n"
    async for part in parts:
        yield before + ",\n".join(json_objects(part))
        before = ",\n"
    yield "\n]\n"
