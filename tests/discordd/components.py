"""Buttons, selects, rows and modals: refused as Discord refuses them, and found by what they say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from discordd.records import Fields
from discordd.refusal import at_most, between, invalid

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, TEXT_DISPLAY = 1, 2, 3, 4, 9, 10
CONTAINER, LABEL, LINK = 17, 18, 5
SELECTS = (3, 5, 6, 7, 8)
V2_MOST, V2_TEXT = 40, 4000


def check(components: Sequence[Any], *, v2: bool = False, where: str = "components") -> None:
    """Refuses the components of a message that Discord would not take."""
    if v2:
        if sum(1 for _ in every(components)) > V2_MOST:
            at_most(list(every(components)), V2_MOST, where)
        at_most("".join(_texts(components)), V2_TEXT, where)
    else:
        at_most(components, 5, where)
        for index, row in enumerate(components):
            if row.get("type") != ROW:
                message = 'Value of field "type" must be one of (1,).'
                raise invalid(f"{where}/{index}/type", "UNION_TYPE_CHOICES", message)
    for index, component in enumerate(components):
        _inside(component, f"{where}/{index}")
    _once(components, where)


def check_modal(data: Mapping[str, Any]) -> None:
    """Refuses a modal that Discord would not take."""
    between(data.get("title"), 1, 45, "data/title")
    between(data.get("custom_id"), 1, 100, "data/custom_id")
    between(data.get("components"), 1, 5, "data/components")
    for index, component in enumerate(data["components"]):
        at = f"data/components/{index}"
        if component.get("type") not in (ROW, LABEL, TEXT_DISPLAY):
            raise invalid(f"{at}/type", "UNION_TYPE_CHOICES", 'Value of field "type" is not known.')
        if component.get("type") == LABEL:
            between(component.get("label"), 1, 45, f"{at}/label")
            at_most(component.get("description"), 100, f"{at}/description")
        for item in every([component]):
            if item.get("type") == TEXT_INPUT:
                _text_input(item, at)
    _once(data["components"], "data/components")


def _text_input(item: Mapping[str, Any], where: str) -> None:
    between(item.get("custom_id"), 1, 100, f"{where}/custom_id")
    at_most(item.get("label"), 45, f"{where}/label")
    at_most(item.get("placeholder"), 100, f"{where}/placeholder")
    at_most(item.get("value"), 4000, f"{where}/value")


def _inside(component: Mapping[str, Any], where: str) -> None:
    kind = component.get("type")
    children = component.get("components", [])
    if kind == ROW:
        between(children, 1, 5, f"{where}/components")
    for index, child in enumerate(children):
        _inside(child, f"{where}/components/{index}")
    if "accessory" in component:
        _inside(component["accessory"], f"{where}/accessory")
    if kind == BUTTON:
        _button(component, where)
    elif kind in SELECTS:
        between(component.get("custom_id"), 1, 100, f"{where}/custom_id")
        if kind == STRING_SELECT:
            between(component.get("options"), 1, 25, f"{where}/options")


def _button(button: Mapping[str, Any], where: str) -> None:
    at_most(button.get("label"), 80, f"{where}/label")
    if button.get("style") == LINK:
        at_most(button.get("url"), 512, f"{where}/url")
        if not str(button.get("url", "")).startswith(("https://", "http://", "discord://")):
            message = "Scheme must be one of ('http', 'https', 'discord')."
            raise invalid(f"{where}/url", "URL_TYPE_INVALID_SCHEME", message)
        return
    between(button.get("custom_id"), 1, 100, f"{where}/custom_id")
    if not button.get("label") and not button.get("emoji"):
        raise invalid(where, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji")


def every(components: Sequence[Any]) -> Iterator[Fields]:
    """All components, those inside others too."""
    for component in components:
        yield component
        yield from every(component.get("components", []))
        for key in ("accessory", "component"):
            if key in component:
                yield from every([component[key]])


def _texts(components: Sequence[Any]) -> Iterator[str]:
    for item in every(components):
        if item.get("type") == TEXT_DISPLAY:
            yield str(item.get("content", ""))


def _once(components: Sequence[Any], where: str) -> None:
    seen: set[str] = set()
    for item in every(components):
        name = item.get("custom_id")
        if name and name in seen:
            message = "Component custom id cannot be duplicated"
            raise invalid(f"{where}/custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        seen.add(name or "")


def labels(components: Sequence[Any]) -> list[str]:
    """What the buttons and selects say, links included."""
    pressable = [item for item in every(components) if item.get("type") in (BUTTON, *SELECTS)]
    return [_said(item) for item in pressable if _said(item)]


def words(components: Sequence[Any]) -> list[str]:
    """Everything that components say, in order."""
    said = (str(item.get("content") or _said(item)) for item in every(components))
    return [each for each in said if each]


def _said(item: Mapping[str, Any]) -> str:
    emoji = (item.get("emoji") or {}).get("name") or ""
    return str(item.get("label") or item.get("placeholder") or emoji)


def pressed(components: Sequence[Any], wanted: str, choice: str | None) -> Fields:
    """The ``data`` of the interaction when somebody presses what is so called, by label or custom id."""
    for item in every(components):
        if item.get("custom_id") and wanted in (item["custom_id"], _said(item)):
            assert not item.get("disabled"), f"{wanted} is disabled"
            data: Fields = {"custom_id": item["custom_id"], "component_type": item["type"], "id": 1}
            if item["type"] in SELECTS:
                data["values"] = [_value(item, choice)]
            return data
    raise AssertionError(f"nothing is called {wanted!r}; there are {labels(components)}")


def _value(item: Mapping[str, Any], choice: str | None) -> str:
    for option in item.get("options", []):
        if choice in (option["value"], option["label"]):
            return str(option["value"])
    assert item["type"] != STRING_SELECT, f"no option is called {choice!r}"
    assert choice is not None, "nothing was chosen"
    return choice


def filled(components: Sequence[Any], values: Mapping[str, str]) -> list[Fields]:
    """The components of a modal's submission, with ``values`` by custom id or label."""
    taken: set[str] = set()
    shaped = [_filled(component, values, "", taken) for component in components]
    assert set(values) <= taken, f"the modal has no {set(values) - taken}"
    return [each for each in shaped if each]


def _filled(item: Mapping[str, Any], values: Mapping[str, str], label: str, taken: set[str]) -> Fields:
    kind, label = item["type"], str(item.get("label") or label)
    if kind == ROW:
        inside = [_filled(each, values, label, taken) for each in item["components"]]
        return {"type": ROW, "components": inside}
    if kind == LABEL:
        return {"type": LABEL, "id": 1, "component": _filled(item["component"], values, label, taken)}
    if "custom_id" not in item:
        return {}
    named = [name for name in (item["custom_id"], label) if name in values]
    taken.update(named)
    given = values[named[0]] if named else str(item.get("value") or "")
    assert given or not item.get("required", True), f"{label} must be filled in"
    return {"type": kind, "id": 1, "custom_id": item["custom_id"], **_answer(kind, given)}


def _answer(kind: int, given: str) -> Fields:
    return {"value": given} if kind == TEXT_INPUT else {"values": [given] if given else []}
