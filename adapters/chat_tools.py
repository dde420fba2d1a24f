"""Puts tools into the words of the Chat Completions protocol, and reads calls from its replies (pure)."""

import json
from collections.abc import Sequence
from typing import Any

from bot.model import Tool, ToolCall

_MOST = 8
_CHARS = 4_000


def declared(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """The request field ``tools``."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            },
        }
        for tool in tools
    ]


def exchanged(done: Sequence[tuple[ToolCall, str]]) -> list[dict[str, Any]]:
    """Calls and what each of them gave, as messages behind the prompt."""
    wire: list[dict[str, Any]] = []
    for number, (call, given) in enumerate(done, 1):
        # Some servers give no ids, or the same one again.
        key = f"call_{number}"
        function = {"name": call.name, "arguments": call.arguments}
        called = [{"id": key, "type": "function", "function": function}]
        wire.append({"role": "assistant", "content": "", "tool_calls": called})
        wire.append({"role": "tool", "tool_call_id": key, "content": given})
    return wire


def calls(message: Any) -> tuple[ToolCall, ...]:
    """The calls in the client's message; those without a name or in no known form are left out."""
    listed = getattr(message, "tool_calls", None)
    read = [_call(one) for one in listed[:_MOST]] if isinstance(listed, list) else []
    return tuple(call for call in read if call is not None)


def _call(one: Any) -> ToolCall | None:
    function = _field(one, "function")
    name, arguments = _field(function, "name"), _field(function, "arguments")
    if isinstance(arguments, dict):
        arguments = json.dumps(arguments)
    if not isinstance(name, str) or not isinstance(arguments, str) or len(arguments) > _CHARS:
        return None
    # gpt-oss's own form shows through in some servers: "functions.search_docs<|channel|>commentary".
    name = name.split("<|", 1)[0].strip().removeprefix("functions.")
    return ToolCall(name=name, arguments=arguments) if name else None


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
