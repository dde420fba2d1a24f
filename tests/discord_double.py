"""A small Discord on a loopback port: the real discord.py talks to it, and tests say what people do.

    async with DiscordDouble() as discord:
        with pointed_at(discord.api_url, discord.gateway_url):
            ... client.start(discord.token) ...
            await discord.connected()
            asked = await discord.says("ANN", "GENERAL", "<@BOT> how is data stored?")
            answer = await discord.answered(asked)
            assert "object storage" in answer.words
            pressed = await discord.clicks("ANN", answer, "Helpful")

People: ANN, BEN, EVA (an administrator), CIBOT (another program), BOT itself. Roles: DOCENT (the bot's
own), MODERATORS. Channels: GENERAL, RANDOM; PRIVATE, which the bot was let into; SECRET, which it does
not see; READONLY, where it may not write; FLAT, where it may start no threads; HELP_FORUM; DM_ANN is
Ann's conversation with the bot. Ids do as well, and are ``int`` everywhere; a thread's id is that of
the message that it started from, a forum post's that of its first message.
``discord.guild.user("ANN")`` and ``discord.guild.channel("GENERAL")`` give the people and places themselves,
so that a test can change them: a ``locale``, ``takes_dms``, the ``overwrites`` of a channel.
"""

from typing import Self

from aiohttp import web

from discordd.commands import Commands, Registration
from discordd.faults import Faults, Gate
from discordd.gateway import Gateway
from discordd.guild import Guild
from discordd.interaction import Interaction
from discordd.interactions import Interactions
from discordd.people import People
from discordd.pointing import pointed_at
from discordd.ratelimits import RateLimits
from discordd.reading import Shown
from discordd.records import APP, BOT, BOT_ROLE, GUILD, Call, Fields, Ping, Typing
from discordd.seen import Seen
from discordd.sessions import Event, Session
from discordd.web_api import WebApi

__all__ = [
    "APP",
    "BOT",
    "BOT_ROLE",
    "GUILD",
    "Call",
    "DiscordDouble",
    "Event",
    "Gate",
    "Interaction",
    "Ping",
    "Registration",
    "Session",
    "Shown",
    "Typing",
    "pointed_at",
]


class DiscordDouble:
    """The server; ``async with`` starts and stops it.

    ``content`` and ``members`` tell whether the application has these privileged intents, ``window``
    how many seconds a limit of five posts or five edits in a channel lasts (5 at Discord's).
    """

    token = "NjIyMjIyMjIyMjIyMjIyMjIy.GdBl3s.D1sc0rdD0ubleB0tSecretForTestsOnly"

    def __init__(self, *, content: bool = True, members: bool = False, window: float = 5.0) -> None:
        self.guild = Guild()
        self.guild.content_granted, self.guild.members_granted = content, members
        self.changes = self.guild.changes
        self.faults = Faults(self.changes)
        self.rate_limits = RateLimits(window)
        self.application_commands = Commands(self.guild)
        self.interactions = Interactions(self.guild)
        self.gateway = Gateway(self.guild, self.token)
        self.api = WebApi(
            self.guild,
            self.faults,
            self.rate_limits,
            self.interactions,
            self.application_commands,
            self.token,
        )
        self.api.routes[("GET", "/gateway/bot")] = self.gateway.address
        people = People(self.guild, self.gateway, self.interactions, self.application_commands)
        self._lend(people, Seen(self.guild, self.gateway))

    def _lend(self, people: People, seen: Seen) -> None:
        """The parts' methods under the double's own name, so that a test needs one object only."""
        self.says, self.edits, self.deletes, self.unfurls = (
            people.says,
            people.edits,
            people.deletes,
            people.unfurls,
        )
        self.posts_in_forum, self.starts_thread = people.posts_in_forum, people.starts_thread
        self.deletes_channel, self.archives = people.deletes_channel, people.archives
        self.reacts, self.unreacts = people.reacts, people.unreacts
        self.lets_in, self.shuts_out = people.lets_in, people.shuts_out
        self.commands, self.context_menu = people.commands, people.context_menu
        self.clicks, self.submits = people.clicks, people.submits
        self.message, self.thread, self.channel = seen.message, seen.thread, seen.channel
        self.answers, self.ephemerals = seen.answers, seen.ephemerals
        self.calls, self.sent = seen.calls, seen.sent
        self.until, self.answered = seen.until, seen.answered
        self.connected, self.idle = seen.connected, seen.idle
        faults = self.faults
        self.fails, self.limits, self.breaks = faults.fails, faults.limits, faults.breaks
        self.delays, self.holds = faults.delays, faults.holds

    async def __aenter__(self) -> Self:
        server = web.Application(client_max_size=64 * 2**20)
        self.api.mount(server, "/api/v10")
        server.router.add_get("/gateway", self.gateway.serve)
        server.router.add_get("/resume", self.gateway.serve)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        self.api_url = f"http://127.0.0.1:{self.port}/api/v10"
        self.gateway.base = f"ws://127.0.0.1:{self.port}"
        self.gateway_url = f"{self.gateway.base}/gateway"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.faults.clear()
        await self.gateway.close()
        await self._runner.cleanup()

    @property
    def typing(self) -> list[Typing]:
        """Who was seen typing, where and when, oldest first."""
        return self.guild.typing

    @property
    def pings(self) -> list[Ping]:
        """Everybody whom messages and edits of the bot notified."""
        return self.guild.pings

    @property
    def commands_registered(self) -> list[Fields]:
        """The application commands as they stand."""
        return self.application_commands.registered

    @property
    def registrations(self) -> list[Registration]:
        """Each time that commands were registered, with how many of them were new."""
        return self.application_commands.registrations

    @property
    def identifies(self) -> int:
        """How often the app began a session, which Discord allows 1,000 times a day."""
        return len(self.gateway.identified)

    @property
    def resumes(self) -> int:
        """How often the app took up a session again."""
        return len(self.gateway.resumed)

    @property
    def sessions(self) -> list[Session]:
        """The sessions that are connected now."""
        return self.gateway.live

    @property
    def violations(self) -> list[Call]:
        """Calls that came although the rate limits' headers forbade them."""
        return self.rate_limits.violations

    def disconnects(self, code: int | None = None, *, forget: bool = False) -> None:
        """Asks the app to come again (op 7), or closes its connections with a code, such as 4000 or 4004.

        With ``forget`` the session is gone, so that a RESUME is answered by op 9.
        """
        self.gateway.disconnect(code, forget=forget)

    def invalidates(self, *, resumable: bool = False) -> None:
        """Ends the sessions by op 9."""
        self.gateway.invalidate(resumable=resumable)

    def drops(self) -> None:
        """Cuts the connections without a word; what is missed is told on a RESUME."""
        self.gateway.drop()

    def redelivers(self, event: Event | None = None, times: int = 1) -> Event:
        """Sends an event (by default the last) again."""
        again = event or self.gateway.events[-1]
        for _ in range(times):
            self.gateway.tell(again)
        return again

    def event(self, kind: str, **fields: object) -> Event:
        """Sends an event of any shape, malformed ones too."""
        return self.gateway.announce(kind, fields)

    def revokes(self) -> None:
        """Takes the token back: calls get 401, new connections 4004."""
        self.api.revoked = self.gateway.revoked = True

    def expires_interactions(self) -> None:
        """Lets the time of all interactions be over: three seconds, or fifteen minutes where answered."""
        for interaction in self.interactions.all.values():
            interaction.expired = True
