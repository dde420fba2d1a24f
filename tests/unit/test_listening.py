"""Which messages are for the bot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.listening import Rules, asks, attends, barrier, is_closing
from bot.channels.posts import Entry, Post
from bot.model import Place

PLACE = Place(platform="fake", channel="C", thread="1")


def post(id, author, *, by="human", bot=False, others=False):
    return Post(
        place=PLACE,
        id=id,
        author=author,
        text="x",
        by=by,
        mentions_bot=bot,
        mentions_others=others,
        at=float(id),
    )


def entry(message, asker, via="mention"):
    return Entry(ref=message, place=PLACE, message=message, asker=asker, text="x", via=via, at=float(message))


@pytest.mark.parametrize(
    "text",
    [
        "How do I create an index?",
        "how do I create an index",
        "Hi, what is a partition key",
        "my query fails with this error: field not found, any idea why?",
        "I get `MilvusException` when loading. What can I do",
        "¿Cómo se crea un índice?",
        "如何创建索引？",
        "We upgraded yesterday. Is there a way to go back",
    ],
)
def test_questions_are_noticed(text):
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "good morning everyone",
        "lunch at noon",
        "I merged the pull request",
        "why?",
        "https://example.org/what?is=this",
        "```\nwhere x = 1?\n```",
        "",
        "🎉",
        "what",
    ],
)
def test_chatter_is_left_alone(text):
    assert not asks(text)


@pytest.mark.parametrize(
    "text", ["thanks!", "Thank you, that works", "ok great", "got it 👍", "Perfect, thanks a lot :)", "yes"]
)
def test_a_closing_remark_is_no_question(text):
    assert is_closing(text)


@pytest.mark.parametrize(
    "text", ["thanks, but how do I drop it?", "ok and for GPU", "", "okra", "no index found"]
)
def test_a_question_that_begins_politely_is_one(text):
    assert not is_closing(text)


@given(st.text(alphabet="ok thanks,!works yes no", max_size=5_000))
def test_no_text_keeps_the_decision_busy(text):
    assert is_closing(text) in {True, False}
    assert asks(text) in {True, False}


@pytest.mark.parametrize(
    ("case", "thread", "new", "expected"),
    [
        (
            "the asker goes on",
            [post("1", "ann", bot=True), post("2", "bot", by="self")],
            post("3", "ann"),
            True,
        ),
        (
            "somebody else asks unasked",
            [post("1", "ann", bot=True), post("2", "bot", by="self")],
            post("3", "bob"),
            False,
        ),
        (
            "the asker turns to somebody else",
            [post("1", "ann", bot=True), post("2", "bot", by="self")],
            post("3", "ann", others=True),
            False,
        ),
        (
            "another human has answered",
            [post("1", "ann", bot=True), post("2", "bot", by="self"), post("3", "bob")],
            post("4", "ann"),
            False,
        ),
        (
            "the asker has turned to somebody else before",
            [post("1", "ann", bot=True), post("2", "bot", by="self"), post("3", "ann", others=True)],
            post("4", "ann"),
            False,
        ),
        (
            "it was mentioned again",
            [
                post("1", "ann", bot=True),
                post("2", "bot", by="self"),
                post("3", "bob"),
                post("4", "ann", bot=True),
                post("5", "bot", by="self"),
            ],
            post("6", "ann"),
            True,
        ),
        (
            "another program's message is nobody's answer",
            [post("1", "ann", bot=True), post("2", "bot", by="self"), post("3", "ci", by="bot")],
            post("4", "ann"),
            True,
        ),
        (
            "a second person has mentioned it",
            [post("1", "ann", bot=True), post("2", "bot", by="self"), post("3", "bob", bot=True)],
            post("4", "bob"),
            True,
        ),
        ("the bot was never here", [post("1", "ann")], post("3", "ann"), False),
    ],
)
def test_the_bot_steps_back_for_people(case, thread, new, expected):
    entries = [entry("1", "ann")] if thread[0].mentions_bot else []
    assert attends([*thread, new], new, entries) is expected, case


def test_who_asked_by_a_shortcut_may_go_on():
    thread = [post("1", "ann"), post("2", "bot", by="self")]
    assert attends(thread, post("3", "bob"), [entry("1", "bob", via="shortcut")])


def test_lists_of_channels_and_people_are_kept():
    asked = post("1", "ann", bot=True)
    assert barrier(asked, Rules()) is None
    assert barrier(asked, Rules(users=["bob"])) == "stranger"
    assert barrier(asked, Rules(channels=["D"])) == "elsewhere"
    assert barrier(asked, Rules(channels=["D"], auto_answer=["C"])) is None
    assert barrier(asked, Rules(channels=["1"])) is None
    private = Post(place=PLACE, id="1", author="ann", text="x", direct=True)
    assert barrier(private, Rules(channels=["D"])) is None
