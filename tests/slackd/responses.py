"""Response URLs: where an app answers a command or a press, five times and no more."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from slackd import chat
from slackd.faults import Faults
from slackd.records import BOT, Call, Fields, Message
from slackd.refusal import Refused
from slackd.workspace import Workspace

USES = 5


@dataclass(slots=True, kw_only=True)
class Answered:
    """One thing that the app said in response, and the message it became."""

    arguments: Fields
    at: float
    message: Message | None = None


@dataclass(slots=True, kw_only=True)
class Door:
    """What one response URL belongs to."""

    channel: str
    user: str
    thread_ts: str = ""
    original: Message | None = None
    """The message that was pressed."""
    uses: int = 0
    expired: bool = False
    answers: list[Answered] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Why responses were not shown."""


class ResponseUrls:
    """Answers POST /response/<key>."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self.workspace = workspace
        self.faults = faults
        self.base = ""
        self.doors: dict[str, Door] = {}

    def url(self, door: Door) -> str:
        """A new address for a door."""
        key = f"{self.workspace.random.getrandbits(96):x}"
        self.doors[key] = door
        return f"{self.base}/response/{key}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.text() or "{}")
        call = Call(method="response_url", arguments=body, at=time.perf_counter())
        self.workspace.calls.append(call)
        fault = await self.faults.met("response_url", body)
        call.done_at = time.perf_counter()
        if fault is not None:
            call.status = 429 if fault.kind == "limit" else fault.status or 500
            headers = {"Retry-After": f"{fault.seconds:g}"} if fault.kind == "limit" else {}
            return web.Response(status=call.status, text=fault.error or "error", headers=headers)
        call.status, said = self._answer(self.doors.get(request.match_info["key"]), body)
        call.answer = {"ok": call.status == 200, **({} if call.status == 200 else {"error": said})}
        self.workspace.changes.note()
        return web.Response(status=call.status, text=said)

    def _answer(self, door: Door | None, body: Fields) -> tuple[int, str]:
        if door is None or door.expired:
            return 404, "expired_url"
        if door.uses >= USES:
            return 404, "used_url"
        door.uses += 1
        try:
            self.say(door, body)
        except Refused as refusal:
            door.refused.append(refusal.code)
            return 400, refusal.code
        return 200, "ok"

    def say(self, door: Door, body: Fields) -> Answered:
        """Does what a response asks for: shows, replaces or deletes."""
        answered = Answered(arguments=body, at=time.perf_counter())
        if body.get("delete_original"):
            self._delete(door)
        else:
            answered.message = self._replaced(door, body) or self._said(door, body)
        door.answers.append(answered)
        self.workspace.changes.note()
        return answered

    def _delete(self, door: Door) -> None:
        if door.original in self.workspace.ephemerals:
            self.workspace.ephemerals.remove(door.original)
        elif door.original is not None:
            chat.remove(self.workspace, door.original)

    def _replaced(self, door: Door, body: Fields) -> Message | None:
        if door.original is None or not body.get("replace_original"):
            return None
        given = chat.content(body)
        change: Fields = {"text": "", "blocks": [], **given}
        if door.original in self.workspace.ephemerals:
            for key, value in change.items():
                setattr(door.original, key, value)
            door.original.edits += 1
        else:
            chat.change(self.workspace, door.original, change)
        return door.original

    def _said(self, door: Door, body: Fields) -> Message:
        given = chat.content(body)
        thread_ts = str(body.get("thread_ts") or door.thread_ts)
        if body.get("response_type") == "in_channel":
            ts = self.workspace.ts()
            said = Message(channel=door.channel, ts=ts, user=BOT, thread_ts=thread_ts, **given)
            chat.posted(self.workspace, said)
            return said
        return chat.ephemeral(self.workspace, door.channel, door.user, thread_ts, given)


def acknowledged(urls: ResponseUrls, door: Door, payload: Any) -> None:
    """A command may be answered in its acknowledgement; that is shown as a response."""
    if isinstance(payload, dict) and (payload.get("text") or payload.get("blocks")):
        try:
            urls.say(door, payload)
        except Refused as refusal:
            door.refused.append(refusal.code)
