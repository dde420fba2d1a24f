"""Text on its way into and out of Slack."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack import blocks
from adapters.slack.content import pieces
from adapters.slack.text import Quiet, escape, for_markdown_block, link, mentions, mrkdwn, plain, quiet

BOT = "U0BOT"
LIVE = re.compile(
    r"<[\s\\]{0,3}!\s{0,3}(?:channel|here|everyone|group|subteam|date)"
    r"|<[\s\\]{0,3}[@#]\s{0,3}[a-z0-9]{1,24}\s{0,3}[|>]"
    r"|(?<!\w)@(?:channel|here|everyone|group)(?!\w)",
    re.IGNORECASE,
)

pings = (
    st.sampled_from(
        ["<!channel>", "<!HERE>", "<!everyone|x>", "<!subteam^S12>", "<@U012AB>", "<#C1|general>"]
    )
    | st.sampled_from(
        ["<@w1>", "@channel", "@Here", "@everyone", "< !here>", "<\\!here>", "<@ U1 >", "&LT;!here"]
    )
    | st.sampled_from(["&lt;!here&gt;", "&#60;!channel&#62;", "&#x3c;@U1&#x3E;", "<&#33;here>", "&#64;here"])
    | st.sampled_from(["@&#104;ere", "&commat;here", "&#60&#64U1&#62"])
)
hostile = st.lists(
    pings | st.text(alphabet="<>@!#&;|^ \\`*lt64x3che", max_size=12) | st.text(max_size=6), max_size=12
).map("".join)


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ("<@U0BOT> how do I index?", "how do I index?"),
        ("<@U0BOT>, how do I index?", "how do I index?"),
        ("hey <@U0BOT>  what is HNSW", "hey what is HNSW"),
        ("what is HNSW <@U0BOT|docent>?", "what is HNSW?"),
        ("<@U0BOT> <@U0BOT>", ""),
        ("first line <@U0BOT>\nsecond", "first line\nsecond"),
        ("ask <@U1|ann> and <@U2> in <#C1|general> or <#C2|>", "ask @ann and @U2 in #general or #C2"),
        ("<!here> <!channel|channel> <!subteam^S1|@support> <!subteam^S2>", "@here @channel @support @S2"),
        ("since <!date^1392734382^{date}|February 18th>", "since February 18th"),
        ("see <https://x.io/a?b=1&amp;c=2|the page>", "see [the page](https://x.io/a?b=1&c=2)"),
        ("see <https://x.io/a> and <http://x.io|x.io>", "see https://x.io/a and x.io"),
        ("write <mailto:a@b.io|a@b.io> or <mailto:a@b.io|me>", "write a@b.io or [me](mailto:a@b.io)"),
        ("if a &lt; b &amp;&amp; b &gt; c", "if a < b && b > c"),
        ("escaped twice &amp;lt;", "escaped twice &lt;"),
        ("```\nx = List&lt;int&gt;\n```", "```\nx = List<int>\n```"),
        ("typed &lt;@U0BOT&gt; by hand", "typed <@U0BOT> by hand"),
        (
            "broken <@ and <https://x and <> and <|> and <!>",
            "broken <@ and <https://x and <> and <|> and <!>",
        ),
        ("<javascript:alert(1)|click>", "<javascript:alert(1)|click>"),
        ("  \n ", ""),
    ],
)
def test_a_message_is_read_as_plain_markdown(sent: str, asked: str) -> None:
    assert plain(sent, bot=BOT) == asked


@given(st.text(alphabet="<>@!#|^&;ltgamp U0BOT\n\x00h:/", max_size=200) | st.text())
def test_any_message_is_read_without_the_bot_in_it(sent: str) -> None:
    assert "<@U0BOT>" not in plain(sent, bot=BOT) or "&" in sent or "<<" in sent


@pytest.mark.parametrize(
    "unit", ["<", "<a", "&", "<@U0BOT>", " <", "@", "<@&#1111111", "&#60", "<!", "[", "*_", "|-"]
)
def test_hostile_messages_are_read_and_written_in_a_moment(unit: str) -> None:
    hostile_text = (unit * 40_000)[:40_000]
    # The time-out of the test run is the measure: what grows too fast takes hours here.
    plain(hostile_text, bot=BOT)
    mentions(hostile_text)
    quiet(hostile_text)
    for_markdown_block(hostile_text[:12_000])
    mrkdwn(hostile_text[:12_000])


def test_the_people_and_groups_of_a_message_are_told_in_their_order() -> None:
    text = "<@U2> and <!subteam^S9|@team> and <@W1|w>, <@U2> again, <#C1|c>, <!here>, <@>, &lt;@U7&gt;"

    assert mentions(text) == ("U2", "S9", "W1")


@pytest.mark.parametrize(
    "text",
    [
        "a < b and b > c",
        "List<String> and Map<K, V>",
        "write to me@here.com or x@channel.io",
        "`std::vector<int>` and <https://x.io|label>",
        "for (i=0;i<n;i++) { x <<= 1; }",
        "<!-- note --> and <!DOCTYPE html>",
        "@hereby, @channels and @someone",
        "List<@NonNull String>",
        "&lt;b&gt; and &amp;",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert quiet(text) == text


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<!channel>", "<\u200b!channel>"),
        ("<@U012AB> and <#C1|general>", "<\u200b@U012AB> and <\u200b#C1|general>"),
        ("Ask @Here, please", "Ask @\u200bHere, please"),
        ("`<!here>`", "`<\u200b!here>`"),
        ("&lt;!here&gt;", "&lt;\u200b!here&gt;"),
    ],
)
def test_a_ping_is_parted_by_a_character_nobody_sees(written: str, sent: str) -> None:
    assert quiet(written) == sent
    assert quiet(sent) == sent


@given(hostile)
@example("<<!here>")
@example("@@here")
def test_no_text_pings_in_any_form_it_is_sent_in(text: str) -> None:
    for sent in (quiet(text), for_markdown_block(text), for_markdown_block(text, tables=False)):
        assert not LIVE.search(sent)
        assert not LIVE.search(html.unescape(sent))
    for sent in (mrkdwn(text), escape(text), link("https://x.io", text), link(text, "label")):
        assert not LIVE.search(re.sub(r"<https?://[^<>|]*(?:\|[^<>|]*)?>", "", sent))


@given(hostile, st.lists(st.integers(0, 150), max_size=20))
def test_a_stream_is_as_quiet_as_the_whole_text(text: str, cuts: list[int]) -> None:
    for places in (sorted(cuts), list(range(len(text)))):
        filtered = Quiet()
        pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
        sent = "".join(filtered.feed(piece) for piece in pieces) + filtered.end()
        assert sent.replace("\u200b", "") == text.replace("\u200b", "")
        assert not LIVE.search(sent)
        assert not LIVE.search(html.unescape(sent))


def test_a_stream_waits_for_a_few_characters_only() -> None:
    filtered = Quiet()

    assert filtered.feed("If a <") == "If a "
    assert filtered.feed(" b") == ""
    assert filtered.feed(" then more") == "< b then more"


@pytest.mark.parametrize(
    ("markdown", "sent"),
    [
        ("# A **b**", "# A **b**"),
        ("See [docs](../rel.md) and [x](javascript:alert(1))", "See docs and x"),
        ("![a chart](https://x.io/c.png) ![local](c.png)", "[a chart](https://x.io/c.png) local"),
        ("<div>inside</div>", "inside"),
        ("Use <your-token> and List<String>", "Use &lt;your-token> and List&lt;String>"),
        ("`List<String>` stays", "`List<String>` stays"),
        ("- [ ] todo\n- [x] done", "- [ ] todo\n- [x] done"),
        ("| a | b |\n|---|--:|\n| x \\| y | `c` |", "| a | b |\n| --- | ---: |\n| x \\| y | `c` |"),
        ("> a\n> > b", "> a\n>\n> b"),
        ("<https://x.io/a>", "https://x.io/a"),
        ("1. a\n   ```py\n   x = 1\n   ```", "1. a\n\n   ```py\n   x = 1\n   ```"),
        ("```py\nunfinished <b>", "```py\nunfinished <b>\n```"),
        ("", ""),
    ],
)
def test_a_markdown_block_gets_what_it_can_show(markdown: str, sent: str) -> None:
    assert for_markdown_block(markdown) == sent


def test_tables_that_slack_refuses_become_code_or_lists() -> None:
    table = "| a | b |\n|---|---|\n" + "| x | y |\n" * 120

    assert for_markdown_block(table).startswith("```\na  b\n─  ─\nx  y\n")
    assert for_markdown_block("| a | b |\n|---|---|\n| x | y |", tables=False) == "```\na  b\n─  ─\nx  y\n```"
    wide = f"| a | b |\n|---|---|\n| {'word ' * 20}| y |"
    assert for_markdown_block(wide, tables=False) == f"- **{('word ' * 20).strip()}**\n  - b: y"


@pytest.mark.parametrize(
    ("markdown", "sent"),
    [
        ("# Head *x*", "*Head _x_*"),
        ("## A & <b", "*A &amp; &lt;b*"),
        ("- a\n  - b\n    - c\n1. x", "• a\n  ◦ b\n    ▪ c\n\n1. x"),
        ("**b _i_ ~~s~~** and __b__", "*b _i_ ~s~* and *b*"),
        ("**太字**です", "*太字*\u200bです"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("\\*no\\*", "*\u200bno*\u200b"),
        ("[l|x](https://a.b/c_(d)?e=1&f=2)", "<https://a.b/c_(d)?e=1&amp;f=2|l│x>"),
        ("[**bold** `code`](https://a.b)", "<https://a.b|bold code>"),
        ("[rel](../x.md) ![alt](https://a.b/c.png)", "rel <https://a.b/c.png|alt>"),
        ("`a<b>&*_`", "`a&lt;b&gt;&amp;*_`"),
        ("```py\nif a < b && *c*:\n```", "```\nif a &lt; b &amp;&amp; *c*:\n```"),
        ("~~~\n```\n~~~", "```\n``\u200b`\n```"),
        ("| a | b |\n|---|---|\n| 1 & 2 | 漢 |", "```\na      b\n─────  ──\n1 &amp; 2  漢\n```"),
        ("> q\n> > r", "> q\n>\n> r"),
        ("a &amp; b &lt; c", "a &amp; b &lt; c"),
        ("<div>x</div> <!-- c -->", "x"),
        ("---", "──────────"),
        ("- [ ] todo\n- [x] done", "• ☐ todo\n• ☑ done"),
        ("1. a\n   ```\n   x\n   ```\n2. b", "1. a\n\n```\nx\n```\n2. b"),
    ],
)
def test_markdown_is_written_as_mrkdwn(markdown: str, sent: str) -> None:
    assert mrkdwn(markdown) == sent


def test_labels_and_links_cannot_break_out() -> None:
    assert escape("a <b> & @here") == "a &lt;b&gt; &amp; @\u200bhere"
    assert link("https://x.io/a|b>c d?e&f", "A|B >\n C") == "<https://x.io/a%7Cb%3Ec%20d?e&amp;f|A│B &gt; C>"
    assert link("javascript:alert(1)", "<click>") == "&lt;click&gt;"
    assert link("docs/page.md", "page") == "page"
    assert link("https://x.io", "") == "<https://x.io>"


@given(
    st.text(alphabet="#>-*_~|[]!\\ \n1.abx", max_size=120) | st.text(alphabet="漢é👍🏽 ab*_\n", max_size=80)
)
def test_no_word_is_lost(text: str) -> None:
    text = text.replace("]:", "] ").replace("~~~", "")
    for sent in (mrkdwn(text), for_markdown_block(text)):
        assert re.findall(r"[abx漢é👍]", sent) == re.findall(r"[abx漢é👍]", text)


@given(st.text())
def test_any_text_can_be_read_and_written(text: str) -> None:
    assert isinstance(plain(text, bot=BOT) + mrkdwn(text) + for_markdown_block(text), str)


def test_classic_sections_are_cut_between_the_lines_of_a_fence_and_each_is_a_fence():
    code = "\n".join(f"x{number} = {number} < {number + 1} & 1" for number in range(500))
    (message,) = pieces(f"Before.\n\n```python\n{code[:8_000]}\n```\n\nThe end.")
    shown = [block["text"]["text"] for block in message.classic().blocks]
    assert len(shown) > 2
    assert all(len(text) <= 3_000 and text.count("```") % 2 == 0 for text in shown)
    lines = [line for text in shown for line in text.splitlines() if line.startswith("x")]
    assert lines == [line.replace("&", "&amp;").replace("<", "&lt;") for line in code[:8_000].splitlines()]


@pytest.mark.parametrize("text", ["<" * 9_000, "| a | b |\n| --- | --- |\n" + "| & | < |\n" * 800])
def test_what_becomes_longer_as_mrkdwn_is_cut_and_nothing_of_it_is_lost(text):
    sections = blocks.classic(blocks.markdown(text))
    shown = "".join(section["text"]["text"] for section in sections)
    assert max(len(section["text"]["text"]) for section in sections) <= 3_000
    assert shown.count("&lt;") == text.count("<")


def test_thumbs_become_buttons_where_a_workspace_knows_no_other():
    (row,) = blocks.classic(blocks.feedback("abc"))
    assert [button["value"] for button in row["elements"]] == ["up abc", "down abc"]
    assert len({button["action_id"] for button in row["elements"]}) == 2
    assert blocks.classic(blocks.buttons("abc", blocks.HUMAN)) == [blocks.buttons("abc", blocks.HUMAN)]
