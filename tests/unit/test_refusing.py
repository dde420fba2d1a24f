"""How a model's refusal is noticed while it streams."""

import pytest

from bot.honesty.refusing import RefusalGate


def fed(*pieces: str) -> tuple[str, bool]:
    gate = RefusalGate()
    text = "".join(gate.feed(piece) for piece in pieces) + gate.end()
    return text, gate.refused


@pytest.mark.parametrize("pieces", [("NOT_COVERED",), ("NOT", "_COV", "ERED", "."), ("\n**NOT_COVERED**",)])
def test_a_refusal_is_never_shown(pieces: tuple[str, ...]) -> None:
    assert fed(*pieces) == ("", True)


@pytest.mark.parametrize(
    "pieces", [("Not ", "really."), ("NOT", "E: yes"), ("N",), ("",), (" ", "**Yes** [1]")]
)
def test_everything_else_is_shown_whole(pieces: tuple[str, ...]) -> None:
    assert fed(*pieces) == ("".join(pieces), False)
