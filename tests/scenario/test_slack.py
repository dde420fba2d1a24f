"""What people see in Slack: the real SDK and Bolt against a Slack on a loopback port."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from adapters.slack import app, chat
from bot.channels import phrases
from bot.channels.listening import Rules
from bot.errors import ModelUnavailable, SurfaceUnavailable
from bot.support.team_phrases import CALLED_BEFORE, NO_TEAM, NOT_REACHED
from fakes import FakeModel, FakeRetriever, passage
from slack_bot import bot_in
from slack_double import BOT, SlackDouble

ASKED = "<@BOT> how is data stored?".replace("BOT", BOT)
ANSWER = "It is kept in object storage [1]."


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


async def test_a_mention_is_answered_by_a_stream_in_a_thread(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert answer.streamed
    assert answer.thread_ts == ts
    assert answer.text == ANSWER
    assert "[1] <https://docs.example/p1#section-1|Page 1 › Section 1>" in answer.words
    assert answer.labels == ("Helpful", "Not helpful", "Get a human")
    assert slack.statuses[0].text.startswith(("Searching the docs", "Reading Page 1"))
    assert slack.status("C_GENERAL", ts) == ""
    assert len(slack.answers("C_GENERAL", ts)) == 1
    assert {delivery.type for delivery in slack.sent()} == {"app_mention", "message"}


async def test_a_thread_goes_on_without_a_mention_until_people_talk_to_each_other(slack, tmp_path):
    dialogue = [
        ("U_ANN", ASKED, 1),
        ("U_ANN", "and for GPU?", 2),
        ("U_ANN", "thanks!", 2),
        ("U_BEN", "I had the same problem once", 2),
        ("U_ANN", "how did you solve it?", 2),
        ("U_ANN", f"<@{BOT}> is that right?", 3),
        ("U_ANN", "<@U_BEN> what do you think?", 3),
        ("U_ANN", "and in the cloud?", 3),
    ]
    async with bot_in(slack, tmp_path):
        root = None
        for author, text, count in dialogue:
            ts = await slack.says(author, "C_GENERAL", text, thread=root)
            root = root or ts
            if count:
                await slack.answered("C_GENERAL", root, count)
            await slack.idle()
            assert len(slack.answers("C_GENERAL", root)) == count, text


async def test_the_thread_is_the_conversation_with_roles_right(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        root = await slack.says("U_BEN", "C_GENERAL", "My cluster is slow")
        await slack.says("U_ANN", "C_GENERAL", "Which index do you use?", thread=root)
        await slack.says("U_BEN", "C_GENERAL", ASKED, thread=root)
        await slack.answered("C_GENERAL", root)
        await slack.says("U_BEN", "C_GENERAL", f"<@{BOT}> and metadata?", thread=root)
        await slack.answered("C_GENERAL", root, 2)
    said = [(message.role, message.content) for message in bot.model.prompts[1][1:-1]]
    assert said == [
        ("user", "My cluster is slow"),
        ("user", "Which index do you use?"),
        ("user", "how is data stored?"),
        ("assistant", ANSWER),
    ]


async def test_a_private_conversation_needs_no_mention(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_ANN", "D_ANN", "how is data stored?")
        assert (await slack.answered("D_ANN", ts)).text == ANSWER


async def test_the_assistant_pane_suggests_questions_and_takes_its_title_from_the_first(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        channel, thread = await slack.opens_assistant("U_ANN")
        await slack.until(lambda: slack.calls("assistant.threads.setSuggestedPrompts"))
        await slack.says("U_ANN", "D_ANN", "how is data stored?", thread=thread)
        answer = await slack.answered("D_ANN", thread)
        await slack.until(lambda: slack.calls("assistant.threads.setTitle"))
        await slack.idle()
    assert answer.text == ANSWER
    assert slack.workspace.titles[channel, thread] == "how is data stored?"
    assert "How do I get started?" in str(slack.workspace.prompts[channel, thread])


async def test_a_command_answers_only_the_asker_who_may_share_it(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        used = await slack.commands("U_ANN", "C_GENERAL", "/docent", "how is data stored?")
        shown = await slack.until(
            lambda: [message for message in slack.ephemerals("C_GENERAL", "U_ANN") if message.finished]
        )
        assert ANSWER in shown[0].words
        assert slack.channel("C_GENERAL") == []
        await slack.clicks("U_ANN", "C_GENERAL", shown[0].ts, "Share in channel")
        shared = await slack.until(lambda: slack.channel("C_GENERAL"))
        await slack.idle()
    assert "how is data stored?" in shared[0].words
    assert ANSWER in shared[0].words
    assert slack.ephemerals("C_GENERAL", "U_ANN") == []
    assert used is not None


async def test_a_message_shortcut_answers_anybodys_message_and_only_once(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_BEN", "C_GENERAL", "how is data stored?")
        await slack.shortcuts("U_ANN", "C_GENERAL", ts, "docent_ask")
        answer = await slack.answered("C_GENERAL", ts)
        await slack.shortcuts("U_ANN", "C_GENERAL", ts, "docent_ask")
        told = await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_ANN"))
    assert answer.text == ANSWER
    assert "answered this message already" in told[0].words


async def test_a_shortcut_where_the_bot_is_no_member_is_answered_in_private(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_BEN", "C_ABSENT", "how is data stored?")
        await slack.shortcuts("U_ANN", "C_ABSENT", ts, "docent_ask")
        shown = await slack.until(lambda: slack.ephemerals("C_ABSENT", "U_ANN"))
    assert ANSWER in shown[0].words


async def test_thumbs_are_kept_once_a_person_and_can_change(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Helpful")
        await slack.clicks("U_BEN", "C_GENERAL", answer.ts, "Helpful")
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Not helpful")
        views = await slack.until(lambda: slack.views)
        await slack.submits("U_ANN", views[0], {"reason": "It names no version."})
        await slack.idle()
        ref = await ref_of(bot, ts)
        ratings = {rating.person: (rating.vote, rating.reason) for rating in await bot.ledger.ratings(ref)}
    assert ratings == {
        slack.workspace.user("U_ANN").id: ("down", "It names no version."),
        slack.workspace.user("U_BEN").id: ("up", ""),
    }


async def ref_of(bot, ts):
    from bot.model import Place

    general = Place(platform="slack", channel="C0GENERAL1", thread=ts)
    return (await bot.ledger.in_thread(general))[0].ref


async def test_get_a_human_calls_the_team_once_and_tells_who_asked(slack, tmp_path):
    async with bot_in(slack, tmp_path, team="C0PRIVATE1"):
        ts = await slack.says("U_ANN", "C_GENERAL", f"{ASKED} <b>&")
        answer = await slack.answered("C_GENERAL", ts)
        for _ in range(2):
            await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Get a human")
            await slack.idle()
        told = await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_ANN")[1:])
        await slack.idle()
    (card,) = slack.channel("C_PRIVATE")
    assert "how is data stored? &lt;b&gt;&amp;" in card.words
    assert ANSWER in card.words
    assert "open the thread" in card.words
    assert told[0].text == CALLED_BEFORE


@pytest.mark.parametrize(("team", "told"), [("", NO_TEAM), ("C0ABSENT01", NOT_REACHED)])
async def test_a_team_that_cannot_be_called_is_said(slack, tmp_path, team, told):
    async with bot_in(slack, tmp_path, team=team):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Get a human")
        shown = await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_ANN"))
    assert shown[0].text == told


async def test_an_edited_question_is_answered_anew_in_the_same_message(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        first = await slack.answered("C_GENERAL", ts)
        bot.model.pieces = ("In etcd [2].",)
        await slack.edits("C_GENERAL", ts, f"<@{BOT}> where are metadata?")
        await slack.until(lambda: "etcd" in slack.answers("C_GENERAL", ts)[0].words)
        await slack.idle()
    (answer,) = slack.answers("C_GENERAL", ts)
    assert answer.ts == first.ts
    assert "In etcd [1]." in answer.words
    assert "object storage" not in answer.words
    assert answer.finished


async def test_a_preview_that_slack_adds_is_no_edit(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", ts)
        await slack.unfurls("C_GENERAL", ts)
        await slack.idle()
    assert len(bot.model.prompts) == 1


async def test_a_question_deleted_while_it_is_answered_leaves_nothing_behind(slack, tmp_path):
    async with bot_in(slack, tmp_path, model=Halting("It is kept in ", "object storage [1].")):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.until(lambda: slack.answers("C_GENERAL", ts))
        await slack.deletes("C_GENERAL", ts)
        await slack.until(lambda: not slack.answers("C_GENERAL", ts))
        await slack.idle()
    assert slack.answers("C_GENERAL", ts) == []


async def test_a_channel_can_be_answered_unasked_and_chatter_is_left_alone(slack, tmp_path):
    async with bot_in(slack, tmp_path, rules=Rules(auto_answer=["C0GENERAL1"])):
        chatter = await slack.says("U_ANN", "C_GENERAL", "good morning all")
        asked = await slack.says("U_ANN", "C_GENERAL", "how is data stored?")
        elsewhere = await slack.says("U_ANN", "C_RANDOM", "how is data stored?")
        await slack.answered("C_GENERAL", asked)
        await slack.idle()
    assert slack.answers("C_GENERAL", chatter) == []
    assert slack.answers("C_RANDOM", elsewhere) == []


async def test_admins_pause_and_resume_and_nobody_else(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        await slack.commands("U_ANN", "C_GENERAL", "/docent", "pause")
        refused = await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_ANN"))
        await slack.commands("U_EVA", "C_GENERAL", "/docent", "pause")
        await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_EVA"))
        ts = await slack.says("U_BEN", "C_GENERAL", ASKED)
        told = await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_BEN"))
        await slack.commands("U_EVA", "C_GENERAL", "/docent", "resume")
        await slack.until(lambda: len(slack.ephemerals("C_GENERAL", "U_EVA")) == 2)
        again = await slack.says("U_BEN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", again)
    assert refused[0].text == "Only admins may do that."
    assert told[0].text == phrases.PAUSED
    assert slack.answers("C_GENERAL", ts) == []


async def test_an_empty_command_explains_the_bot(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        await slack.commands("U_ANN", "C_GENERAL", "/docent", "")
        told = await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_ANN"))
    assert "Ask me about the documentation" in told[0].text


async def test_a_program_is_not_answered(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        await slack.says("U_CIBOT", "C_GENERAL", ASKED)
        await slack.idle()
    assert bot.model.prompts == []


async def test_what_is_not_covered_names_the_nearest_pages_and_offers_a_human(slack, tmp_path):
    async with bot_in(slack, tmp_path, model=FakeModel("NOT_COVERED")):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
    assert "could not find an answer" in answer.words
    assert "Page 1" in answer.words
    assert "Get a human" in answer.labels


@pytest.mark.parametrize("text", ["", "   "])
async def test_only_the_mention_is_answered_with_an_example(slack, tmp_path, text):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}>{text}")
        answer = await slack.answered("C_GENERAL", ts)
    assert "Ask me a question about the documentation" in answer.words


async def test_a_question_of_forty_thousand_characters_is_read_at_both_ends(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> how? {'x ' * 19_900}")
        answer = await slack.answered("C_GENERAL", ts)
    assert ANSWER in answer.words
    assert "Your question is long" in answer.words


async def test_a_guest_of_another_workspace_is_answered(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_OLGA", "C_GENERAL", ASKED)
        assert (await slack.answered("C_GENERAL", ts)).text == ANSWER


async def test_no_answer_pings_anybody(slack, tmp_path):
    hostile = "Hello <!channel> and <!he", "re> and <@U0ANN00001> and @everyone & <b> [1]."
    async with bot_in(slack, tmp_path, model=FakeModel(*hostile)):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert not re.search(
        r"<[!@#]|@(?:everyone|here|channel)", str(answer.blocks) + answer.text + answer.words
    )
    assert "channel" in answer.words


class Halting(FakeModel):
    """Stops behind its first words until it may go on."""

    def __init__(self, *pieces):
        super().__init__(*pieces)
        self.go_on = asyncio.Event()

    async def stream(self, messages, **options):
        async for piece in super().stream(messages, **options):
            yield piece
            await self.go_on.wait()


def part(number):
    code = "".join(f"x{line} = {number * line}\n" for line in range(60))
    return f"## Part {number}\n\nText of part {number}.\n\n```python\n{code}```\n\n"


LONG = "".join(part(number) for number in range(40))


async def test_a_long_answer_is_whole_in_several_messages_none_within_a_fence(slack, tmp_path):
    pieces = [LONG[at : at + 97] for at in range(0, len(LONG), 97)]
    async with bot_in(slack, tmp_path, model=FakeModel(*pieces, "The end [1].")):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.until(lambda: any("The end" in shown.words for shown in finished(slack, ts)))
        await slack.idle()
    shown = slack.answers("C_GENERAL", ts)
    assert len(shown) > 1
    whole = "".join(answer.text for answer in shown)
    assert re.findall(r"part (\d+)\.", whole) == [str(n) for n in range(40)]
    assert whole.count(" = ") == 40 * 60
    assert all(answer.text.count("```") % 2 == 0 for answer in shown)
    assert [bool(answer.labels) for answer in shown] == [False] * (len(shown) - 1) + [True]


def finished(slack, ts):
    return [answer for answer in slack.answers("C_GENERAL", ts) if answer.finished]


@pytest.mark.parametrize("error", ["unknown_method", "missing_scope"])
async def test_without_streaming_one_message_is_updated(slack, tmp_path, error):
    slack.fails("chat.startStream", error, times=None)
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert not answer.streamed
    assert ANSWER in answer.words
    assert len(slack.answers("C_GENERAL", ts)) == 1


async def test_without_statuses_a_message_says_what_is_done_and_becomes_the_answer(slack, tmp_path):
    slack.fails("assistant.threads.setStatus", "unknown_method", times=None)
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert re.search(
        r"_(?:Searching the docs|Reading .*)…_", str(slack.calls("chat.postMessage")[0].arguments)
    )
    assert ANSWER in answer.words
    assert len(slack.answers("C_GENERAL", ts)) == 1


async def test_a_stream_that_expired_is_finished_by_an_update(slack, tmp_path):
    model = Halting("It is kept in ", "object storage [1].")
    async with bot_in(slack, tmp_path, model=model):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.until(lambda: slack.answers("C_GENERAL", ts))
        slack.expires_streams()
        model.go_on.set()
        await slack.answered("C_GENERAL", ts)
        await slack.idle()
    (answer,) = slack.answers("C_GENERAL", ts)
    assert ANSWER in answer.words
    assert "Get a human" in answer.labels


async def test_a_rate_limit_is_waited_for_and_no_tail_is_lost(slack, tmp_path):
    for method in ("chat.startStream", "chat.appendStream", "chat.stopStream"):
        slack.limits(method, retry_after=1)
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
    assert answer.text == ANSWER
    assert len(slack.answers("C_GENERAL", ts)) == 1


async def test_a_workspace_without_markdown_blocks_gets_classic_ones(slack, tmp_path):
    slack.fails("chat.startStream", "unknown_method", times=None)
    slack.fails("chat.postMessage", "invalid_blocks", times=1)
    async with bot_in(slack, tmp_path, model=FakeModel("**Kept** in storage [1].")):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert "*Kept* in storage" in answer.words
    assert not any(block["type"] == "markdown" for block in answer.blocks)


async def test_a_workspace_without_thumbs_gets_buttons_that_count_as_well(slack, tmp_path):
    for method in ("chat.stopStream", "chat.update", "chat.postMessage"):
        slack.fails(method, "invalid_blocks", where=lambda given: "context_actions" in str(given))
    async with bot_in(slack, tmp_path) as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = (await slack.until(lambda: [one for one in finished(slack, ts) if one.labels]))[0]
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Helpful")
        await slack.idle()
        (rating,) = await bot.ledger.ratings(await ref_of(bot, ts))
    assert answer.labels == ("Helpful", "Not helpful", "Get a human")
    assert "[1] <https://docs.example/p1#section-1|Page 1 › Section 1>" in answer.words
    assert rating.vote == "up"


async def test_a_model_that_goes_away_leaves_its_words_and_a_button_to_try_again(slack, tmp_path):
    broken = FakeModel("It is kept in ", error=ModelUnavailable("The model's server went away."))
    async with bot_in(slack, tmp_path, model=broken):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        failed = await slack.answered("C_GENERAL", ts)
        assert "It is kept in" in failed.words
        assert "The model's server went away." in failed.words
        broken.error = None
        broken.pieces = (ANSWER,)
        await slack.clicks("U_ANN", "C_GENERAL", failed.ts, "Try again")
        await slack.until(lambda: ANSWER in slack.answers("C_GENERAL", ts)[0].words)
        await slack.idle()
    (answer,) = slack.answers("C_GENERAL", ts)
    assert "went away" not in answer.words
    assert answer.ts == failed.ts


async def test_the_same_event_many_times_over_two_connections_is_answered_once(slack, tmp_path):
    async with bot_in(slack, tmp_path, sockets=2) as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.redelivers(slack.sent("app_mention")[0], times=150, sockets="any")
        await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert len(slack.answers("C_GENERAL", ts)) == 1
    assert len(bot.model.prompts) == 1


async def test_connections_that_break_lose_no_question(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        await slack.disconnects()
        await slack.connected()
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        assert (await slack.answered("C_GENERAL", ts)).text == ANSWER


async def test_an_app_token_that_is_revoked_later_is_said_though_the_client_would_try_for_ever(
    slack, tmp_path, monkeypatch
):
    monkeypatch.setattr(app, "WATCH_SECONDS", 0.05)
    async with bot_in(slack, tmp_path) as bot:
        slack.revokes("app")
        slack.drops()
        with pytest.raises(SurfaceUnavailable, match="SLACK_APP_TOKEN: the app was removed"):
            await bot.task


async def test_two_replicas_answer_once(slack, tmp_path):
    async with bot_in(slack, tmp_path) as one, bot_in(slack, tmp_path) as other:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.redelivers(slack.sent("app_mention")[0], sockets="all")
        await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert len(slack.answers("C_GENERAL", ts)) == 1
    assert len(one.model.prompts) + len(other.model.prompts) == 1


@pytest.mark.parametrize("error", ["is_archived", "channel_not_found", "token_revoked", "not_in_channel"])
async def test_a_channel_that_takes_no_answer_takes_nothing_else_down(slack, tmp_path, error):
    methods = ("chat.startStream", "chat.postMessage", "assistant.threads.setStatus")
    for method in methods:
        slack.fails(method, error, times=None)
    async with bot_in(slack, tmp_path):
        await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.until(lambda: slack.calls("chat.postMessage"))
        await slack.idle()
        slack.faults.clear()
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        assert ANSWER in (await slack.answered("C_GENERAL", ts)).words


async def test_a_thread_of_a_thousand_messages_is_read_to_its_end(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        root = await slack.says("U_BEN", "C_RANDOM", "a long story")
        slack.workspace.subscribed.discard("message.channels")
        for number in range(1000):
            await slack.says("U_BEN", "C_RANDOM", f"part {number}", thread=root)
        await slack.says("U_ANN", "C_RANDOM", ASKED, thread=root)
        await slack.answered("C_RANDOM", root)
    said = [message.content for message in bot.model.prompts[0][1:-1]]
    assert said[-1] == "part 999"


async def test_of_a_thread_that_is_too_long_to_read_the_questions_and_answers_are_known(
    slack, tmp_path, monkeypatch
):
    monkeypatch.setattr(chat, "PAGE", 5)
    monkeypatch.setattr(chat, "PAGES", 2)
    async with bot_in(slack, tmp_path) as bot:
        root = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", root)
        for number in range(12):
            await slack.says("U_BEN", "C_GENERAL", f"remark {number}", thread=root)
        await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> and metadata?", thread=root)
        await slack.answered("C_GENERAL", root, 2)
    said = [message.content for message in bot.model.prompts[-1][1:-1]]
    assert said == ["how is data stored?", ANSWER]


async def test_a_follow_up_is_seen_to_be_taken_while_slack_holds_back_its_thread(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        root = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", root)
        await slack.idle()
        shown = len(slack.statuses)
        gate = slack.holds("conversations.replies")
        await slack.says("U_ANN", "C_GENERAL", "and for GPU?", thread=root)
        await slack.until(lambda: len(slack.statuses) > shown)
        gate.release()
        await slack.answered("C_GENERAL", root, 2)
    assert ANSWER in str(bot.model.prompts[-1])


async def test_fifty_mentions_at_once_are_all_answered_and_none_twice(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        asked = [await slack.says("U_ANN", "C_GENERAL", f"{ASKED} {number}") for number in range(50)]
        await asyncio.gather(*(slack.answered("C_GENERAL", ts) for ts in asked))
        await slack.idle()
    assert [len(slack.answers("C_GENERAL", ts)) for ts in asked] == [1] * 50
    assert len(bot.model.prompts) == 50


async def test_an_index_that_is_down_is_said_in_a_sentence(slack, tmp_path):
    from bot.errors import RetrievalUnavailable

    down = FakeRetriever(
        passage(), error=RetrievalUnavailable("The index is not there.", "Run docent index.")
    )
    async with bot_in(slack, tmp_path, retriever=down):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
    assert "The index is not there. Run docent index." in answer.words
    assert answer.labels == ("Try again", "Get a human")
