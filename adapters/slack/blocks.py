"""Builds the blocks that stand around an answer in Slack (pure)."""

from collections.abc import Sequence
from typing import Any

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


def classic(text: str) -> list[Block]:
    """The same for a workspace that does not know markdown blocks: mrkdwn in sections."""
    lines, shown = mrkdwn(text).splitlines(keepends=True), [""]
    for line in lines:
        for piece in (line[at : at + SECTION_CHARS] for at in range(0, len(line), SECTION_CHARS)):
            if len(shown[-1]) + len(piece) > SECTION_CHARS:
                shown.append("")
            shown[-1] += piece
    return [section(text) for text in shown if text.strip()]


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
