"""The interaction routes: the first answer within three seconds, and what follows for fifteen minutes."""

import time
from typing import Any

from discordd import bodies, components, events
from discordd.asked import Asked
from discordd.guild import Guild
from discordd.interaction import (
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER_UPDATE,
    MODAL,
    MODAL_SUBMIT,
    PONG,
    SAY,
    THINK,
    UPDATE,
    Interaction,
)
from discordd.messages import change
from discordd.records import (
    APP,
    BOT,
    COMMAND_ANSWER,
    EPHEMERAL,
    LOADING,
    MENU_ANSWER,
    PLAIN,
    REPLY,
    Fields,
    Message,
)
from discordd.refusal import Refused, invalid
from discordd.shapes import as_message, as_user

ALLOWED = {
    COMMAND: (SAY, THINK, MODAL),
    COMPONENT: (SAY, THINK, DEFER_UPDATE, UPDATE, MODAL),
    MODAL_SUBMIT: (SAY, THINK, DEFER_UPDATE, UPDATE),
}


class Interactions:
    """All interactions, by id and by token."""

    def __init__(self, guild: Guild) -> None:
        self.guild = guild
        self.all: dict[int, Interaction] = {}
        self.ack_seconds = 3.0

    def callback(self, guild: Guild, asked: Asked) -> Fields | None:
        """The first answer; 10062 where it comes too late, 40060 where there was one."""
        done = self.all.get(asked.id("interaction"))
        if done is None or done.token != asked.args["token"]:
            raise Refused(404, 10062)
        if done.acked:
            raise Refused(400, 40060)
        if time.perf_counter() - done.created > self.ack_seconds or done.expired:
            raise Refused(404, 10062)
        kind = int(asked.fields.get("type") or 0)
        if kind not in (PONG, CHOICES, *ALLOWED[done.kind]):
            raise invalid("type", "BASE_TYPE_CHOICES", f"Value must be one of {ALLOWED[done.kind]}.")
        self._answer(done, kind, asked.fields.get("data") or {}, asked.files)
        done.callback, done.acked_at = kind, time.perf_counter()
        guild.changes.note()
        wanted = asked.query.get("with_response", "").lower() in ("1", "true")
        return self._response(done) if wanted else None

    def _answer(self, done: Interaction, kind: int, data: Fields, files: tuple[Fields, ...]) -> None:
        if kind == SAY:
            done.original = self._say(done, data, files)
        elif kind == THINK:
            flags = LOADING | (int(data.get("flags") or 0) & EPHEMERAL)
            done.original = self._new(done, flags)
            events.posted(self.guild, done.original)
        elif kind in (UPDATE, DEFER_UPDATE):
            if done.message is None:
                raise invalid("type", "INTERACTION_APPLICATION_COMMAND_INVALID_TYPE", "There is no message")
            done.original = done.message
            if kind == UPDATE:
                change(self.guild, done.message, data, files)
        elif kind == MODAL:
            components.check_modal(data)
            done.modal = data

    def _new(self, done: Interaction, flags: int) -> Message:
        kind = {1: COMMAND_ANSWER, 2: MENU_ANSWER, 3: MENU_ANSWER}.get(int(done.data.get("type") or 0), PLAIN)
        if done.kind != COMMAND and done.message is not None:
            kind = REPLY
        person = as_user(self.guild.users[done.user])
        message = Message(id=self.guild.snowflake(), channel=done.channel, author=BOT, type=kind)
        message.interaction = {"id": str(done.id), "type": done.kind, "user": person}
        message.interaction |= {"name": str(done.data.get("name", "")), "authorizing_integration_owners": {}}
        message.flags, message.webhook = flags, APP
        message.reference = done.message.id if kind == REPLY and done.message else 0
        message.seen_by = done.user if flags & EPHEMERAL else 0
        done.sent.append(message)
        return message

    def _say(self, done: Interaction, data: Fields, files: tuple[Fields, ...]) -> Message:
        bodies.check(data, files)
        if not bodies.filled(data, files):
            raise Refused(400, 50006)
        message = self._new(done, int(data.get("flags") or 0) & EPHEMERAL)
        bodies.put(self.guild, message, data, files, edit=False)
        events.posted(self.guild, message)
        return message

    def _response(self, done: Interaction) -> Fields:
        shape: Fields = {"id": str(done.id), "type": done.kind}
        resource: Fields = {"type": done.callback}
        if done.original is not None:
            shape["response_message_id"] = str(done.original.id)
            shape["response_message_loading"] = bool(done.original.flags & LOADING)
            shape["response_message_ephemeral"] = bool(done.original.flags & EPHEMERAL)
            resource["message"] = as_message(self.guild, done.original)
        return {"interaction": shape, "resource": resource}

    def _open(self, asked: Asked) -> Interaction:
        found = [each for each in self.all.values() if each.token == asked.args["token"]]
        if not found or asked.args["app"] != str(APP) or found[0].expired:
            raise Refused(401, 50027)
        if not found[0].acked:
            raise Refused(404, 10015)
        return found[0]

    def _standing(self, done: Interaction, name: str) -> Message:
        if name == "@original":
            message = done.original
        else:
            message = next((each for each in done.sent if str(each.id) == name), None)
        if message is None or message.id in done.removed or message.channel not in self.guild.channels:
            raise Refused(404, 10008)
        return message

    def follow(self, guild: Guild, asked: Asked) -> Fields:
        """A followup; the first after "thinking" takes its place."""
        done, body = self._open(asked), asked.fields
        if done.original is not None and done.original.flags & LOADING:
            return self._edited(done.original, body, asked.files)
        return as_message(guild, self._say(done, body, asked.files))

    def edit(self, guild: Guild, asked: Asked) -> Fields:
        message = self._standing(self._open(asked), asked.args["message"])
        return self._edited(message, asked.fields, asked.files)

    def _edited(self, message: Message, body: Fields, files: tuple[Fields, ...]) -> Fields:
        if message.flags & LOADING:
            bodies.check(body, files)
            if not bodies.filled(body, files):
                raise Refused(400, 50006)
            message.flags &= ~LOADING
            bodies.put(self.guild, message, body, files, edit=False)
            message.versions.append(message.content)
            events.changed(self.guild, message)
        else:
            change(self.guild, message, body, files)
        return as_message(self.guild, message)

    def get(self, guild: Guild, asked: Asked) -> Fields:
        return as_message(guild, self._standing(self._open(asked), asked.args["message"]))

    def delete(self, guild: Guild, asked: Asked) -> None:
        done = self._open(asked)
        message = self._standing(done, asked.args["message"])
        done.removed.append(message.id)
        events.deleted(guild, message)

    def add(self, kind: int, user: int, channel: int, data: Fields, message: Any = None) -> Interaction:
        """Something that a person did now."""
        number = self.guild.snowflake()
        token = f"aW50ZXJhY3Rpb24{number:x}"
        done = Interaction(id=number, token=token, kind=kind, user=user, channel=channel, data=data)
        done.message = message
        self.all[number] = done
        return done
