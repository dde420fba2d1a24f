"""Asks a chat model for one JSON object, reads it out of the reply and checks it against a schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_MAX_OBJECTS = 20
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


class InvalidReply(Exception):
    """No object in the reply fits; ``str()`` says why, in words the model can act on."""


def response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The request field that makes a server keep its model to ``schema``."""
    return {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": dict(schema)}}


def instruction(schema: Mapping[str, Any]) -> str:
    """The same in words."""
    form = json.dumps(dict(schema), ensure_ascii=False)
    return f"Reply with one JSON object and nothing else. It must fit this JSON Schema:\n{form}"


def correction(problem: str) -> str:
    """What the model is told after a reply that does not fit."""
    return (
        f"That reply cannot be used: {problem}. Reply again, with the corrected JSON object and nothing else."
    )


def read(reply: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The first JSON object in ``reply`` that fits ``schema``; fences and prose around it are fine.

    Raises InvalidReply, with what is wrong with the first object where there is one.
    """
    first = ""
    for candidate in _objects(reply):
        problem = misfit(candidate, schema)
        if not problem:
            return candidate
        first = first or problem
    raise InvalidReply(first or "there was no complete JSON object")


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The outermost objects of ``text``, first one first; broken ones are passed over."""
    decoder, start = json.JSONDecoder(), text.find("{")
    for _ in range(_MAX_OBJECTS):
        if start < 0:
            return
        try:
            value, end = decoder.raw_decode(text, start)
            yield value
        except (ValueError, RecursionError):
            end = start + 1
        start = text.find("{", end)


def misfit(value: Any, schema: Mapping[str, Any], where: str = "the reply") -> str:
    """Why ``value`` does not fit ``schema``; empty where it fits.

    Reads ``type``, ``enum``, ``required``, ``properties`` and ``items``; the rest is left to the caller.
    """
    allowed = schema.get("type", ())
    names = (allowed,) if isinstance(allowed, str) else tuple(allowed)
    if names and not any(_is(value, name) for name in names):
        return f"{where} must be of type {' or '.join(names)}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} must be one of {json.dumps(schema['enum'], ensure_ascii=False)}"
    if isinstance(value, dict):
        return _misfit_object(value, schema, where)
    if isinstance(value, list):
        items = schema.get("items", {})
        problems = (misfit(item, items, f"{where}[{i}]") for i, item in enumerate(value))
        return next(filter(None, problems), "")
    return ""


def _misfit_object(value: dict[str, Any], schema: Mapping[str, Any], where: str) -> str:
    missing = [key for key in schema.get("required", ()) if key not in value]
    if missing:
        return f"{where} lacks {', '.join(missing)}"
    properties = schema.get("properties", {})
    known = ((key, value[key]) for key in properties if key in value)
    problems = (misfit(item, properties[key], f'"{key}"') for key, item in known)
    return next(filter(None, problems), "")


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False
    return isinstance(value, _TYPES.get(name, (object,)))
