"""Which messages are for the bot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.asking import asks
from bot.channels.listening import Rules, attends, barrier, is_closing
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


QUESTIONS = """\
How do I create an index?
how do I create an index
Hi, what is a partition key
my query fails with this error: field not found, any idea why?
I get `MilvusException` when loading. What can I do
¿Cómo se crea un índice?
如何创建索引？
如何创建索引
インデックスはどう作りますか？
We upgraded yesterday. Is there a way to go back
What is `nprobe`?
what's the difference between HNSW and IVF_FLAT?
How are you supposed to configure TLS?
how can I delete all entities of a partition
Can you use GPUs with Milvus?
can anyone explain how compaction works
Could somebody tell me what a segment is?
does Milvus support Kubernetes 1.30
Do you have an example for hybrid search?
Is it possible to rename a collection
is it ok to delete the WAL folder?
Where is my data stored?
When do we need to call flush?
Who can create users in the admin panel?
Has anyone seen this error before: "etcdserver: mvcc: database space exceeded"?
anyone knows how to back up a collection
Milvus keeps its metadata in etcd, right?
I cannot connect to the server from another pod, connection refused
I get an error when I load the collection
I'm trying to insert 10 million vectors but it gets stuck
we are getting a timeout while searching since this morning
my pods crash with OOM after the upgrade
help needed: the docker compose file does not start
Error: collection not loaded
unable to log in after I enabled authentication
Good morning all! How do I set a password?
Hi everyone, how are you? I wonder how to tune the index. Which parameters matter?
lol ok. so how do I drop a field?
explain the consistency levels please
please help me understand resource groups
any docs on time travel
Why did you remove the dynamic schema flag in 2.4?
how to scale query nodes
which index should I use for 10 GB of vectors
"""

CHATTER = """\
good morning everyone
lunch at noon
I merged the pull request
why?
really?
seriously??
oh no
https://example.org/what?is=this
what
🎉
who wants coffee?
who's up for lunch?
who is coming to the meetup tonight?
can you believe it is friday already
can you believe it's already Friday?
what a day
What a great release!
what an odd week that was
how are you doing today?
how are you?
hey all, how's it going?
how was your weekend?
how did you fix the build?
did you see the game last night?
has anyone seen my keys?
anyone up for a game later?
anybody around?
is anyone here?
are you there?
are you coming to the office tomorrow?
will do it tomorrow, is that ok?
is that ok with you?
does that make sense?
do you guys want pizza?
would you like to join us?
shall we meet at three?
where are you?
when are you back?
what's up?
what are you up to tonight
guess what happened to me
who cares
how nice of you
how cool is that!
why not, let us do it
when I was in Berlin the weather was better
which reminds me that I owe you a coffee
will do it right after lunch
can do, give me five minutes
do it again and you buy the beer
is done, go ahead
may the fourth be with you
I have a dentist appointment at four
I need a coffee now
I want to go home
I am on vacation until Monday
I'm off to lunch
we are done for today
help yourselves to the cake in the kitchen
show must go on
have a nice weekend everybody
was a pleasure to meet you all
error prone is my middle name
how about tacos?
what time is the standup?
morning folks, coffee anyone?
can someone review my PR?
should we move the meeting to 4?
lol did you break prod again?
when you get a minute can you ping me
that error again, I'll fix it tonight
you were right, it works when I clear the cache
any time, happy to have been of use
"""


@pytest.mark.parametrize("text", QUESTIONS.splitlines())
def test_questions_are_noticed(text):
    assert asks(text)


@pytest.mark.parametrize("text", [*CHATTER.splitlines(), "", "```\nwhere x = 1?\n```"])
def test_chatter_is_left_alone(text):
    assert not asks(text)


@pytest.mark.parametrize("unit", ["hi, ", "`", "```a", "? ", "\n", "\n ", ". ", ",;:", "。", "is "])
def test_no_message_is_looked_at_for_long(unit):
    # The time-out of the test run is the measure.
    assert asks((unit * 40_000)[:40_000]) is False


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
