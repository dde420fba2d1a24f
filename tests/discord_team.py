"""What tests of the support team in Discord say and look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.model import Passage
from bot.support.handoff_ports import Triager
from bot.support.handoffs import Case
from bot.support.team_rules import TeamRules
from discord_bot import ASKED, Bot, closed
from discord_double import DiscordDouble, Interaction, Shown

ANN, BEN, EVA = (f"7{number:017}" for number in (1, 2, 3))
MODERATORS = "644444444444444444"
TEAM = "800000000000000003"
"""PRIVATE, which a test lets BEN into; EVA sees everything."""
RANDOM = "800000000000000002"
LABELS = ("Claim", "Reply", "Ask for details", "Resolve", "Not support")
HOSTILE = (
    f"@everyone @here <@{ANN}> <@&{MODERATORS}> **x* `y` ||z|| <b>b</b> [docs](https://evil.example) "
    "https://evil.example/x # h\n> q\n```\nopen"
)


@dataclass(frozen=True)
class Sorted:
    category: str = "bug"
    severity: str = "high"
    component: str = "backup"
    confidence: float = 0.8
    summary: str = "The backup of a cluster fails"


def sorts(**fields: str) -> Triager:
    async def triager(message: str, passages: Sequence[Passage]) -> Sorted:
        return Sorted(**fields)

    return triager


def rules(**fields: Any) -> TeamRules:
    return TeamRules(**({"channels": {"discord": TEAM}} | fields))


def cards(discord: DiscordDouble) -> list[Shown]:
    return [message for message in discord.channel("PRIVATE") if message.embeds == () and not message.text]


def remarks(discord: DiscordDouble) -> list[Shown]:
    return [message for message in discord.channel("PRIVATE") if message.text]


async def asked_for(
    discord: DiscordDouble, bot: Bot, text: str = ASKED, person: str = "ANN"
) -> tuple[int, int]:
    """A question whose asker wants a person; its id, and the card's."""
    before = len(cards(discord))
    asked = await discord.says(person, "GENERAL", text)
    answer = await discord.answered(asked)
    await closed(bot, discord, asked)
    await discord.clicks(person, answer, "Get a human")
    card = (await discord.until(lambda: cards(discord)[before:]))[0]
    return asked, card.id


async def pressed(discord: DiscordDouble, person: str, card: int, button: str) -> Interaction:
    return await discord.clicks(person, card, button)


async def filled(discord: DiscordDouble, person: str, card: int, button: str, text: str) -> Interaction:
    """Somebody presses a button and fills in its modal; all that comes of it is there."""
    opened = await discord.clicks(person, card, button)
    before = discord.message(card).edited
    sent = await discord.submits(person, opened, {"text": text})
    # What is done is drawn last; what is not done is said.
    await discord.until(lambda: sent.responses or discord.message(card).edited > before)
    await discord.idle()
    return sent


def words(discord: DiscordDouble, card: int) -> str:
    return discord.message(card).words


def said(discord: DiscordDouble, thread: int | str) -> str:
    return "\n".join(answer.words for answer in discord.answers(thread))


async def the_case(bot: Bot, *, over: bool = False) -> Case:
    (case,) = await bot.ledger.hand_offs.listed(over=over, limit=5)
    return case
