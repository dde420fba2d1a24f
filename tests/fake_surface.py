"""A platform in memory, for tests of the core: people write, and what they then see is read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.channels.attending import Attendant
from bot.channels.posts import Entry, Post
from bot.errors import SurfaceUnavailable
from bot.model import Answer, Place


@dataclass
class Message:
    """One message of the bot as a reader sees it."""

    id: str
    text: str = ""
    notes: list[str] = field(default_factory=list)
    kind: str = ""
    finished: int = 0


class FakeReply:
    def __init__(
        self, surface: "FakeSurface", entry: Entry, posted: Callable[[str], Awaitable[None]]
    ) -> None:
        self.surface, self.entry, self.posted = surface, entry, posted
        self.steps: list[str] = []
        self.text = ""
        self.left = False
        surface.replies.append(self)

    async def message(self) -> Message:
        thread = self.surface.threads.setdefault(self.entry.place.thread, {})
        for id in self.entry.reply.split():
            return thread.setdefault(id, Message(id=id))
        new = Message(id=self.surface.number())
        thread[new.id] = new
        self.surface.write(new.id, self.entry.place, "BOT", new.text, by="self")
        self.entry = replace(self.entry, reply=new.id)
        await self.posted(new.id)
        return new

    async def status(self, step: str) -> None:
        self.steps.append(step)
        self.surface.told.put_nowait(self.entry.message)

    async def write(self, text: str) -> None:
        self.text += text
        (await self.message()).text = self.text
        await self.surface.gate()

    async def finish(self, answer: Answer, notices: Sequence[str]) -> None:
        self.surface.available()
        message = await self.message()
        message.text, message.kind, message.notes = answer.text, answer.kind, list(notices)
        message.finished += 1

    async def fail(self, sentence: str) -> None:
        self.surface.available()
        message = await self.message()
        message.text, message.notes = self.text, [sentence]

    async def retract(self) -> None:
        thread = self.surface.threads.get(self.entry.place.thread, {})
        for id in self.entry.reply.split():
            thread.pop(id, None)

    async def leave(self) -> None:
        self.left = True


class FakeSurface:
    platform = "fake"

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.threads: dict[str, dict[str, Message]] = {}
        self.whispers: list[tuple[str, str]] = []
        self.replies: list[FakeReply] = []
        self.unreadable = False
        self.error: SurfaceUnavailable | None = None
        self.gate: Callable[[], Awaitable[None]] = _open
        self.reading: Callable[[], Awaitable[None]] = _open
        """What is waited for before a thread is read."""
        self.told: asyncio.Queue[str] = asyncio.Queue()
        """The messages whose status was shown, one for each step."""
        self._number = 100

    def number(self) -> str:
        self._number += 1
        return str(self._number)

    def write(self, id: str, place: Place, author: str, text: str, **fields: object) -> Post:
        post = Post(place=place, id=id, author=author, text=text, at=float(self._number), **fields)  # type: ignore[arg-type]
        self.posts.append(post)
        return post

    def available(self) -> None:
        if self.error:
            raise self.error

    async def thread(self, place: Place) -> Sequence[Post]:
        await self.reading()
        if self.unreadable:
            raise SurfaceUnavailable("no such scope")
        return [post for post in self.posts if place.thread in {post.id, post.place.thread}]

    def reply(self, entry: Entry, posted: Callable[[str], Awaitable[None]]) -> FakeReply:
        return FakeReply(self, entry, posted)

    async def whisper(self, post: Post, sentence: str) -> None:
        self.whispers.append((post.author, sentence))

    def shown(self, thread: str) -> list[str]:
        """The bot's messages in a thread."""
        return [message.text for message in self.threads.get(thread, {}).values()]


async def _open() -> None:
    return None


async def say(
    attendant: Attendant,
    surface: FakeSurface,
    author: str,
    text: str,
    *,
    thread: str = "",
    channel: str = "general",
    others: bool = False,
    direct: bool = False,
) -> Post:
    """Somebody writes; ``@bot`` in the text mentions the bot. Returns when the bot is done with it."""
    place = Place(platform="fake", workspace="w", channel=channel, thread=thread)
    post = surface.write(
        surface.number(),
        place,
        author,
        text.replace("@bot", "").strip(),
        mentions_bot="@bot" in text,
        mentions_others=others,
        direct=direct,
    )
    await attendant.attend(post, surface)
    return post
