"""Shows one answer in as many messages as it needs, by posting, updating and deleting them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

Posted = Callable[[Sequence[str]], Awaitable[None]]
Content = TypeVar("Content")
Content_contra = TypeVar("Content_contra", contravariant=True)
"""What one message holds, as its platform builds it; equal contents look the same."""


class Messages(Protocol[Content_contra]):
    """The messages of one conversation. Every method raises SurfaceUnavailable."""

    async def post(self, content: Content_contra) -> str:
        """Add a message; its id."""
        ...

    async def update(self, id: str, content: Content_contra) -> bool:
        """Put other content into a message; False where it is gone."""
        ...

    async def delete(self, id: str) -> None:
        """Take a message away; nothing happens where it is gone."""
        ...


class Drawing(Generic[Content]):
    """The messages of one answer; each draw makes them show other contents."""

    def __init__(self, messages: Messages[Content], *, ids: Sequence[str], posted: Posted) -> None:
        """``ids`` are messages to draw into; ``posted`` is told all ids when one is added or taken away."""
        self._messages, self._posted = messages, posted
        self.ids = list(ids)
        self._shown: dict[str, Content] = {}

    async def draw(self, contents: Sequence[Content], *, last: bool = False) -> None:
        """Show ``contents``, one a message; the ``last`` draw takes messages away that are left over.

        Raises SurfaceUnavailable.
        """
        for place, content in enumerate(contents):
            await self._show(place, content)
        if last:
            await self._remove(self.ids[len(contents) :])

    async def erase(self) -> None:
        """Take all messages away. Raises SurfaceUnavailable."""
        await self._remove(list(self.ids))

    async def _show(self, place: int, content: Content) -> None:
        if place < len(self.ids):
            id = self.ids[place]
            if self._shown.get(id) == content:
                return
            if await self._messages.update(id, content):
                self._shown[id] = content
                return
        id = await self._messages.post(content)
        self._shown[id] = content
        self.ids[place : place + 1] = [id]
        await self._posted(self.ids)

    async def _remove(self, ids: Sequence[str]) -> None:
        for id in list(ids):
            await self._messages.delete(id)
            self.ids.remove(id)
            await self._posted(self.ids)
