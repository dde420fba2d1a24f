"""People's acts, called by the short names that tests use for people and channels."""

import asyncio
from collections.abc import Mapping
from typing import Any

from slackd import chat, payloads
from slackd.acts import Acts, Interaction
from slackd.records import BOT, TEAM, Message, View
from slackd.workspace import Workspace


class People:
    """Each act delivers to the app what Slack delivers."""

    def __init__(self, workspace: Workspace, acts: Acts) -> None:
        self.workspace = workspace
        self.acts = acts

    def _message(self, channel: str, ts: str, reader: str = "") -> Message:
        return self.workspace.standing(self.workspace.channel(channel).id, ts, reader)

    async def says(self, user: str, channel: str, text: str, thread: str | None = None, **fields: Any) -> str:
        """Writes a message; gives its timestamp. ``fields`` are of ``Message``, such as ``subtype``."""
        where, who = self.workspace.channel(channel), self.workspace.user(user)
        said = self.acts.say(who.id, where, text, thread or "", fields)
        await asyncio.sleep(0)
        return said.ts

    async def edits(self, channel: str, ts: str, text: str) -> None:
        """Changes a message's text."""
        self.acts.edit(self._message(channel, ts), text)

    async def deletes(self, channel: str, ts: str) -> None:
        """Deletes a message; one that has replies leaves a tombstone."""
        chat.remove(self.workspace, self._message(channel, ts))

    async def unfurls(self, channel: str, ts: str) -> None:
        """Lets Slack add a preview: ``message_changed`` that nobody edited."""
        self.acts.unfurl(self._message(channel, ts))

    async def reacts(self, user: str, channel: str, ts: str, name: str) -> None:
        """Adds a reaction, without colons."""
        message, who = self._message(channel, ts), self.workspace.user(user).id
        message.reactions.setdefault(name, []).append(who)
        event = payloads.reaction("reaction_added", who, message, name, self.workspace.ts())
        self.acts.announce(event)

    async def invites(self, user: str, channel: str) -> None:
        """Makes the bot a member of a channel."""
        where = self.workspace.channel(channel)
        where.members.add(BOT)
        joined = {"type": "member_joined_channel", "user": BOT, "channel": where.id, "team": TEAM}
        inviter = {"inviter": self.workspace.user(user).id, "channel_type": "C"}
        self.acts.announce({**joined, **inviter, "event_ts": self.workspace.ts()})

    async def opens_assistant(self, user: str, looking_at: str = "") -> tuple[str, str]:
        """Opens a new thread in the assistant's pane; gives its channel and its timestamp."""
        who = self.workspace.user(user)
        where = self.workspace.conversation(who.id)
        ts = self.workspace.ts()
        text = "New Assistant Thread"
        root = Message(
            channel=where.id, ts=ts, user=BOT, text=text, thread_ts=ts, subtype="assistant_app_thread"
        )
        self.workspace.keep(root)
        beside = self.workspace.channel(looking_at).id if looking_at else ""
        self.acts.announce(payloads.assistant_started(who, where.id, ts, beside, self.workspace.ts()))
        return where.id, ts

    async def opens_home(self, user: str) -> None:
        """Opens the app's home tab."""
        who = self.workspace.user(user).id
        event = {"type": "app_home_opened", "user": who, "tab": "home", "event_ts": self.workspace.ts()}
        self.acts.announce({**event, "channel": self.workspace.conversation(who).id})

    async def commands(self, user: str, channel: str, command: str, text: str = "") -> Interaction:
        """Uses a slash command; returns when it is acknowledged, later responses come to the same object."""
        who, where = self.workspace.user(user).id, self.workspace.channel(channel)
        return await self.acts.command(who, where, command, text)

    async def shortcuts(self, user: str, channel: str, ts: str, callback_id: str) -> Interaction:
        """Uses a message shortcut."""
        return await self.acts.shortcut(self.workspace.user(user).id, self._message(channel, ts), callback_id)

    async def clicks(
        self, user: str, channel: str, ts: str, wanted: str, choice: str | None = None
    ) -> Interaction:
        """Presses a button by action id, label or value; ``positive`` and ``negative`` for feedback."""
        who = self.workspace.user(user).id
        return await self.acts.press(who, self._message(channel, ts, who), wanted, choice)

    async def clicks_view(self, user: str, view: View, wanted: str, choice: str | None = None) -> Interaction:
        """Presses something in a modal or in the home."""
        return await self.acts.press_in_view(self.workspace.user(user).id, view, wanted, choice)

    async def submits(self, user: str, view: View, values: Mapping[str, Any] | None = None) -> Interaction:
        """Fills a modal, by block id, action id or label, and submits it."""
        return await self.acts.submit(self.workspace.user(user).id, view, dict(values or {}))

    async def closes(self, user: str, view: View) -> None:
        """Closes a modal; the app hears of it only if it asked to."""
        view.open = False
        self.workspace.changes.note()
        if view.fields.get("notify_on_close"):
            closed = payloads.view_closed(self.workspace.user(user), view)
            self.acts.deliveries.deliver("interactive", closed)
