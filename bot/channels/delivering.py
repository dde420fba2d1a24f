"""Brings the end of an answer to its readers, however often the platform has to be asked."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.channels import phrases
from bot.channels.ports import Reply
from bot.errors import SurfaceUnavailable
from bot.model import Answer

log = logging.getLogger(__name__)
PAUSES = (5.0, 10.0, 15.0, 30.0) + (60.0,) * 14
"""Seconds between one try and the next while a platform is away: a quarter of an hour in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is shown at the end of an answer: all of it, or a sentence that says why there is none."""

    answer: Answer | None = None
    notices: Sequence[str] = ()
    sentence: str = ""
    written: str = ""
    """The words that were shown already when no more came; the sentence stands behind them."""


class Delivery:
    """One answer on its way, by one reply after another: what became of a try that broke is not known."""

    def __init__(
        self,
        reply: Reply,
        again: Callable[[], Awaitable[Reply]],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """``again`` gives a new reply that goes on with the same messages."""
        self.reply = reply
        self._again, self._sleep = again, sleep

    async def bring(self, ending: Ending) -> Ending | None:
        """Show ``ending``, and give what was shown; None where the platform refuses it, or stays away."""
        pauses = iter(PAUSES)
        while True:
            try:
                return await self._shown(ending)
            except SurfaceUnavailable as error:
                log.warning("not delivered", extra={"reason": error.reason, "passing": error.passing})
                pause = next(pauses, None)
                if pause is None or not error.passing:
                    return None
            await self.reply.leave()
            await self._sleep(pause)
            self.reply = await self._again()
            if ending.written:
                await self.reply.write(ending.written)

    async def _shown(self, ending: Ending) -> Ending:
        if ending.answer is None:
            await self.reply.fail(ending.sentence)
            return ending
        try:
            await self.reply.finish(ending.answer, ending.notices)
        except SurfaceUnavailable:
            raise
        except Exception:
            log.exception("defect while an answer was shown")
            return await self._shown(Ending(sentence=phrases.DEFECT))
        return ending
