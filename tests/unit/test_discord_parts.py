"""The parts of Docent in Discord that decide without asking anybody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import content
from adapters.discord.commands import same
from adapters.discord.connection import Sessions, _gateway, affordable
from adapters.discord.content import Tail, custom_id, pieces, read_id
from adapters.discord.invite import link
from adapters.discord.pacing import CHANNEL_SECONDS, CallRate, Pacing
from adapters.discord.spots import thread_name
from bot.errors import SurfaceUnavailable
from bot.model import Answer, Citation

DAY_MS = 86_400_000


def citation(number: int, title: str = "Page", url: str = "https://docs.example/p") -> Citation:
    return Citation(number=number, title=title, heading="", url=url)


def test_sources_stand_below_the_last_piece_with_the_buttons():
    answer = Answer(text="It is so.", kind="answered", citations=(citation(1), citation(2)))
    shown = pieces(answer.text, content.tail("a" * 32, answer, ["A notice."]))
    assert [piece.text for piece in shown] == [
        "It is so.\n\n**Sources**\n[1] [Page](<https://docs.example/p>)"
        "\n[2] [Page](<https://docs.example/p>)\n-# A notice."
    ]
    assert shown[0].actions == ("up", "down", "human")


def test_a_source_without_an_address_in_the_web_is_named_without_a_link():
    assert content.sources([citation(1, "FAQ", "samples/faq.md#x")])[1] == "[1] FAQ"


@pytest.mark.parametrize("title", ["a](<https://evil.example>)", "<@123>", "@everyone", "`code", "**bold"])
def test_a_title_is_no_markup(title):
    line = content.sources([citation(1, title)])[1]
    assert line.endswith("](<https://docs.example/p>)")
    assert not re.search(r"(?<!\\)<@1", line)
    assert "@everyone" not in line
    assert "](<https://evil" not in line


@given(
    text=st.text(max_size=6000),
    titles=st.lists(st.text(max_size=200), max_size=24),
    notices=st.lists(st.text(max_size=3000), max_size=3),
)
def test_no_message_is_longer_than_discord_takes_or_empty(text, titles, notices):
    cited = tuple(
        citation(number, title, f"https://docs.example/{'p' * 300}") for number, title in enumerate(titles, 1)
    )
    shown = pieces(text, content.tail("a" * 32, Answer(text=text, kind="answered", citations=cited), notices))
    assert all(0 < len(piece.text) <= 2000 for piece in shown)
    assert [bool(piece.actions) for piece in shown] == [False] * (len(shown) - 1) + [True]


@given(sentence=st.text(max_size=5000), begun=st.booleans())
def test_a_failure_of_any_length_fits(sentence, begun):
    shown = pieces("", content.failure("a" * 32, sentence, begun=begun))
    assert all(0 < len(piece.text) <= 2000 for piece in shown)


def test_a_button_says_all_that_is_to_be_known_of_it():
    assert read_id(custom_id("up", "0123456789abcdef" * 2)) == ("up", "0123456789abcdef" * 2)


@pytest.mark.parametrize("text", ["", "up", "docent:up:", "docent:drop:" + "a" * 32, "other:up:" + "a" * 32])
def test_an_id_that_is_not_ours_is_left_alone(text):
    assert read_id(text) == ("", "")


def test_a_tail_without_text_is_a_message_of_its_own():
    (only,) = pieces("", Tail(lines=("Sorry.",), ref="a" * 32, actions=("retry",)))
    assert (only.text, only.actions) == ("Sorry.", ("retry",))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("how?\n\nand  why?", "how? and why?"),
        ("x" * 200, "x" * 90),
        ("", "Question"),
        (f"{'y' * 89} z", "y" * 89),
    ],
)
def test_a_thread_is_called_by_the_beginning_of_its_question(question, name):
    assert thread_name(question) == name


@pytest.mark.parametrize(
    ("remaining", "reset_after", "fine"),
    [
        (1000, DAY_MS, True),
        (101, DAY_MS, True),
        (99, DAY_MS, False),
        (60, DAY_MS // 2, True),
        (50, DAY_MS // 2, False),
        (11, 60_000, True),
        (10, 0, False),
        (0, 0, False),
    ],
)
def test_the_last_hundred_sessions_are_spread_over_the_rest_of_the_day(remaining, reset_after, fine):
    limit = {"total": 1000, "remaining": remaining, "reset_after": reset_after}
    if fine:
        affordable(limit)
        return
    with pytest.raises(SurfaceUnavailable, match=f"it has {remaining} of 1000 sessions left") as caught:
        affordable(limit)
    assert caught.value.passing


def test_a_day_of_the_fastest_crash_loop_leaves_sessions_over():
    left, spent = 1000, 0
    for second in range(0, 86_400, 5):
        try:
            affordable({"total": 1000, "remaining": left, "reset_after": DAY_MS - second * 1000})
        except SurfaceUnavailable:
            continue
        left, spent = left - 1, spent + 1
    assert left >= 10
    assert spent > 900


HOME = "wss://gateway.discord.gg/?v=10&encoding=json"


@pytest.mark.parametrize(
    ("url", "configured", "named", "used"),
    [
        (HOME, "", "wss://gateway.discord.gg", HOME),
        (HOME, "", "ws://here:1/gateway", "ws://here:1/gateway?v=10&encoding=json"),
        (HOME, "ws://proxy:2", "wss://gateway.discord.gg", "ws://proxy:2/?v=10&encoding=json"),
        ("wss://resume.discord.gg/?v=10", "", "wss://gateway.discord.gg", "wss://resume.discord.gg/?v=10"),
        ("wss://resume.discord.gg/?v=10", "ws://proxy:2", "", "ws://proxy:2/?v=10"),
    ],
)
def test_the_gateway_is_where_it_is_configured_or_where_discord_says(url, configured, named, used):
    assert _gateway(url, configured, named) == used


def test_the_same_commands_are_known_again_whatever_discord_adds_to_them():
    ours = [
        {
            "name": "ask",
            "type": 1,
            "description": "Ask",
            "options": [{"name": "q", "type": 3, "required": True}],
        }
    ]
    theirs = [
        {**ours[0], "id": "1", "version": "2", "nsfw": False, "contexts": None, "name_localizations": None}
    ]
    assert same(ours, theirs)


@pytest.mark.parametrize(
    "change",
    [{"description": "Ask me"}, {"name": "question"}, {"options": []}, {"default_member_permissions": "32"}],
)
def test_a_changed_command_is_told_from_the_known_one(change):
    ours = {"name": "ask", "type": 1, "description": "Ask", "options": [{"name": "q", "type": 3}]}
    assert not same([ours], [{**ours, **change}])
    assert not same([ours], [])


def test_the_invitation_asks_for_what_answers_need_and_no_more():
    asked = link(123)
    assert "client_id=123" in asked
    assert "scope=bot+applications.commands" in asked
    assert "permissions=309237713984" in asked


async def test_edits_wait_for_their_channel_and_not_for_others():
    now, waits = 100.0, list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 2))

    pacing = Pacing(lambda: now, sleep)
    for channel in ("one", "one", "other"):
        await pacing.turn(channel)
    assert waits[::2] == [0, CHANNEL_SECONDS, 0]


async def test_many_answers_share_what_discord_takes_of_one_bot():
    waits = list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    pacing = Pacing(lambda: 100.0, sleep)
    for number in range(100):
        await pacing.turn(str(number))
    assert max(waits) == pytest.approx(99 * 0.04)


class Api:
    """discord.py's client, as far as it tells how many sessions are left."""

    def __init__(self, remaining: int) -> None:
        self.http, self.remaining = self, remaining

    async def get_bot_gateway(self):
        return 1, "wss://here", {"total": 1000, "remaining": self.remaining, "reset_after": DAY_MS}


async def test_sessions_that_follow_each_other_closely_begin_less_and_less_often():
    now, waits = 0.0, list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    sessions = Sessions(Api(900), lambda: now, sleep)
    for _ in range(6):
        await sessions.begin()
    now = 1000.0
    await sessions.begin()
    assert waits == [5, 10, 20, 40, 40]


async def test_no_session_begins_when_few_are_left():
    with pytest.raises(SurfaceUnavailable):
        await Sessions(Api(50)).begin()


async def test_no_second_sees_more_calls_than_discord_takes():
    now, begun = 0.0, list[float]()

    async def sleep(seconds: float) -> None:
        begun[-1] = now + seconds

    rate = CallRate(lambda: now, sleep)
    for _ in range(200):
        begun.append(now)
        await rate.turn()
    assert begun[:8] == [0.0] * 8
    for first in begun:
        assert sum(first <= at < first + 1 for at in begun) < 50
