"""What Slack accepts inside a block: texts, buttons, selects, inputs, with their documented limits."""

from collections.abc import Callable, Mapping
from typing import Any

from slackd.refusal import Refused

Where = str
Check = Callable[[Mapping[str, Any], Where], None]


def wrong(what: str, where: Where) -> Refused:
    message = f"{what} [json-pointer:{where}]"
    return Refused("invalid_blocks", message, errors=[message])


def fields(thing: Any, where: Where, required: str, optional: str = "") -> None:
    """Refuses a thing that lacks a required key or has one that Slack does not know."""
    if not isinstance(thing, Mapping):
        raise wrong("must be an object", where)
    for key in required.split():
        if thing.get(key) in (None, "", []):
            raise wrong(f"missing required field: {key}", where)
    for key in thing.keys() - {"type", "block_id", "action_id", *required.split(), *optional.split()}:
        raise wrong(f"invalid additional property: {key}", where)


def length(value: Any, limit: int, where: Where, least: int = 1) -> None:
    if not isinstance(value, str):
        raise wrong("must be a string", where)
    if len(value) > limit:
        raise wrong(f"must be less than {limit + 1} characters", where)
    if len(value) < least:
        raise wrong(f"must be more than {least - 1} characters", where)


def count(items: Any, limit: int, where: Where, least: int = 1) -> None:
    if not isinstance(items, list):
        raise wrong("must be an array", where)
    if len(items) > limit:
        raise wrong(f"no more than {limit} items allowed", where)
    if len(items) < least:
        raise wrong(f"no fewer than {least} items allowed", where)


def text(thing: Any, limit: int, where: Where, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> None:
    """A text object."""
    fields(thing, where, "type text", "emoji verbatim")
    if thing["type"] not in kinds:
        raise wrong(f"unsupported type: {thing['type']}", f"{where}/type")
    other = "verbatim" if thing["type"] == "plain_text" else "emoji"
    if other in thing:
        raise wrong(f"invalid additional property: {other}", where)
    length(thing["text"], limit, f"{where}/text")


def plain(thing: Any, limit: int, where: Where) -> None:
    text(thing, limit, where, ("plain_text",))


def _confirm(thing: Mapping[str, Any], where: Where) -> None:
    if "confirm" not in thing:
        return
    dialog = thing["confirm"]
    fields(dialog, f"{where}/confirm", "title text confirm deny", "style")
    plain(dialog["title"], 100, f"{where}/confirm/title")
    text(dialog["text"], 300, f"{where}/confirm/text")
    plain(dialog["confirm"], 30, f"{where}/confirm/confirm")
    plain(dialog["deny"], 30, f"{where}/confirm/deny")


def _button(thing: Mapping[str, Any], where: Where) -> None:
    fields(thing, where, "text", "url value style confirm accessibility_label")
    plain(thing["text"], 75, f"{where}/text")
    length(thing.get("value", "-"), 2000, f"{where}/value", 0)
    length(thing.get("url", "-"), 3000, f"{where}/url")
    length(thing.get("accessibility_label", "-"), 75, f"{where}/accessibility_label")
    if thing.get("style", "primary") not in ("primary", "danger"):
        raise wrong("unsupported style", f"{where}/style")
    _confirm(thing, where)


def _feedback(thing: Mapping[str, Any], where: Where) -> None:
    fields(thing, where, "positive_button negative_button")
    for side in ("positive_button", "negative_button"):
        fields(thing[side], f"{where}/{side}", "text value", "accessibility_label")
        plain(thing[side]["text"], 75, f"{where}/{side}/text")
        length(thing[side]["value"], 2000, f"{where}/{side}/value")
        length(thing[side].get("accessibility_label", "-"), 75, f"{where}/{side}/accessibility_label")


def _icon_button(thing: Mapping[str, Any], where: Where) -> None:
    fields(thing, where, "icon text", "value confirm accessibility_label visible_to_user_ids")
    plain(thing["text"], 75, f"{where}/text")
    length(thing.get("value", "-"), 2000, f"{where}/value", 0)


def _options(thing: Mapping[str, Any], where: Where, most: int) -> None:
    count(thing.get("options"), most, f"{where}/options")
    for index, option in enumerate(thing["options"]):
        at = f"{where}/options/{index}"
        fields(option, at, "text value", "description url")
        text(option["text"], 75, f"{at}/text")
        length(option["value"], 150, f"{at}/value")
        if "description" in option:
            text(option["description"], 75, f"{at}/description")


def _select(thing: Mapping[str, Any], where: Where) -> None:
    more = "placeholder initial_option initial_options confirm focus_on_load max_selected_items"
    fields(thing, where, "options", more)
    _options(thing, where, 100)
    if "placeholder" in thing:
        plain(thing["placeholder"], 150, f"{where}/placeholder")


def _choice(thing: Mapping[str, Any], where: Where) -> None:
    fields(thing, where, "options", "initial_option initial_options confirm focus_on_load")
    _options(thing, where, 10)


def _overflow(thing: Mapping[str, Any], where: Where) -> None:
    fields(thing, where, "options", "confirm")
    _options(thing, where, 5)


def _text_input(thing: Mapping[str, Any], where: Where) -> None:
    more = "initial_value multiline min_length max_length dispatch_action_config focus_on_load placeholder"
    fields(thing, where, "", more)
    length(thing.get("initial_value", ""), 3000, f"{where}/initial_value", 0)
    if "placeholder" in thing:
        plain(thing["placeholder"], 150, f"{where}/placeholder")


def _anything(thing: Mapping[str, Any], where: Where) -> None:
    """Element types that exist, whose inside is not looked at."""


INPUTS: dict[str, Check] = {
    "plain_text_input": _text_input,
    "static_select": _select,
    "multi_static_select": _select,
    "checkboxes": _choice,
    "radio_buttons": _choice,
    **dict.fromkeys(
        (f"{many}{what}s_select" for many in ("", "multi_") for what in ("user", "channel", "conversation")),
        _anything,
    ),
    **dict.fromkeys(("email_text_input", "url_text_input", "number_input", "rich_text_input"), _anything),
    **dict.fromkeys(("datepicker", "timepicker", "datetimepicker", "external_select"), _anything),
}
ACTIONS: dict[str, Check] = {
    **{kind: check for kind, check in INPUTS.items() if not kind.endswith("_input")},
    "button": _button,
    "overflow": _overflow,
}
CONTEXT_ACTIONS: dict[str, Check] = {"feedback_buttons": _feedback, "icon_button": _icon_button}


def image(thing: Mapping[str, Any], where: Where) -> None:
    """An image, as a block or inside one."""
    fields(thing, where, "alt_text", "image_url slack_file title")
    if not (thing.get("image_url") or thing.get("slack_file")):
        raise wrong("must define either `image_url` or `slack_file`", where)
    length(thing["alt_text"], 2000, f"{where}/alt_text")


def element(thing: Any, where: Where, allowed: Mapping[str, Check]) -> None:
    """One interactive element, of an allowed type."""
    kind = str(thing.get("type")) if isinstance(thing, Mapping) else ""
    if kind not in allowed:
        raise wrong(f"unsupported type: {kind}", f"{where}/type")
    length(thing.get("action_id", "-"), 255, f"{where}/action_id")
    allowed[kind](thing, where)
