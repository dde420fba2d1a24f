"""The gateway: HELLO, IDENTIFY and RESUME, heartbeats, events, and all the ways in which it ends."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from discordd import intents, lookups
from discordd.asked import Asked
from discordd.guild import Guild
from discordd.records import APP, BOT, GUILD, Fields
from discordd.sessions import Event, Link, Session
from discordd.shapes import as_guild, as_member, as_user

HEARTBEAT, IDENTIFY, RESUME, RECONNECT, MEMBERS = 1, 2, 6, 7, 8
INVALID, HELLO, ACK = 9, 10, 11
STARTS = 1000


class Gateway:
    """All sessions of the app."""

    def __init__(self, guild: Guild, token: str) -> None:
        self.guild, self.token = guild, token
        self.base = ""
        self.revoked = False
        self.heartbeat_seconds = 41.25
        self.links: list[Link] = []
        """Closed ones too."""
        self.sessions: dict[str, Session] = {}
        self.events: list[Event] = []
        self.identified: list[Fields] = []
        """The IDENTIFYs so far, without their token, with ``at`` of time.perf_counter()."""
        self.resumed: list[Fields] = []
        self.replayed = 0
        """How many missed events were sent again on RESUMEs."""
        guild.announce = self.announce

    @property
    def live(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.connected]

    def announce(self, kind: str, data: Fields) -> Event:
        """Tells all sessions of an event, those that are away for the moment too."""
        event = Event(kind=kind, data=data)
        self.events.append(event)
        self.tell(event)
        return event

    def tell(self, event: Event) -> None:
        """Sends an event to the sessions that get it, once more where it was sent before."""
        for session in self.sessions.values():
            data = intents.told(self.guild, session.intents, session.shard, event.kind, event.data)
            if data is not None and not session.forgotten:
                session.tell(event.kind, data)
                event.told.append(session.id)
        self.guild.changes.note()

    def address(self, guild: Guild, asked: Asked) -> Fields:
        """GET /gateway/bot."""
        left = STARTS - len(self.identified)
        limit = {"total": STARTS, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
        return {"url": f"{self.base}/gateway", "shards": 1, "session_start_limit": limit}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse(max_msg_size=4096 * 4)
        await ws.prepare(request)
        link = Link(ws, request)
        self.links.append(link)
        writing = asyncio.create_task(link.write())
        interval = {"heartbeat_interval": int(self.heartbeat_seconds * 1000), "_trace": []}
        link.put({"op": HELLO, "d": interval, "s": None, "t": None})
        with suppress(ConnectionError):
            async for message in ws:
                if message.type == WSMsgType.TEXT:
                    self._said(link, message.data)
        self._over(link)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        return ws

    def _over(self, link: Link) -> None:
        """A connection ended; the client that closes with 1000 or 1001 gives its session up."""
        link.alive = False
        session = link.session
        if session is not None and session.link is link:
            given_up = link.close_code == 0 and link.ws.close_code in (1000, 1001)
            session.forgotten = session.forgotten or given_up
        self.guild.changes.note()

    def _said(self, link: Link, text: str) -> None:
        try:
            frame = json.loads(text)
            op, data = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            link.close(4002)
            return
        if op == HEARTBEAT:
            link.heartbeats += 1
            link.put({"op": ACK, "d": None, "s": None, "t": None})
        elif op == IDENTIFY:
            self._identify(link, data)
        elif op == RESUME:
            self._resume(link, data)
        elif link.session is None:
            link.close(4003)
        elif op == MEMBERS:
            self._members(link.session, data)
        self.guild.changes.note()

    def _refused(self, link: Link, data: Any, wanted: int) -> int:
        """The close code for somebody who may not come in; 0 for who may."""
        if self.revoked or str(data.get("token", "")).removeprefix("Bot ") != self.token:
            return 4004
        if link.session is not None:
            return 4005
        return 4014 if intents.disallowed(self.guild, wanted) else 0

    def _identify(self, link: Link, data: Fields) -> None:
        wanted = int(data.get("intents") or 0)
        public = {key: value for key, value in data.items() if key != "token"}
        self.identified.append({**public, "at": time.perf_counter()})
        if code := self._refused(link, data, wanted):
            link.close(code)
            return
        number, count = data.get("shard") or (0, 1)
        session = Session(id=f"{self.guild.snowflake():x}", intents=wanted, shard=(number, count), link=link)
        self.sessions[session.id] = link.session = session
        session.tell("READY", self._ready(session))
        if wanted & intents.GUILDS and (GUILD >> 22) % count == number:
            session.tell("GUILD_CREATE", as_guild(self.guild))

    def _ready(self, session: Session) -> Fields:
        application = {"id": str(APP), "flags": lookups.flags(self.guild)}
        shape: Fields = {"v": 10, "user": as_user(self.guild.users[BOT]), "application": application}
        shape |= {"guilds": [{"id": str(GUILD), "unavailable": True}], "session_type": "normal"}
        shape |= {"session_id": session.id, "resume_gateway_url": f"{self.base}/resume"}
        return {**shape, "shard": list(session.shard), "private_channels": [], "relationships": []}

    def _resume(self, link: Link, data: Fields) -> None:
        self.resumed.append({"seq": data.get("seq"), "path": link.path, "at": time.perf_counter()})
        if self.revoked or str(data.get("token", "")).removeprefix("Bot ") != self.token:
            link.close(4004)
            return
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or session.forgotten or int(data.get("seq") or 0) > session.sequence:
            link.put({"op": INVALID, "d": False, "s": None, "t": None})
            return
        session.link, link.session = link, session
        self.replayed += session.replay(int(data.get("seq") or 0))
        session.tell("RESUMED", {"_trace": []})

    def _members(self, session: Session, data: Fields) -> None:
        wanted = {str(user) for user in data.get("user_ids") or []}
        people = [user for user in self.guild.users.values() if not wanted or str(user.id) in wanted]
        shape: Fields = {"guild_id": str(GUILD), "members": [as_member(user) for user in people]}
        shape |= {"chunk_index": 0, "chunk_count": 1, "not_found": []}
        session.tell("GUILD_MEMBERS_CHUNK", {**shape, "nonce": data.get("nonce")})

    def disconnect(self, code: int | None, *, forget: bool = False) -> None:
        """Asks all connections to come again (None), or closes them with a code."""
        for session in self.live:
            session.forgotten = session.forgotten or forget
            if session.link is None:
                continue
            if code is None:
                session.link.put({"op": RECONNECT, "d": None, "s": None, "t": None})
            else:
                session.link.close(code)

    def invalidate(self, *, resumable: bool) -> None:
        """Ends all sessions by op 9."""
        for session in self.live:
            session.forgotten = session.forgotten or not resumable
            if session.link is not None:
                session.link.put({"op": INVALID, "d": resumable, "s": None, "t": None})

    def drop(self) -> None:
        """Cuts all connections."""
        for link in self.links:
            if link.alive:
                link.cut()

    @property
    def busy(self) -> bool:
        return any(link.busy for link in self.links)

    async def close(self) -> None:
        """Closes all connections."""
        async with asyncio.timeout(5):
            closing = (link.ws.close(code=1001) for link in self.links if link.alive)
            await asyncio.gather(*closing, return_exceptions=True)
