"""What the messages of one answer hold: its pieces, and at the end its sources and buttons (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.message_split import split
from adapters.slack import blocks
from adapters.slack.blocks import Block
from adapters.slack.mrkdwn import escape, mrkdwn
from adapters.slack.text import for_markdown_block
from bot.channels import phrases
from bot.model import Answer

PIECE_CHARS = 9_000
"""Of an answer in one message: blocks of more than 12,000 are refused, and whole messages of about 13,000."""
FALLBACK_CHARS = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One message: blocks, and a text for notifications and for readers without blocks."""

    text: str
    blocks: tuple[Block, ...]

    def classic(self) -> "Content":
        """The same without the blocks that not every workspace knows."""
        shown = [classic for block in self.blocks for classic in blocks.classic(block)]
        return Content(text=self.text, blocks=tuple(shown[:50]))


def pieces(text: str, tail: Sequence[Block] = ()) -> list[Content]:
    """``text`` in as many messages as it needs; ``tail`` stands below the last one."""
    cut = split(for_markdown_block(text), PIECE_CHARS) if text.strip() else [""]
    shown = [Content(text=fallback(piece), blocks=_drawn(piece)) for piece in cut]
    last = shown[-1]
    return [*shown[:-1], Content(text=last.text or _words(tail), blocks=(*last.blocks, *tail))]


def tail(ref: str, answer: Answer, notices: Sequence[str], *, share: bool = False) -> list[Block]:
    """What stands below an answer: sources, notices, thumbs, buttons."""
    actions = [blocks.SHARE] if share else []
    thumbs = [blocks.feedback(ref)] if answer.kind in {"answered", "extract", "not_covered"} else []
    return [
        *blocks.sources(answer.citations),
        *(blocks.note(notice) for notice in notices),
        *thumbs,
        blocks.buttons(ref, *actions, blocks.HUMAN),
    ]


def failure(ref: str, sentence: str, *, begun: bool) -> list[Block]:
    """What stands below an answer that was not finished, or in its place."""
    told = f"{phrases.INCOMPLETE} {sentence}" if begun else sentence
    shown = blocks.note(told) if begun else blocks.section(escape(told))
    return [shown, blocks.buttons(ref, blocks.RETRY, blocks.HUMAN)]


def fallback(text: str) -> str:
    """A text for notifications: Slack shows its beginning only."""
    return mrkdwn(text[:FALLBACK_CHARS]).strip()


def _drawn(text: str) -> tuple[Block, ...]:
    return (blocks.markdown(text),) if text else ()


def _words(tail: Sequence[Block]) -> str:
    return next((str(block["text"]["text"]) for block in tail if block["type"] == "section"), "")
