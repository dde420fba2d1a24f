"""Looks at the support team's channel in Slack: whether it is there, and the bot in it."""

from collections.abc import Mapping
from typing import Any

from adapters.slack.chat import SlackRefused, speaking, translated
from bot.checking import Check
from bot.errors import SurfaceUnavailable

NAME = "slack team"
UNKNOWN = (
    "Slack shows the bot no channel {channel}. Check [triage] slack_channel (an id such as C0123ABCD); "
    "into a private channel the bot has to be invited first (/invite)."
)
OUTSIDE = "The bot is no member of the team's channel #{name}: write /invite and the bot's name there."
ARCHIVED = "The team's channel #{name} is archived: open it again, or set [triage] slack_channel to another."


async def check_team(channel: str, *, bot_token: str, api_url: str, proxy: str = "") -> Check:
    """What there is of the channel of this id."""
    try:
        async with speaking(bot_token, api_url=api_url, proxy=proxy) as chat:
            with translated():
                found = (await chat.web.conversations_info(channel=channel))["channel"]
    except SurfaceUnavailable as error:
        if isinstance(error, SlackRefused) and error.code == "channel_not_found":
            return Check(name=NAME, status="fail", detail=UNKNOWN.format(channel=channel))
        detail = f"The team's channel {channel} cannot be looked at: {error.reason}."
        return Check(name=NAME, status="warn", detail=detail)
    return joined(found)


def joined(channel: Mapping[str, Any]) -> Check:
    """Whether cards can be posted in a channel, as conversations.info gives it (pure)."""
    name = str(channel.get("name") or channel.get("id"))
    if channel.get("is_archived"):
        return Check(name=NAME, status="fail", detail=ARCHIVED.format(name=name))
    if not channel.get("is_member"):
        return Check(name=NAME, status="fail", detail=OUTSIDE.format(name=name))
    return Check(name=NAME, status="ok", detail=f"#{name}")
