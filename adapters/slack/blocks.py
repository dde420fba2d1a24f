"""Builds the blocks that stand around an answer in Slack (pure)."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.message_split import SHORTEST, split
from adapters.slack.mrkdwn import escape, link, mrkdwn
from adapters.source_labels import label
from bot.model import Citation

Block = dict[str, Any]

FEEDBACK, HUMAN, RETRY, SHARE = "docent_feedback", "docent_human", "docent_retry", "docent_share"
REASON = "docent_reason"
ASK = "docent_ask"
SECTION_CHARS = 3_000
SOURCES_CHARS = 2_800
LABELS = {
    HUMAN: "Get a human",
    RETRY: "Try again",
    SHARE: "Share in channel",
}


def sources(citations: Sequence[Citation]) -> list[Block]:
    """The numbered sources as links, in as many sections as they need."""
    sections, lines = [], "*Sources*"
    for citation in citations:
        line = f"[{citation.number}] {link(citation.url, label(citation))}"
        if len(lines) + len(line) >= SOURCES_CHARS:
            sections.append(lines)
            lines = line
        else:
            lines = f"{lines}\n{line}"
    return [section(text) for text in [*sections, lines]] if citations else []


def section(text: str) -> Block:
    """A paragraph of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION_CHARS]}, "expand": True}


def note(text: str) -> Block:
    """A small grey line; ``text`` is plain."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": escape(text)[:SECTION_CHARS]}]}


def markdown(text: str) -> Block:
    """Standard Markdown, drawn by Slack itself."""
    return {"type": "markdown", "text": text}


def classic(block: Block) -> list[Block]:
    """The same for a workspace that does not know a newer block: mrkdwn in sections, thumbs as buttons."""
    match block["type"]:
        case "markdown":
            return [section(text) for text in _sections(block["text"], SECTION_CHARS)]
        case "context_actions":
            (element,) = block["elements"]
            thumbs = (element["positive_button"], element["negative_button"])
            return [{"type": "actions", "elements": [_pressed(thumb) for thumb in thumbs]}]
        case _:
            return [block]


def _sections(markdown: str, limit: int) -> Iterator[str]:
    """The text cut where Markdown may be cut, however much longer a piece becomes as mrkdwn."""
    for piece in split(markdown, limit):
        text = mrkdwn(piece)
        if len(text) <= SECTION_CHARS or limit // 2 < SHORTEST:
            yield text
        else:
            yield from _sections(piece, limit // 2)


def _pressed(thumb: Block) -> Block:
    """A button of its own; no two of a block may have the same id."""
    vote = str(thumb["value"]).partition(" ")[0]
    return {
        "type": "button",
        "action_id": f"{FEEDBACK}_{vote}",
        "text": thumb["text"],
        "value": thumb["value"],
        "accessibility_label": thumb["accessibility_label"],
    }


def feedback(ref: str) -> Block:
    """Thumbs up and down."""
    element = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": _thumb("Helpful", f"up {ref}"),
        "negative_button": _thumb("Not helpful", f"down {ref}"),
    }
    return {"type": "context_actions", "elements": [element]}


def buttons(ref: str, *actions: str) -> Block:
    """Buttons of the actions named, for the answer ``ref``."""
    return {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": action, "text": plain(LABELS[action]), "value": ref}
            for action in actions
        ],
    }


def reason_modal(ref: str) -> dict[str, Any]:
    """Asks why an answer did not help; may be left empty."""
    return {
        "type": "modal",
        "callback_id": REASON,
        "private_metadata": ref,
        "title": plain("What was wrong?"),
        "submit": plain("Send"),
        "close": plain("Skip"),
        "blocks": [
            {
                "type": "input",
                "block_id": "reason",
                "optional": True,
                "label": plain("What would have helped you?"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "reason",
                    "multiline": True,
                    "max_length": 2_000,
                },
            }
        ],
    }


def _thumb(label: str, value: str) -> dict[str, Any]:
    return {"text": plain(label), "value": value, "accessibility_label": label}


def plain(text: str) -> dict[str, Any]:
    """Text that is shown as it is."""
    return {"type": "plain_text", "text": text}
