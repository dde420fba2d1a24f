"""What Slack reports, passed on to the core: mentions, messages, edits, deletions, the assistant pane."""

import logging
from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.slack.chat import Chat
from adapters.slack.payloads import Event, Identity, change_of, post_of
from adapters.slack.surface import SlackSurface
from bot.channels.attending import Attendant
from bot.channels.posts import Post
from bot.channels.replying import quietly

log = logging.getLogger(__name__)
TITLE_CHARS = 60
PROMPTS = 4


class Listeners:
    """Handlers of Slack's events."""

    def __init__(
        self, *, chat: Chat, me: Identity, surface: SlackSurface, attendant: Attendant, prompts: Sequence[str]
    ) -> None:
        """``prompts`` are the questions that the assistant pane suggests."""
        self._chat, self._me, self._surface = chat, me, surface
        self._attendant, self._prompts = attendant, prompts[:PROMPTS]
        self._untitled: set[tuple[str, str]] = set()

    def listen(self, app: AsyncApp) -> None:
        """Register with ``app``, which acknowledges each event before its handler runs."""
        app.event("app_mention")(self._wrote)
        app.event("message")(self._wrote)
        app.event("assistant_thread_started")(self._opened)
        app.event("assistant_thread_context_changed")(self._moved)

    async def _wrote(self, event: Event) -> None:
        if change := change_of(event, self._me):
            if change.kind == "deleted":
                await quietly(self._attendant.deleted(change.place, change.message, self._surface))
            elif change.post is not None:
                await quietly(self._attendant.edited(change.post, self._surface))
        elif post := post_of(event, self._me):
            await self._attendant.attend(post, self._surface)
            await self._entitle(post)

    async def _opened(self, event: dict[str, Any]) -> None:
        thread = event["assistant_thread"]
        self._untitled.add((thread["channel_id"], thread["thread_ts"]))
        prompts = [{"title": prompt[:TITLE_CHARS], "message": prompt} for prompt in self._prompts]
        await quietly(self._chat.suggest(thread["channel_id"], thread["thread_ts"], prompts))

    async def _entitle(self, post: Post) -> None:
        """Call a new conversation in the pane by its first question."""
        place = post.place.channel, post.place.thread
        if post.by == "human" and place in self._untitled:
            self._untitled.discard(place)
            await quietly(self._chat.entitle(*place, post.text[:TITLE_CHARS]))

    async def _moved(self, event: dict[str, Any]) -> None:
        """Where somebody looks while the pane is open changes no answer."""
        log.debug("pane moved", extra={"thread": event["assistant_thread"].get("thread_ts", "")})
