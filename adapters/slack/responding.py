"""Answers people who pressed or typed something, also where that failed."""

import logging
from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncRespond

from adapters.slack.blocks import Block, section
from adapters.slack.chat import Chat, translated
from bot.channels import phrases
from bot.channels.replying import quietly
from bot.errors import LedgerUnavailable, SurfaceUnavailable

log = logging.getLogger(__name__)


async def say(respond: AsyncRespond, text: str, blocks: Sequence[Block] = ()) -> None:
    """Show a message to who pressed or typed. Raises SurfaceUnavailable.

    Slack takes five responses to one press, within half an hour; what comes then it refuses.
    """
    with translated():
        taken = await respond(
            text=text,
            blocks=list(blocks) or None,
            response_type="ephemeral",
            replace_original=False,
            unfurl_links=False,
        )
    if taken.status_code != 200:
        reason = f"Slack took no response (status {taken.status_code})"
        raise SurfaceUnavailable(reason, passing=taken.status_code >= 500)


class Apology:
    """What becomes of everything that goes wrong in a handler: a line in the log, and a sentence."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def listen(self, app: AsyncApp) -> None:
        """Register with ``app``."""
        app.error(self._failed)

    async def _failed(
        self, error: Exception, body: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond
    ) -> None:
        said = phrases.DEFECT
        match error:
            case LedgerUnavailable():
                log.error("ledger not reached", extra={"reason": error.reason})
                said = phrases.LEDGER_DOWN
            case SurfaceUnavailable():
                log.warning("not done", extra={"reason": error.reason})
            case _:
                log.error("defect in a handler", exc_info=error)
        # Whoever wrote a message that was not understood need not have meant us.
        if body.get("type") == "event_callback" or not context.user_id:
            return
        if context.response_url:
            await quietly(say(respond, said))
        else:
            await quietly(self._write(context.user_id, said))

    async def _write(self, person: str, said: str) -> None:
        await self._chat.post(person, "", said, [section(said)])
