"""Carries out what people tell the bot by a command instead of asking it."""

from collections.abc import Awaitable, Callable

from bot.channels import forgetting
from bot.channels.forgetting import Purge
from bot.channels.ports import Ledger
from bot.channels.replying import quietly
from bot.model import Place

HELP = """\
Ask me about the documentation: mention me in a channel, write to me, or use {asking}. \
In a thread that I have answered in you can go on without a mention.

`{command} forget me` removes what I keep of your questions and votes. \
`{command} triage` shows the support team what is open. `{command} pause` and `{command} resume` stop and \
start me here, `{command} reindex` reads the documentation anew; the last three are for admins."""
ASKING = "`{command} your question` for an answer that only you see"
ASKING_ON = {"discord": "`/ask your question`, with `private` for an answer that only you see"}
"""Where a platform has another command to ask by."""
NOT_ADMIN = "Only admins may do that."
PAUSED = "I am paused: I answer nobody here until `{command} resume`."
RESUMED = "I am awake again."
NO_INDEXING = "This process does not index; run `docent index` where it does."

Reindex = Callable[[str], Awaitable[str]]
"""Starts an indexing run for the reason given; a sentence that says what came of that."""
Withdrawn = Callable[[str], Awaitable[None]]
"""Lets the card of a question say that it is gone, if there is one. Raises LedgerUnavailable."""
FORGET = "forget-me"
"""In one word, for platforms whose commands are."""


class Commands:
    """The words that are no questions; ``triage`` is carried out by the surface, which shows the list."""

    WORDS = ("help", FORGET, "triage", "pause", "resume", "reindex")

    def __init__(
        self,
        *,
        ledger: Ledger,
        clock: Callable[[], float],
        reindex: Reindex | None = None,
        name: str = "/docent",
        withdrawn: Withdrawn | None = None,
    ) -> None:
        self._ledger, self._clock, self._reindex, self._name = ledger, clock, reindex, name
        self._withdrawn = withdrawn

    def word(self, text: str) -> str:
        """The command that ``text`` is; empty where it is a question."""
        word = " ".join(text.lower().split())
        word = FORGET if word == FORGET.replace("-", " ") else word
        return "help" if not word else word if word in self.WORDS else ""

    async def run(self, word: str, place: Place, person: str, *, admin: bool) -> str:
        """Do it; what the person reads then. Raises LedgerUnavailable."""
        if word == "help":
            asking = ASKING_ON.get(place.platform, ASKING).format(command=self._name)
            return HELP.format(command=self._name, asking=asking)
        if word == FORGET:
            return await self._forget(place, person)
        if not admin:
            return NOT_ADMIN
        if word == "reindex":
            return await self._reindex(f"asked for by {person}") if self._reindex else NO_INDEXING
        await self._ledger.pause(place, paused=word == "pause", by=person, now=self._clock())
        return PAUSED.format(command=self._name) if word == "pause" else RESUMED

    async def _forget(self, place: Place, person: str) -> str:
        purged = await self._ledger.purge(Purge(platform=place.platform, person=person))
        if (say := self._withdrawn) is not None:
            for ref in purged.withdrawn:
                await quietly(say(ref))
        return forgetting.told(purged)
