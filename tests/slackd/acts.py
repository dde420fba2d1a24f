"""What people do in the workspace, and what the app is told of it."""

from dataclasses import dataclass, field
from typing import Any

from slackd import chat, payloads, views
from slackd.deliveries import Deliveries, Delivery
from slackd.pressing import pressed
from slackd.reading import labels, words
from slackd.records import BOT, Channel, Fields, Message, View
from slackd.responses import Answered, Door, ResponseUrls, acknowledged
from slackd.shapes import MENTION, as_message
from slackd.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Interaction:
    """A command, a press, a shortcut or a submission, and what came of it."""

    delivery: Delivery
    trigger_id: str
    door: Door = field(default_factory=lambda: Door(channel="", user=""))

    @property
    def acked(self) -> bool:
        """Whether the app acknowledged in time; otherwise people read that it did not work."""
        return self.delivery.acked_at is not None

    @property
    def answer(self) -> Any:
        """The payload of the acknowledgement."""
        return self.delivery.answer

    @property
    def errors(self) -> Fields:
        """What a submission was refused for, by block id."""
        answer = self.answer if isinstance(self.answer, dict) else {}
        return dict(answer.get("errors", {}))

    @property
    def responses(self) -> list[Answered]:
        """What was said through the response URL or in the acknowledgement."""
        return self.door.answers

    @property
    def words(self) -> str:
        """All that the person read in response."""
        said = [words(answered.message) for answered in self.responses if answered.message is not None]
        return "\n".join(said)


class Acts:
    """People's acts."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries, urls: ResponseUrls) -> None:
        self.workspace = workspace
        self.deliveries = deliveries
        self.urls = urls
        workspace.announce = self.announce

    def announce(self, event: Fields) -> None:
        """Sends an event to the app, if it is one that the app gets."""
        channel = self.workspace.channels.get(str(event.get("channel")))
        if channel is not None and event["type"] in ("message", "app_mention"):
            kinds = {} if event["type"] == "app_mention" else {"channel_type": channel.kind}
            event = {**event, **kinds}
        if payloads.reaches_app(self.workspace, event):
            self.deliveries.deliver("events_api", payloads.event_callback(self.workspace, event))

    def written(self, text: str) -> str:
        """Text with ``<@BOT>`` and aliases such as ``<@U_BEN>`` as Slack has them."""
        names = {f"U_{user.name.upper()}": user.id for user in self.workspace.users.values()} | {"BOT": BOT}
        for name, user in names.items():
            text = text.replace(f"<@{name}>", f"<@{user}>")
        return text

    def say(self, user: str, channel: Channel, text: str, thread: str, fields: Fields) -> Message:
        """Posts a message; a mention arrives as ``app_mention`` and ``message``, in either order."""
        assert user in channel.members, f"{user} is not in {channel.id}"
        assert not channel.archived, f"{channel.id} is archived"
        if thread:
            root = self.workspace.messages[channel.id, thread]
            root.thread_ts = root.ts
        ts = self.workspace.ts()
        said = Message(
            channel=channel.id, ts=ts, user=user, text=self.written(text), thread_ts=thread, **fields
        )
        self.workspace.keep(said)
        shape = {**as_message(self.workspace, said), "channel": channel.id, "event_ts": ts}
        events = [shape]
        if mentions_bot(said.text) and channel.kind != "im":
            events.append({**shape, "type": "app_mention"})
        self.workspace.random.shuffle(events)
        for event in events:
            self.announce(event)
        return said

    def edit(self, message: Message, text: str) -> None:
        """Changes a message; one that names the bot only now is told as a mention, too."""
        named = mentions_bot(message.text)
        chat.change(self.workspace, message, {"text": self.written(text)})
        channel = self.workspace.channels[message.channel]
        if mentions_bot(message.text) and not named and channel.kind != "im":
            stamp = self.workspace.ts()
            shape = {**as_message(self.workspace, message), "channel": channel.id, "event_ts": stamp}
            self.announce({**shape, "type": "app_mention"})

    def unfurl(self, message: Message) -> None:
        """Slack adds a preview of a link: a change that no person made."""
        before = as_message(self.workspace, message)
        message.attachments = [{"id": 1, "fallback": "preview", "from_url": "https://example.com"}]
        chat.changed(self.workspace, message, before)

    async def interact(self, kind: Any, payload: Fields, trigger_id: str, door: Door) -> Interaction:
        """Sends it and waits for the acknowledgement as long as Slack does."""

        def then(answer: Any) -> None:
            if kind == "slash_commands":
                acknowledged(self.urls, door, answer)

        delivery = self.deliveries.deliver(kind, payload, then)
        if self.deliveries.route.ready():
            await self._acknowledged(delivery)
        return Interaction(delivery=delivery, trigger_id=trigger_id, door=door)

    async def _acknowledged(self, delivery: Delivery) -> None:
        def settled() -> bool:
            return delivery.acked_at is not None or any(attempt.over for attempt in delivery.attempts)

        try:
            await self.workspace.changes.until(settled, self.deliveries.ack_seconds, lambda: "")
        except AssertionError:
            return  # the person reads that it did not work

    async def command(self, user: str, channel: Channel, command: str, text: str) -> Interaction:
        door = Door(channel=channel.id, user=user)
        trigger_id = views.trigger(self.workspace, user)
        person = self.workspace.users[user]
        written = self.written(text)
        url = self.urls.url(door)
        payload = payloads.slash_command(person, channel, command, written, trigger_id, url)
        return await self.interact("slash_commands", payload, trigger_id, door)

    async def shortcut(self, user: str, message: Message, callback_id: str) -> Interaction:
        door = Door(channel=message.channel, user=user)
        trigger_id = views.trigger(self.workspace, user)
        person = self.workspace.users[user]
        url = self.urls.url(door)
        payload = payloads.message_action(self.workspace, person, message, callback_id, trigger_id, url)
        return await self.interact("interactive", payload, trigger_id, door)

    async def press(self, user: str, message: Message, wanted: str, choice: str | None) -> Interaction:
        """Presses what a message offers."""
        action = pressed(message.blocks, wanted, choice)
        door = Door(channel=message.channel, user=user, thread_ts=message.thread_ts, original=message)
        trigger_id = views.trigger(self.workspace, user)
        person = self.workspace.users[user]
        url = self.urls.url(door)
        payload = payloads.message_press(self.workspace, person, message, action, trigger_id, url)
        return await self.interact("interactive", payload, trigger_id, door)

    async def press_in_view(self, user: str, view: View, wanted: str, choice: str | None) -> Interaction:
        action = pressed(view.fields["blocks"], wanted, choice)
        trigger_id = views.trigger(self.workspace, user)
        person = self.workspace.users[user]
        payload = payloads.view_press(self.workspace, person, view, action, trigger_id)
        return await self.interact("interactive", payload, trigger_id, Door(channel="", user=user))

    async def submit(self, user: str, view: View, values: Fields) -> Interaction:
        """Submits a modal; it closes unless the app answers otherwise."""
        assert view.open, "the modal is closed"
        assert view.user == user, f"the modal is not {user}'s"
        trigger_id = views.trigger(self.workspace, user)
        person = self.workspace.users[user]
        payload = payloads.view_submission(person, view, payloads.filled(view, values), trigger_id)
        done = await self.interact("interactive", payload, trigger_id, Door(channel="", user=user))
        if done.acked:
            self._after_submit(view, done.answer if isinstance(done.answer, dict) else {})
        return done

    def _after_submit(self, view: View, answer: Fields) -> None:
        action = answer.get("response_action")
        if action == "update":
            views.replaced(self.workspace, view, answer["view"])
        elif action == "errors":
            known = {block["block_id"] for block in view.fields["blocks"]}
            assert set(answer["errors"]) <= known, "errors name blocks that the modal does not have"
        else:
            view.open = False
        self.workspace.changes.note()

    def offers(self, message: Message) -> list[str]:
        """The labels of what a message lets people press."""
        return list(labels(message.blocks))


def mentions_bot(text: str) -> bool:
    return BOT in MENTION.findall(text)
