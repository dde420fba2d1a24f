"""How the double says no: HTTP status, Discord's code and, for forms, where in the body it is."""

from typing import Any

MESSAGES = {
    (401, 0): "401: Unauthorized",
    (404, 0): "404: Not Found",
    (405, 0): "405: Method Not Allowed",
    (404, 10003): "Unknown Channel",
    (404, 10004): "Unknown Guild",
    (404, 10007): "Unknown Member",
    (404, 10008): "Unknown Message",
    (404, 10011): "Unknown Role",
    (404, 10013): "Unknown User",
    (404, 10015): "Unknown Webhook",
    (404, 10062): "Unknown interaction",
    (404, 10063): "Unknown application command",
    (400, 30034): "Max number of daily application command creates has been reached (200)",
    (429, 30046): "Maximum number of edits to messages older than 1 hour reached. Try again later.",
    (400, 40005): "Request entity too large",
    (400, 40060): "Interaction has already been acknowledged.",
    (403, 50001): "Missing Access",
    (403, 50005): "Cannot edit a message authored by another user",
    (400, 50006): "Cannot send an empty message",
    (403, 50007): "Cannot send messages to this user",
    (400, 50008): "Cannot send messages in a non-text channel",
    (403, 50013): "Missing Permissions",
    (400, 50024): "Cannot execute action on this channel type",
    (401, 50027): "Invalid Webhook Token",
    (400, 50035): "Invalid Form Body",
    (400, 50083): "Thread is archived",
    (400, 50109): "The request body contains invalid JSON.",
    (400, 160004): "A thread has already been created for this message",
    (400, 160005): "Thread is locked",
}


class Refused(Exception):
    """An answer with an error's status and JSON body."""

    def __init__(self, status: int, code: int = 0, message: str = "", **fields: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message or MESSAGES.get((status, code), f"{status}: Error")
        self.fields = fields

    def answer(self) -> dict[str, Any]:
        """The JSON body of the refusal."""
        return {"message": self.message, "code": self.code, **self.fields}


def invalid(where: str, code: str, message: str) -> Refused:
    """50035 with the error nested under ``where``, such as ``embeds/0/description``."""
    nested: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for step in reversed([step for step in where.split("/") if step]):
        nested = {step: nested}
    return Refused(400, 50035, errors=nested)


def at_most(text: Any, limit: int, where: str) -> None:
    """Refuses text or a list that is longer than ``limit``."""
    if text is not None and not isinstance(text, str | list | tuple):
        raise invalid(where, "BASE_TYPE_BAD_TYPE", "That is neither text nor a list.")
    if text is not None and len(text) > limit:
        raise invalid(where, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def between(thing: Any, least: int, most: int, where: str) -> None:
    """Refuses text or a list whose length is outside."""
    if thing is None:
        raise invalid(where, "BASE_TYPE_REQUIRED", "This field is required")
    at_most(thing, 10**9, where)
    if not least <= len(thing) <= most:
        message = f"Must be between {least} and {most} in length."
        raise invalid(where, "BASE_TYPE_BAD_LENGTH", message)
