"""Finds what somebody presses in real blocks, and what Slack tells of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from slackd.blocks import interactive
from slackd.payloads import option_of
from slackd.reading import labels
from slackd.records import Fields


def pressed(blocks: Iterable[Mapping[str, Any]], wanted: str, choice: str | None = None) -> Fields:
    """The action of a press on the element with this action id, label or value.

    ``choice`` is the option of a menu. AssertionError, with what there is, where nothing fits.
    """
    blocks = list(blocks)
    for block in blocks:
        for element in interactive(block):
            found = _feedback(element, wanted) if "positive_button" in element else _plain(element, wanted)
            if found is not None:
                where = {"block_id": block["block_id"], "action_id": element.get("action_id", "generated")}
                return {"type": element["type"], **where, **found, **_chosen(element, choice)}
    raise AssertionError(f"nothing to press is called {wanted!r}; there is {list(labels(blocks))}")


def _plain(element: Mapping[str, Any], wanted: str) -> Fields | None:
    label = (element.get("text") or element.get("placeholder") or {}).get("text")
    if wanted not in (element.get("action_id"), label, element.get("value")):
        return None
    return {key: element[key] for key in ("text", "value", "style", "placeholder") if key in element}


def _feedback(element: Mapping[str, Any], wanted: str) -> Fields | None:
    for side in ("positive", "negative"):
        button = element[f"{side}_button"]
        if wanted in (side, button["text"]["text"], button["value"], button.get("accessibility_label")):
            return {"text": button["text"], "value": button["value"]}
    return None


def _chosen(element: Mapping[str, Any], choice: str | None) -> Fields:
    if "options" not in element:
        return {}
    assert choice is not None, "a menu needs a choice"
    option = option_of(element["options"], choice)
    several = element["type"].startswith("multi_") or element["type"] == "checkboxes"
    return {"selected_options": [option]} if several else {"selected_option": option}
