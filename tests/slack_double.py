"""A small Slack on a loopback port: the real SDK and Bolt talk to it, and tests say what people do.

    async with SlackDouble() as slack:
        ... AsyncWebClient(token=slack.bot_token, base_url=slack.api_url), slack.app_token ...
        await slack.connected()
        ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> how is data stored?")
        answer = await slack.answered("C_GENERAL", ts)
        assert "object storage" in answer.words
        pressed = await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Helpful")

People: U_ANN, U_BEN, U_EVA (an admin), U_OLGA (of another workspace), U_CIBOT (a program), BOT itself.
Channels: C_GENERAL, C_RANDOM, C_PRIVATE with the bot; C_ABSENT, C_SECRET without; C_OLD is archived;
D_ANN is Ann's conversation with the bot. Real ids do as well; payloads hold nothing else.
"""

from typing import Literal

from aiohttp import web

from slackd import payloads, streams, views
from slackd.acts import Acts, Interaction
from slackd.deliveries import Deliveries, Delivery
from slackd.faults import Faults, Gate
from slackd.people import People
from slackd.reading import Shown
from slackd.records import APP, BOT, BOT_ID, TEAM, Call, Status, View
from slackd.responses import ResponseUrls
from slackd.seen import Seen
from slackd.signed_http import Signature, SignedHttp, encoded
from slackd.sockets import Socket, Sockets
from slackd.web_api import Method, WebApi
from slackd.workspace import Workspace

__all__ = ["APP", "BOT", "BOT_ID", "TEAM", "Call", "Delivery", "Gate", "Interaction", "Shown", "SlackDouble"]


class SlackDouble:
    """The server; ``async with`` starts and stops it. ``seed`` decides which socket gets what."""

    bot_token = "xoxb-1111111111-2222222222-SlackDoubleBotSecret"
    app_token = "xapp-1-A0DOCENT01-3333333333-SlackDoubleAppSecret"
    signing_secret = "5lackd0ub1e51gn1ng5ecret00000000"

    def __init__(self, seed: int = 0) -> None:
        self.workspace = Workspace(seed)
        self.changes = self.workspace.changes
        self.faults = Faults(self.changes)
        self.deliveries = Deliveries(self.workspace)
        self.urls = ResponseUrls(self.workspace, self.faults)
        self.acts = Acts(self.workspace, self.deliveries, self.urls)
        self.web_sockets = Sockets(self.workspace, self.deliveries)
        self.http = SignedHttp(self.deliveries, self.signing_secret)
        self.deliveries.route = self.web_sockets
        tokens = {"bot": self.bot_token, "app": self.app_token}
        self.api = WebApi(self.workspace, self.faults, tokens)
        self.api.methods["apps.connections.open"] = Method(self.web_sockets.open_url, token="app")

        self._lend(People(self.workspace, self.acts), Seen(self.workspace, self.deliveries, self.web_sockets))

    def _lend(self, people: People, seen: Seen) -> None:
        """The parts' methods under the double's own name, so that a test needs one object only."""
        self.says, self.edits, self.deletes, self.unfurls = (
            people.says,
            people.edits,
            people.deletes,
            people.unfurls,
        )
        self.reacts, self.invites = people.reacts, people.invites
        self.opens_assistant, self.opens_home = people.opens_assistant, people.opens_home
        self.commands, self.shortcuts = people.commands, people.shortcuts
        self.clicks, self.clicks_view = people.clicks, people.clicks_view
        self.submits, self.closes = people.submits, people.closes
        self.message, self.thread, self.channel = seen.message, seen.thread, seen.channel
        self.answers, self.ephemerals = seen.answers, seen.ephemerals
        self.calls, self.sent = seen.calls, seen.sent
        self.until, self.answered = seen.until, seen.answered
        self.connected, self.idle = seen.connected, seen.idle
        faults = self.faults
        self.fails, self.limits, self.breaks = faults.fails, faults.limits, faults.breaks
        self.delays, self.holds = faults.delays, faults.holds

    async def __aenter__(self) -> "SlackDouble":
        server = web.Application(client_max_size=16 * 2**20)
        server.router.add_route("*", "/api/{method}", self.api.serve)
        server.router.add_post("/response/{key}", self.urls.serve)
        server.router.add_get("/link/", self.web_sockets.serve)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        self.api_url = f"http://127.0.0.1:{self.port}/api"
        self.urls.base = f"http://127.0.0.1:{self.port}"
        self.web_sockets.base = f"ws://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.faults.clear()
        await self.deliveries.close()
        await self.web_sockets.close()
        await self.http.close()
        await self._runner.cleanup()

    @property
    def statuses(self) -> list[Status]:
        """All statuses so far, the empty ones that ended them included."""
        return self.workspace.statuses

    @property
    def views(self) -> list[View]:
        """Open modals and homes, oldest first."""
        return [view for view in self.workspace.views.values() if view.open]

    @property
    def sockets(self) -> list[Socket]:
        """The connections that are open now."""
        return self.web_sockets.live

    def status(self, channel: str, thread_ts: str) -> str:
        """What a thread's status says now."""
        return self.workspace.status_of(self.workspace.channel(channel).id, thread_ts)

    def home(self, user: str) -> View | None:
        """The home that the app published for somebody."""
        return views.home_of(self.workspace, self.workspace.user(user).id)

    def expires_streams(self) -> int:
        """Closes all open streams, as Slack does after about five minutes; gives how many."""
        return streams.expire(self.workspace)

    def expires_triggers(self) -> None:
        """Lets the three seconds of all trigger ids be over."""
        views.expire_triggers(self.workspace)

    def expires_responses(self) -> None:
        """Lets the half hour of all response URLs be over."""
        for door in self.urls.doors.values():
            door.expired = True

    def revokes(self, which: Literal["bot", "app", "both"] = "bot") -> None:
        """Takes the tokens back."""
        for name, token in self.api.tokens.items():
            if which in (name, "both"):
                self.api.revoked.add(token)

    async def disconnects(
        self,
        reason: Literal["warning", "refresh_requested"] = "refresh_requested",
        socket: Socket | None = None,
    ) -> None:
        """Asks the app to leave a connection, or all."""
        await self.web_sockets.disconnect(reason, socket)

    def drops(self, socket: Socket | None = None) -> None:
        """Cuts a connection, or all; what was not acknowledged goes to another at once."""
        self.web_sockets.drop(socket)

    async def pings(self) -> None:
        """Pings all connections and waits for the pongs."""
        await self.web_sockets.ping()

    async def posts_to(self, url: str) -> None:
        """From now on everything goes to this address, signed; it is asked to prove itself first."""
        await self.http.verify(url)
        self.deliveries.route = self.http

    async def forges(self, delivery: Delivery, signature: Signature) -> int:
        """Posts something again with this signature; gives the status of the answer."""
        body, kind = encoded(delivery)
        return (await self.http.post(body, kind, {}, signature))[0]

    async def redelivers(
        self,
        event: Delivery | None = None,
        times: int = 1,
        sockets: Literal["any", "same", "another", "all"] = "any",
    ) -> Delivery:
        """Sends an event (by default the last) again, as a retry, though it may be acknowledged."""
        again = event or self.sent()[-1]
        first = len(again.attempts)
        for number in range(first, first + times):
            await self._resend(again, number, sockets)
        return again

    async def _resend(self, again: Delivery, retry: int, sockets: str) -> None:
        last = again.attempts[-1].via if again.attempts else None
        if sockets == "all":
            for socket in self.sockets:
                await self.web_sockets.send_to(socket, again, retry, "timeout")
        elif sockets == "same" and isinstance(last, Socket):
            await self.web_sockets.send_to(last, again, retry, "timeout")
        else:
            await self.deliveries.send(again, retry, "timeout", last if sockets == "another" else None)

    def event(self, **fields: object) -> Delivery:
        """Sends an event of any shape, malformed ones too."""
        return self.deliveries.deliver("events_api", payloads.event_callback(self.workspace, fields))
