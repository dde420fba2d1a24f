"""A request to the HTTP API, read: what its path, query and body hold."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from discordd.records import Fields
from discordd.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    args: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: tuple[Fields, ...] = ()

    def id(self, name: str) -> int:
        """An id from the path; refused where it is none."""
        value = self.args[name]
        if not value.isdigit():
            reason = {"code": "NUMBER_TYPE_COERCE", "message": f'Value "{value}" is not snowflake.'}
            raise Refused(400, 50035, errors={f"{name}_id": {"_errors": [reason]}})
        return int(value)

    @property
    def fields(self) -> Fields:
        """The body, which must be an object."""
        if not isinstance(self.body, dict):
            raise Refused(400, 50109)
        return self.body


async def read(request: web.Request) -> Asked:
    """Reads a request; a body that is no JSON becomes its text."""
    args, query = dict(request.match_info), dict(request.query)
    if request.content_type == "multipart/form-data":
        body, files = await _multipart(request)
        return Asked(args=args, query=query, body=body, files=files)
    return Asked(args=args, query=query, body=_parsed(await request.text()))


async def _multipart(request: web.Request) -> tuple[Any, tuple[Fields, ...]]:
    body: Any = {}
    files: list[Fields] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = await part.read()
        if part.name == "payload_json":
            body = _parsed(content.decode())
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files.append({"filename": part.filename, "size": len(content), "content_type": kind})
    return body, tuple(files)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
