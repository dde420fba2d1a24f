"""The Web API over HTTP: reads a call, checks its token and scopes, applies faults, answers."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from slackd import assistant, chat, lookups, streams, views
from slackd.faults import Fault, Faults
from slackd.records import Call, Fields
from slackd.refusal import Refused
from slackd.workspace import Workspace

Handler = Callable[[Workspace, Fields], Fields]
JSON_ARGUMENTS = ("blocks", "attachments", "chunks", "view", "metadata", "prompts", "loading_messages")


@dataclass(frozen=True, slots=True)
class Method:
    handler: Handler
    scopes: str = ""
    """Any one of these is enough."""
    token: str = "bot"


METHODS: dict[str, Method] = {
    "assistant.threads.setStatus": Method(assistant.set_status, "chat:write assistant:write"),
    "assistant.threads.setSuggestedPrompts": Method(assistant.set_prompts, "assistant:write"),
    "assistant.threads.setTitle": Method(assistant.set_title, "assistant:write"),
    "auth.test": Method(lookups.auth_test),
    "bots.info": Method(lookups.bots_info, "users:read"),
    "chat.appendStream": Method(streams.append, "chat:write"),
    "chat.delete": Method(chat.delete, "chat:write"),
    "chat.getPermalink": Method(chat.permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.startStream": Method(streams.start, "chat:write"),
    "chat.stopStream": Method(streams.stop, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "conversations.history": Method(lookups.history, "channels:history groups:history im:history"),
    "conversations.info": Method(lookups.conversations_info, "channels:read groups:read im:read"),
    "conversations.members": Method(lookups.conversations_members, "channels:read groups:read im:read"),
    "conversations.open": Method(lookups.conversations_open, "im:write"),
    "conversations.replies": Method(lookups.replies, "channels:history groups:history im:history"),
    "reactions.add": Method(lookups.react, "reactions:write"),
    "reactions.remove": Method(lookups.unreact, "reactions:write"),
    "users.conversations": Method(lookups.users_conversations, "channels:read groups:read im:read"),
    "users.info": Method(lookups.users_info, "users:read"),
    "views.open": Method(views.open_modal),
    "views.publish": Method(views.publish),
    "views.update": Method(views.update_modal),
}
BY_KIND = {"channel": "channels", "group": "groups", "im": "im"}


class WebApi:
    """Answers POST and GET /api/<method>."""

    def __init__(self, workspace: Workspace, faults: Faults, tokens: dict[str, str]) -> None:
        self.workspace = workspace
        self.faults = faults
        self.tokens = tokens
        """``bot`` and ``app`` with their tokens."""
        self.revoked: set[str] = set()
        self.methods = dict(METHODS)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        arguments = await _arguments(request)
        token = _token(request, arguments)
        call = Call(method=request.match_info["method"], arguments=arguments, at=time.perf_counter())
        self.workspace.calls.append(call)
        self.workspace.changes.note()
        fault = await self.faults.met(call.method, arguments)
        if fault is None or (fault.kind == "break" and fault.applied):
            call.answer, call.status = self._answer(call, token), 200
        if fault is not None:
            call.answer, call.status = _faulty(fault)
        call.done_at = time.perf_counter()
        self.workspace.changes.note()
        return self._sent(request, call, fault)

    def _answer(self, call: Call, token: str) -> Fields:
        try:
            method = self.methods.get(call.method)
            if method is None:
                raise Refused("unknown_method", req_method=call.method)
            self._authorised(method, token)
            if method.scopes:
                self._allowed(method.scopes.split(), call.arguments)
            return {"ok": True, **method.handler(self.workspace, call.arguments)}
        except Refused as refusal:
            return refusal.answer()

    def _authorised(self, method: Method, token: str) -> None:
        if not token:
            raise Refused("not_authed")
        if token not in self.tokens.values():
            raise Refused("invalid_auth")
        if token in self.revoked:
            raise Refused("token_revoked")
        if token != self.tokens[method.token]:
            raise Refused("not_allowed_token_type")

    def _allowed(self, scopes: list[str], arguments: Mapping[str, Any]) -> None:
        channel = self.workspace.channels.get(str(arguments.get("channel")))
        by_kind = {f"{prefix}:{what}" for prefix in BY_KIND.values() for what in ("history", "read")}
        if channel is not None and set(scopes) <= by_kind:
            scopes = [scope for scope in scopes if scope.startswith(f"{BY_KIND[channel.kind]}:")]
        if not self.workspace.scopes & set(scopes):
            provided = ",".join(sorted(self.workspace.scopes))
            raise Refused("missing_scope", needed=scopes[0], provided=provided)

    def _sent(self, request: web.Request, call: Call, fault: Fault | None) -> web.StreamResponse:
        if fault is not None and fault.kind == "break" and fault.status == 0:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault is not None and fault.kind == "break":
            return web.Response(
                status=fault.status, text="<html>upstream error</html>", content_type="text/html"
            )
        headers = {
            "x-oauth-scopes": ",".join(sorted(self.workspace.scopes)),
            "x-slack-req-id": f"{id(call):x}",
        }
        if fault is not None and fault.kind == "limit":
            headers["Retry-After"] = f"{fault.seconds:g}"
        return web.json_response(call.answer, status=call.status, headers=headers)


def _faulty(fault: Fault) -> tuple[Fields | None, int]:
    if fault.kind == "fail":
        return {"ok": False, "error": fault.error, **fault.fields}, 200
    if fault.kind == "limit":
        return {"ok": False, "error": "ratelimited"}, 429
    return None, fault.status


async def _arguments(request: web.Request) -> Fields:
    """Query, form or JSON body as one mapping; what Slack takes as JSON inside a form is parsed."""
    arguments: Fields = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        arguments |= _parsed(body)
    elif request.method == "POST":
        arguments |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for name in JSON_ARGUMENTS:
        if isinstance(arguments.get(name), str):
            try:
                arguments[name] = json.loads(arguments[name])
            except ValueError:
                continue
    return arguments


def _parsed(body: str) -> Fields:
    try:
        parsed = json.loads(body or "{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _token(request: web.Request, arguments: Fields) -> str:
    given = str(arguments.pop("token", ""))
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() or given
