"""Charts as SVG, sessions and guesses: the pure parts of the pages."""

import xml.etree.ElementTree as ET

import pytest

from adapters.web.charts import Series, bars, lines
from adapters.web.guessing import LONGEST_SECONDS, MOST_KEPT, Guesses
from adapters.web.sessions import is_valid, issued


def parts(svg: str, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(tag))


def axis(svg: str) -> list[str]:
    """The numbers beside a chart, from the ground up."""
    (one,) = [group for group in parts(svg, "g") if "axis y" in group.get("class", "")]
    return [text.text or "" for text in one.iter("text")]


def test_bars_are_as_high_as_their_numbers_and_stand_on_each_other() -> None:
    svg = bars(
        ["a", "b"],
        [Series(name="x", values=[1, 2], look="good"), Series(name="y", values=[3, 0], look="bad")],
        "t",
    )
    drawn = parts(svg, "rect")
    heights = [float(one.attrib["height"]) for one in drawn]
    assert len(drawn) == 3
    assert heights[2] == pytest.approx(3 * heights[0], abs=0.2)
    assert float(drawn[2].attrib["y"]) + heights[2] == pytest.approx(float(drawn[0].attrib["y"]), abs=0.2)


def test_a_mark_says_what_it_stands_for() -> None:
    svg = lines(
        ["10-01", "10-02"], [Series(name="half within", values=[1.5, 3], look="good")], "t", unit=" s"
    )
    assert "10-01: half within 1.5 s" in [title.text for title in parts(svg, "title")]


@pytest.mark.parametrize("count", [0, 1, 2, 366])
def test_everything_is_within_the_picture(count: int) -> None:
    series = [Series(name="x", values=[float(n) for n in range(count)], look="good")]
    labels = [f"10-{n}" for n in range(count)]
    for svg in (bars(labels, series, "t"), lines(labels, series, "t")):
        _, _, width, height = map(float, ET.fromstring(svg).attrib["viewBox"].split())
        for rect in parts(svg, "rect"):
            assert 0 <= float(rect.attrib["x"]) <= width - float(rect.attrib["width"])
            assert 0 <= float(rect.attrib["y"]) <= height
        for dot in parts(svg, "circle"):
            assert 0 <= float(dot.attrib["cx"]) <= width
            assert 0 <= float(dot.attrib["cy"]) <= height


def test_days_without_a_value_are_passed_over() -> None:
    svg = lines(["a", "b", "c"], [Series(name="x", values=[0.5, None, 1.0], look="good")], "t", unit="%")
    assert len(parts(svg, "circle")) == 2


def test_the_page_alone_gives_colours_and_nothing_runs() -> None:
    svg = lines(["a", "b"], [Series(name="x", values=[1, 2], look="good")], "t")
    assert not {"script", "style", "defs"} & {one.tag for one in ET.fromstring(svg).iter()}
    assert not [one for one in ET.fromstring(svg).iter() if {"style", "fill", "id"} & {*one.keys()}]
    assert "series look-good" in [group.get("class") for group in parts(svg, "g")]


def test_words_are_escaped() -> None:
    svg = bars(["<b>"], [Series(name='"><script>', values=[1], look='x" onload="')], "<t>")
    assert "<script" not in svg
    assert ET.fromstring(svg).attrib["aria-label"] == "<t>"


@pytest.mark.parametrize("most", [0, 1, 2, 7, 99, 1234, 1e9])
def test_counts_are_measured_in_whole_steps_from_zero(most: float) -> None:
    written = [one for one in axis(bars(["a"], [Series(name="x", values=[most], look="good")], "t")) if one]
    assert written[0] == "0"
    assert all(one.replace(",", "").isdigit() for one in written)
    assert len({*written}) == len(written)


def test_shares_are_measured_from_none_to_all() -> None:
    written = axis(lines(["a"], [Series(name="x", values=[0.4], look="good")], "t", unit="%"))
    assert (written[0], written[-1]) == ("0%", "100%")


def test_a_session_is_bound_to_its_token_and_its_time() -> None:
    session = issued("token", 1000.0)
    assert is_valid(session, "token", 1000.0)
    assert is_valid(session, "token", 1000.0 + 12 * 3600 - 1)
    assert not is_valid(session, "token", 1000.0 + 12 * 3600)
    assert not is_valid(session, "other", 1000.0)


@pytest.mark.parametrize(
    "session", ["", ".", "9999999999", "9999999999.", "x.y", "٣.ff", "1.2.3", "\udc80.\udc80"]
)
def test_what_was_not_issued_here_is_no_session(session: str) -> None:
    assert not is_valid(session, "token", 0.0)


def test_each_wrong_token_doubles_the_wait_of_its_address_alone_up_to_five_minutes() -> None:
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    waits = []
    for _ in range(14):
        guesses.failed("192.0.2.1")
        waits.append(guesses.wait("192.0.2.1"))
        now[0] += waits[-1]
    assert waits[:6] == [0, 0, 1, 2, 4, 8]
    assert waits[-1] == LONGEST_SECONDS
    assert guesses.wait("192.0.2.2") == 0
    guesses.succeeded("192.0.2.1")
    assert guesses.wait("192.0.2.1") == 0


def test_one_network_of_ipv6_is_one_guesser_and_memory_is_bounded() -> None:
    guesses = Guesses(lambda: 0.0)
    for host in range(3):
        guesses.failed(f"2001:db8::{host}")
    assert guesses.wait("2001:db8::ffff") > 0
    assert guesses.wait("2001:db8:0:1::1") == 0
    for number in range(MOST_KEPT + 10):
        guesses.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert guesses.wait("2001:db8::ffff") == 0
