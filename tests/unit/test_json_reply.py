"""One JSON object read out of a reply, and held against a schema."""

from typing import Any

import pytest

from adapters.json_reply import InvalidReply, misfit, read

SCHEMA = {
    "type": "object",
    "properties": {
        "severity": {"type": "string", "enum": ["low", "high"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "score": {"type": ["number", "null"]},
        "who": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    },
    "required": ["severity"],
}


@pytest.mark.parametrize(
    "reply",
    [
        '{"severity": "low"}',
        ' \n{"severity": "low"}\n',
        '```json\n{"severity": "low"}\n```',
        'Here it is: {"severity": "low"}. Anything else?',
        'Not {this}, but {"severity": "low"}',
        '{"severity": "medium"} - no, rather {"severity": "low"}',
    ],
)
def test_the_object_is_found_wherever_it_stands(reply: str) -> None:
    assert read(reply, SCHEMA) == {"severity": "low"}


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("", "no complete JSON object"),
        ("I cannot do that.", "no complete JSON object"),
        ('{"severity": "lo', "no complete JSON object"),
        ('["severity"]', "no complete JSON object"),
        ('{"a":' * 30_000, "no complete JSON object"),
        ("{}", "the reply lacks severity"),
        ('{"severity": "medium"}', '"severity" must be one of ["low", "high"]'),
        ('{"severity": 1}', '"severity" must be of type string'),
        ('{"severity": "low", "tags": ["a", 1]}', '"tags"[1] must be of type string'),
        ('{"severity": "low", "score": "1"}', '"score" must be of type number or null'),
        ('{"severity": "low", "who": {}}', '"who" lacks name'),
    ],
)
def test_what_does_not_fit_is_named(reply: str, problem: str) -> None:
    with pytest.raises(InvalidReply) as caught:
        read(reply, SCHEMA)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("value", "type_", "fits"),
    [
        (True, "integer", False),
        (True, "number", False),
        (True, "boolean", True),
        (1, "number", True),
        (None, "null", True),
    ],
)
def test_a_boolean_is_no_number(value: Any, type_: str, fits: bool) -> None:
    assert (misfit(value, {"type": type_}) == "") is fits
