"""Speaks to Slack's Web API: one method a call, errors in the core's words."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.blocks import Block
from bot.errors import SurfaceUnavailable

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20
PASSING = {
    "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
    "team_added_to_org", "accesslimited", "org_login_required",
}  # fmt: skip
"""Answers of Slack's after which the same call may work later."""
PAGE = 999
"""Messages or people; the most that Slack gives at once."""
PAGES = 20


class SlackRefused(SurfaceUnavailable):
    """Slack answered and said no; ``code`` is its word for why."""

    def __init__(self, code: str, *, passing: bool) -> None:
        super().__init__(f"Slack says {code}", passing=passing)
        self.code = code


def client(token: str, *, api_url: str, proxy: str = "") -> AsyncWebClient:
    """A client that waits when Slack asks it to, and tries again when a connection breaks."""
    return _client(
        token,
        api_url,
        proxy,
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    )


def _client(token: str, api_url: str, proxy: str, *retries: AsyncRetryHandler) -> AsyncWebClient:
    return AsyncWebClient(
        token=token,
        base_url=f"{api_url}/",
        timeout=TIMEOUT_SECONDS,
        proxy=proxy or None,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=5), *retries],
    )


@asynccontextmanager
async def speaking(token: str, *, api_url: str, proxy: str = "") -> AsyncIterator["Chat"]:
    """Slack's Web API over one session: left to itself the SDK opens a connection for each call."""
    web, once = client(token, api_url=api_url, proxy=proxy), _client(token, api_url, proxy)
    async with aiohttp.ClientSession() as session:
        web.session = once.session = session
        yield Chat(web, once)


@contextmanager
def translated() -> Iterator[None]:
    """Turns the SDK's errors into SurfaceUnavailable."""
    try:
        yield
    except SlackApiError as error:
        raise _refused(error) from error
    except SlackClientError as error:
        raise SurfaceUnavailable(f"Slack's answer was not understood ({type(error).__name__})") from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SurfaceUnavailable(f"Slack does not answer ({type(error).__name__})", passing=True) from error


class Chat:
    """The calls that Docent makes; each raises SurfaceUnavailable, or SlackRefused where Slack said no."""

    def __init__(self, web: AsyncWebClient, once: AsyncWebClient) -> None:
        """``once`` makes the calls that must not be repeated unseen: one that broke may have been heard."""
        self.web, self._once = web, once

    async def post(self, channel: str, thread: str, text: str, blocks: Sequence[Block]) -> str:
        """Post a message into a thread; its ts."""
        with translated():
            posted = await self._once.chat_postMessage(
                channel=channel,
                thread_ts=thread or None,
                text=text,
                blocks=blocks or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        return str(posted["ts"])

    async def update(self, channel: str, ts: str, text: str, blocks: Sequence[Block]) -> None:
        """Put other content into a message."""
        with translated():
            await self.web.chat_update(
                channel=channel, ts=ts, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of ours."""
        with translated():
            await self.web.chat_delete(channel=channel, ts=ts)

    async def whisper(
        self, channel: str, user: str, thread: str, text: str, blocks: Sequence[Block] = ()
    ) -> None:
        """Show a message to one person only."""
        with translated():
            await self.web.chat_postEphemeral(
                channel=channel, user=user, thread_ts=thread or None, text=text, blocks=blocks or None
            )

    async def stream(self, channel: str, thread: str, *, team: str, user: str) -> AsyncChatStream:
        """A message to append to; it exists with the first text. Use it within ``translated()``."""
        # A buffer of one character: what is worth sending is decided by whoever appends.
        return await self._once.chat_stream(
            channel=channel,
            thread_ts=thread,
            recipient_team_id=team,
            recipient_user_id=user,
            buffer_size=1,
        )

    async def stop(self, channel: str, ts: str) -> None:
        """End a stream somebody else began; nothing happens to a message that is none."""
        try:
            with translated():
                await self.web.chat_stopStream(channel=channel, ts=ts)
        except SlackRefused as error:
            log.debug("no stream to stop", extra={"code": error.code})

    async def status(self, channel: str, thread: str, text: str) -> None:
        """Show what is being done, until the next message; empty to show nothing."""
        with translated():
            await self.web.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=text)

    async def suggest(self, channel: str, thread: str, prompts: Sequence[Mapping[str, str]]) -> None:
        """Suggest questions in a conversation of the assistant pane."""
        with translated():
            await self.web.assistant_threads_setSuggestedPrompts(
                channel_id=channel, thread_ts=thread, prompts=[dict(prompt) for prompt in prompts]
            )

    async def entitle(self, channel: str, thread: str, title: str) -> None:
        """Give a conversation of the assistant pane its title."""
        with translated():
            await self.web.assistant_threads_setTitle(channel_id=channel, thread_ts=thread, title=title)

    async def open(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Open a modal for whoever pressed the button that ``trigger`` came with."""
        with translated():
            await self.web.views_open(trigger_id=trigger, view=dict(view))

    async def joined(self, channel: str) -> bool:
        """Whether the bot may post in a channel."""
        try:
            with translated():
                found = (await self.web.conversations_info(channel=channel))["channel"]
        except SlackRefused:
            return False
        return bool(found.get("is_member") or found.get("is_im"))

    async def is_admin(self, user: str) -> bool:
        """Whether somebody administers the workspace; nobody does where Slack does not say."""
        try:
            with translated():
                found = (await self.web.users_info(user=user))["user"]
        except SlackRefused as error:
            log.info("admin not known", extra={"code": error.code})
            return False
        return bool(found.get("is_admin") or found.get("is_owner"))

    async def replies(self, channel: str, thread: str, latest: int) -> Sequence[Mapping[str, Any]]:
        """The ``latest`` messages of a thread, oldest first.

        SurfaceUnavailable also where it is too long: Slack gives a thread from its beginning on only.
        """
        found: list[Mapping[str, Any]] = []
        cursor = None
        for _ in range(PAGES):
            with translated():
                page = await self.web.conversations_replies(
                    channel=channel, ts=thread, limit=PAGE, cursor=cursor
                )
            found = [*found, *page["messages"]][-latest:]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found
        raise SurfaceUnavailable(f"the thread has more than {PAGES * PAGE} messages")

    async def members(self, channel: str) -> Sequence[str]:
        """The people of a channel."""
        found: list[str] = []
        cursor = None
        for _ in range(PAGES):
            with translated():
                page = await self.web.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
            found += page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return found

    async def react(self, channel: str, ts: str, name: str) -> None:
        """React to a message, once."""
        try:
            with translated():
                await self.web.reactions_add(channel=channel, timestamp=ts, name=name)
        except SlackRefused as error:
            if error.code != "already_reacted":
                raise

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message."""
        with translated():
            return str((await self.web.chat_getPermalink(channel=channel, message_ts=ts))["permalink"])


def _refused(error: SlackApiError) -> SurfaceUnavailable:
    response = error.response
    status = getattr(response, "status_code", 200)
    try:
        code = str(response["error"])
    except (KeyError, TypeError, ValueError):
        return SurfaceUnavailable(f"Slack's answer had status {status} and was not understood", passing=True)
    return SlackRefused(code, passing=code in PASSING or status >= 500)
