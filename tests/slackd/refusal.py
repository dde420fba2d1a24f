"""How the double says no: Slack's error codes, and where in the blocks it found them."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """An answer ``{"ok": false, "error": code}``, with further fields where Slack sends some."""

    def __init__(self, code: str, message: str = "", **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields: Mapping[str, Any] = fields

    def answer(self) -> dict[str, Any]:
        """The JSON body of the refusal."""
        said = {"response_metadata": {"messages": [f"[ERROR] {self.message}"]}} if self.message else {}
        return {"ok": False, "error": self.code, **self.fields, **said}


def needed(args: Mapping[str, Any], *names: str) -> None:
    """Refuses a call in which one of these arguments is missing or empty."""
    for name in names:
        if args.get(name) in (None, "", []):
            raise Refused("invalid_arguments", f"missing required field: {name}")
