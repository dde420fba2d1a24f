"""The HTTP API itself: tokens, faults, rate limits, the record of calls, and which handler answers."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from discordd import lookups, messages, threads
from discordd.asked import Asked, read
from discordd.commands import Commands
from discordd.faults import Fault, Faults
from discordd.guild import Guild
from discordd.interactions import Interactions
from discordd.ratelimits import RateLimits, Verdict
from discordd.records import Call
from discordd.refusal import Refused

Handler = Callable[[Guild, Asked], Any]
Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]
MESSAGE = "/channels/{channel}/messages/{message}"
REACTION = f"{MESSAGE}/reactions/{{emoji}}"
MEMBER = "/channels/{channel}/thread-members/{user}"
ORIGINAL = "/webhooks/{app}/{token}/messages/{message}"
COMMANDS = ("/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands")
ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/users/@me"): lookups.me,
    ("GET", "/users/@me/guilds"): lookups.guilds,
    ("POST", "/users/@me/channels"): lookups.conversation,
    ("GET", "/users/{user}"): lookups.user,
    ("GET", "/oauth2/applications/@me"): lookups.application,
    ("GET", "/applications/@me"): lookups.application,
    ("GET", "/guilds/{guild}"): lookups.the_guild,
    ("GET", "/guilds/{guild}/channels"): lookups.channels,
    ("GET", "/guilds/{guild}/roles"): lookups.roles,
    ("GET", "/guilds/{guild}/members"): lookups.members,
    ("GET", "/guilds/{guild}/members/{user}"): lookups.member,
    ("GET", "/guilds/{guild}/threads/active"): threads.active,
    ("GET", "/channels/{channel}"): threads.channel,
    ("PATCH", "/channels/{channel}"): threads.edit,
    ("DELETE", "/channels/{channel}"): threads.delete,
    ("POST", "/channels/{channel}/typing"): messages.typing,
    ("GET", "/channels/{channel}/messages"): messages.history,
    ("POST", "/channels/{channel}/messages"): messages.create,
    ("GET", MESSAGE): messages.get,
    ("PATCH", MESSAGE): messages.edit,
    ("DELETE", MESSAGE): messages.delete,
    ("GET", REACTION): messages.reactions,
    ("PUT", f"{REACTION}/@me"): messages.react,
    ("DELETE", f"{REACTION}/@me"): messages.unreact,
    ("POST", f"{MESSAGE}/threads"): threads.from_message,
    ("POST", "/channels/{channel}/threads"): threads.without_message,
    ("GET", "/channels/{channel}/threads/archived/public"): threads.archived,
    ("GET", "/channels/{channel}/thread-members"): threads.members,
    ("GET", MEMBER): threads.member,
    ("PUT", MEMBER): threads.join,
    ("DELETE", MEMBER): threads.leave,
}
MAJOR = ("channel", "guild", "token")


class WebApi:
    """Answers everything below ``/api/v10``."""

    def __init__(
        self,
        guild: Guild,
        faults: Faults,
        limits: RateLimits,
        interactions: Interactions,
        commands: Commands,
        token: str,
    ) -> None:
        self.guild, self.faults, self.limits, self.token = guild, faults, limits, token
        self.revoked = False
        self.routes = {**ROUTES, **_interaction_routes(interactions), **_command_routes(commands)}

    def mount(self, server: web.Application, prefix: str) -> None:
        """Puts all routes below ``prefix``; everything else there is unknown."""
        for (method, route), handler in self.routes.items():
            server.router.add_route(method, prefix + route, self._serving(route, handler))
        server.router.add_route("*", prefix + "/{rest:.*}", self._serving("", None))

    def _serving(self, route: str, handler: Handler | None) -> Serve:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route, handler)

        return serve

    async def _serve(self, request: web.Request, route: str, handler: Handler | None) -> web.StreamResponse:
        at = time.perf_counter()
        asked = await read(request)
        path = request.path.partition("/api/v10")[2]
        names = tuple(str(file["filename"]) for file in asked.files)
        call = Call(
            method=request.method,
            route=route or path,
            path=path,
            body=asked.body,
            query=asked.query,
            at=at,
            files=names,
        )
        self.guild.calls.append(call)
        self.guild.changes.note()
        verdict = self.limits.judge(call, "+".join(asked.args.get(key, "") for key in MAJOR))
        fault = None if verdict.refused else await self.faults.met(call)
        if verdict.refused:
            call.answer, call.status = _limited(verdict.retry_after, verdict.everywhere), 429
        elif fault is None or (fault.kind == "break" and fault.applied):
            self._answer(call, asked, handler, request.headers.get("Authorization", ""))
        if fault is not None:
            call.answer, call.status = _faulty(fault)
        call.done_at = time.perf_counter()
        self.guild.changes.note()
        return _sent(request, call, fault, verdict)

    def _answer(self, call: Call, asked: Asked, handler: Handler | None, given: str) -> None:
        try:
            open_to_all = call.route.startswith(("/interactions/", "/webhooks/"))
            if not open_to_all and (given != f"Bot {self.token}" or self.revoked):
                raise Refused(401)
            if handler is None:
                raise Refused(404)
            call.answer = handler(self.guild, asked)
            call.status = 200 if call.answer is not None else 204
        except Refused as refusal:
            call.answer, call.status = refusal.answer(), refusal.status


def _interaction_routes(interactions: Interactions) -> dict[tuple[str, str], Handler]:
    return {
        ("POST", "/interactions/{interaction}/{token}/callback"): interactions.callback,
        ("POST", "/webhooks/{app}/{token}"): interactions.follow,
        ("GET", ORIGINAL): interactions.get,
        ("PATCH", ORIGINAL): interactions.edit,
        ("DELETE", ORIGINAL): interactions.delete,
    }


def _command_routes(commands: Commands) -> dict[tuple[str, str], Handler]:
    routes: dict[tuple[str, str], Handler] = {}
    for route in COMMANDS:
        routes[("GET", route)] = commands.listed
        routes[("PUT", route)] = commands.overwrite
        routes[("POST", route)] = commands.create
        routes[("DELETE", f"{route}/{{command}}")] = commands.delete
    return routes


def _limited(retry_after: float, everywhere: bool, code: int = 0) -> dict[str, Any]:
    message = "You are being rate limited." if not code else Refused(429, code).message
    body = {"message": message, "retry_after": round(retry_after, 3), "global": everywhere}
    return {**body, **({"code": code} if code else {})}


def _faulty(fault: Fault) -> tuple[Any, int]:
    if fault.kind == "fail":
        refusal = Refused(fault.status, fault.code, fault.message, **fault.fields)
        return refusal.answer(), fault.status
    if fault.kind == "limit":
        return _limited(fault.seconds, fault.scope == "global", fault.code), 429
    return None, fault.status


def _sent(request: web.Request, call: Call, fault: Fault | None, verdict: Verdict) -> web.StreamResponse:
    banned = fault is not None and fault.scope == "cloudflare"
    if banned or (fault is not None and fault.kind == "break"):
        if call.status == 0 and request.transport is not None:
            request.transport.abort()
        text = "<html>error code: 1015</html>"
        return web.Response(status=call.status or 500, text=text, content_type="text/html")
    headers = {"Via": "1.1 google", **verdict.headers}
    if call.status == 429 and isinstance(call.answer, dict):
        retry = float(call.answer.get("retry_after", 1))
        everywhere = bool(call.answer.get("global"))
        scope = "global" if everywhere else fault.scope if fault is not None else "user"
        headers |= {"Retry-After": f"{retry:.0f}", "X-RateLimit-Scope": scope}
        headers |= {"X-RateLimit-Global": "true"} if everywhere else {}
    if call.status == 204:
        return web.Response(status=204, headers=headers)
    # Exactly so: discord.py reads nothing as JSON whose type has a character set beside it.
    headers["Content-Type"] = "application/json"
    return web.Response(body=json.dumps(call.answer).encode(), status=call.status, headers=headers)
