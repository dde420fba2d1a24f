"""Refuses blocks as Slack does: unknown types, sizes, keys and ids given twice."""

from collections.abc import Mapping
from typing import Any

from slackd.elements import (
    ACTIONS,
    CONTEXT_ACTIONS,
    INPUTS,
    Check,
    count,
    element,
    fields,
    image,
    length,
    plain,
    text,
    wrong,
)
from slackd.refusal import Refused

MARKDOWN_LIMIT = 12_000
WHOLE_LIMIT = 13_200
"""Observed, not documented: a message whose blocks hold more text than that is refused."""


def _section(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "", "text fields accessory expand")
    if not (block.get("text") or block.get("fields")):
        raise wrong("must define either `text` or `fields`", where)
    if "text" in block:
        text(block["text"], 3000, f"{where}/text")
    if "fields" in block:
        count(block["fields"], 10, f"{where}/fields")
        for index, item in enumerate(block["fields"]):
            text(item, 2000, f"{where}/fields/{index}")
    if "accessory" in block:
        element(block["accessory"], f"{where}/accessory", {**ACTIONS, "image": image})


def _header(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "text", "level")
    plain(block["text"], 150, f"{where}/text")


def _context(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "elements")
    count(block["elements"], 10, f"{where}/elements")
    for index, item in enumerate(block["elements"]):
        at = f"{where}/elements/{index}"
        if isinstance(item, Mapping) and item.get("type") == "image":
            image(item, at)
        else:
            text(item, 3000, at)


def _actions(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "elements")
    count(block["elements"], 25, f"{where}/elements")
    for index, item in enumerate(block["elements"]):
        element(item, f"{where}/elements/{index}", ACTIONS)


def _context_actions(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "elements")
    count(block["elements"], 5, f"{where}/elements")
    for index, item in enumerate(block["elements"]):
        element(item, f"{where}/elements/{index}", CONTEXT_ACTIONS)


def _markdown(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "text")
    length(block["text"], 10**9, f"{where}/text")


def _input(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "label element", "dispatch_action hint optional")
    plain(block["label"], 2000, f"{where}/label")
    element(block["element"], f"{where}/element", INPUTS)


def _divider(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "")


def _rich_text(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "elements")


def _table(block: Mapping[str, Any], where: str) -> None:
    fields(block, where, "rows", "column_settings")
    count(block["rows"], 100, f"{where}/rows")
    for index, row in enumerate(block["rows"]):
        count(row, 20, f"{where}/rows/{index}")


def _anything(block: Mapping[str, Any], where: str) -> None:
    """Block types that exist, whose inside is not looked at."""


COMMON: dict[str, Check] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "image": image,
    "input": _input,
    "rich_text": _rich_text,
    "video": _anything,
}
MESSAGE: dict[str, Check] = {
    **COMMON,
    "markdown": _markdown,
    "context_actions": _context_actions,
    "table": _table,
    **dict.fromkeys(("file", "task_card", "plan", "alert", "card", "carousel"), _anything),
    **dict.fromkeys(("container", "data_table"), _anything),
}


def check(blocks: Any, *, view: bool = False) -> list[dict[str, Any]]:
    """The blocks with ids where they had none; Refused where Slack would not take them."""
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    count(blocks, 100 if view else 50, "/blocks", 0)
    for index, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, Mapping) else None
        known = COMMON if view else MESSAGE
        if kind not in known:
            raise wrong(f"unsupported type: {kind}", f"/blocks/{index}/type")
        known[kind](block, f"/blocks/{index}")
    _once(blocks)
    if not view:
        _size(blocks)
    return [{"block_id": f"b{index:03d}", **block} for index, block in enumerate(blocks)]


def interactive(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block that somebody can use."""
    found = [block["accessory"]] if block.get("accessory", {}).get("type", "image") != "image" else []
    if block["type"] in ("actions", "context_actions"):
        found += block["elements"]
    if block["type"] == "input":
        found.append(block["element"])
    return found


def _once(blocks: list[dict[str, Any]]) -> None:
    blocks_seen: set[str] = set()
    actions_seen: set[str] = set()
    for index, block in enumerate(blocks):
        name = block.get("block_id")
        length(name or "-", 255, f"/blocks/{index}/block_id")
        if name and name in blocks_seen:
            raise wrong(f"`block_id` {name} already exists", f"/blocks/{index}/block_id")
        blocks_seen.add(name or "")
        for item in interactive(block):
            action = item.get("action_id")
            if action and action in actions_seen:
                raise wrong(f"`action_id` {action} already exists", f"/blocks/{index}")
            actions_seen.add(action or "")


def _size(blocks: list[dict[str, Any]]) -> None:
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN_LIMIT or _characters(blocks) > WHOLE_LIMIT:
        raise Refused("msg_too_long")


def _characters(thing: Any) -> int:
    if isinstance(thing, Mapping):
        own = len(thing["text"]) if isinstance(thing.get("text"), str) else 0
        return own + sum(_characters(value) for value in thing.values() if not isinstance(value, str))
    return sum(map(_characters, thing)) if isinstance(thing, list) else 0
