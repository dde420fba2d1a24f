"""The sentences people read on a surface beside an answer."""

from collections.abc import Collection

PAUSED = "I am paused here. Somebody who looks after this workspace can wake me with `/docent resume`."
STRANGER = "I may only answer certain people here. Please ask who looks after this workspace."
TOO_MANY = "That is a lot of questions in one minute. Please wait a little and ask again."
LEDGER_DOWN = "I cannot take questions at the moment. Please ask again in a few minutes."
GIVEN_UP = "I was interrupted while I answered this, and could not finish. Please ask again."
DEFECT = "Something went wrong on my side. Please ask again."
INCOMPLETE = "The answer above is incomplete."


def elsewhere(channels: Collection[str]) -> str:
    """Says in which channels questions are taken; both platforms show ``<#id>`` as a channel's name."""
    named = " or ".join(f"<#{channel}>" for channel in sorted(channels)[:5])
    return f"I do not take questions in this channel. Ask me in {named}, please."
