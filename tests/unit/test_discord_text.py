"""Text on its way into and out of Discord."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.text import plain, rendered
from adapters.message_split import split
from adapters.tables_as_text import width

BOTS = ("111", "222")
LIVE = re.compile(r"@(?:everyone|here)|<@[!&]?\d|<#\d|</\w|<t:\d", re.IGNORECASE)


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ("<@111> how do I index?", "how do I index?"),
        ("<@!111>, how?", "how?"),
        ("hey <@&222>  what is HNSW", "hey what is HNSW"),
        ("ask <@333> or <@!444> or <@&555> in <#666>", "ask @ann or @444 or @555 in #help"),
        ("<:blob:123> <a:wave:456> hi", ":blob: :wave: hi"),
        ("at <t:0:R> or <t:99999999999999>", "at 1970-01-01 00:00 UTC or <t:99999999999999>"),
        ("run </index now:777> <id:guide>", "run /index now"),
        ("`<@111>` is how ```\n<@!111>\n``` it looks", "`<@111>` is how ```\n<@!111>\n``` it looks"),
        (
            "see <https://x.io> and List<String> and <@> <@abc>",
            "see <https://x.io> and List<String> and <@> <@abc>",
        ),
        ("<@111>", ""),
        ("line <@111>\nnext", "line\nnext"),
    ],
)
def test_a_message_is_read_as_plain_markdown(sent: str, asked: str) -> None:
    assert plain(sent, BOTS, {"333": "ann", "666": "help"}) == asked


@pytest.mark.parametrize("unit", ["<", "`", "<@111>", "```a", "<a:", "<t:-", "``", "<@!"])
def test_hostile_messages_are_read_in_a_moment(unit: str) -> None:
    assert "<@111>" not in plain((unit * 40_000)[:40_000], BOTS)


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("# A\n\n### C\n\n#### D **x** `y`", "# A\n\n### C\n\n**D x `y`**"),
        ("[docs](https://x.io/a_(b))", "[docs](<https://x.io/a_(b)>)"),
        ("[rel](../a.md) [js](javascript:x)", "rel js"),
        ("[https://x.io/](https://x.io/) <https://y.io>", "<https://x.io/> <https://y.io>"),
        ("[see https://x.io now](https://x.io/a)", "[see x.io now](<https://x.io/a>)"),
        ("See https://x.io/a_b_c. (https://x.io/(z))", "See <https://x.io/a_b_c>. (<https://x.io/(z)>)"),
        ("![a chart](https://x.io/c.png) ![local](c.png)", "[a chart](<https://x.io/c.png>) local"),
        ("a\n\n***\n\nb", "a\n\n──────────\n\nb"),
        ("- [ ] todo\n- [x] done\n  - deep", "- ☐ todo\n- ☑ done\n  - deep"),
        ("> a\n> > b", "> a\n>\n> b"),
        ("<div>x</div>", "x"),
        ("__bold__ and _it_", "**bold** and *it*"),
        ("a || b || c", "a \\|\\| b \\|\\| c"),
        ("text\n-# small", "text\n\\-# small"),
        ("@everyone <@123> <#5> </run:1>", "@\u200beveryone <\u200b@123> <\u200b#5> <\u200b/run:1>"),
        ("`@everyone <@123>`", "`@everyone <@123>`"),
        ("\\*kept\\* &lt;b&gt;", "\\*kept\\* \\<b>"),
        ("~~~python\nx = '<b>' # @here\n~~~", "```python\nx = '<b>' # @here\n```"),
        ("~~~\n```\n~~~", "```\n``\u200b`\n```"),
        ("```{.py title=x}\ny\n```", "```\ny\n```"),
        ("    indented code", "```\nindented code\n```"),
        ("1. a\n   ```sh\n   ls\n   ```\n2. b", "1. a\n\n```sh\nls\n```\n2. b"),
        ("", ""),
        (" \n\n", ""),
    ],
)
def test_markdown_becomes_what_discord_shows(markdown: str, shown: str) -> None:
    assert rendered(markdown) == shown


def test_a_table_becomes_code_in_columns() -> None:
    table = (
        "| Name | Größe | n |\n|---|:-:|--:|\n| **漢字** | `x` | 1 |\n| e\u0301 | [l](https://x.io) | 20 |"
    )

    assert rendered(table) == (
        "```\nName  Größe   n\n────  ─────  ──\n漢字  x       1\ne\u0301     l      20\n```"
    )


def test_a_wide_table_becomes_a_record_a_row() -> None:
    table = f"| Key | What | |\n|---|---|---|\n| `a` | {'long words ' * 8}| more |\n| **b** | | |"

    assert rendered(table) == f"- **`a`**\n  - What: {('long words ' * 8).strip()}\n  - more\n- **b**"


@given(st.lists(st.lists(st.text(alphabet="abc漢é `*|<", max_size=8), min_size=2, max_size=3), max_size=4))
def test_the_lines_of_a_table_are_never_too_wide(rows: list[list[str]]) -> None:
    table = "| a | b | c |\n|---|---|---|\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)
    shown = rendered(table)

    assert not shown.startswith("```") or all(width(line) <= 60 for line in shown.split("\n"))


@pytest.mark.parametrize(
    ("unfinished", "shown"),
    [
        ("```py\nx = 1", "```py\nx = 1\n```"),
        ("```", ""),
        ("| a | b |", "| a | b |"),
        ("| a | b |\n|---|---|\n| 1", "```\na  b\n─  ─\n1\n```"),
        ("[label](https://x", "[label](<https://x>"),
        ("**bold", "**bold"),
        ("- ", "-"),
    ],
)
def test_an_unfinished_text_is_shown_as_far_as_it_goes(unfinished: str, shown: str) -> None:
    assert rendered(unfinished) == shown


@given(st.text(alphabet="@everyonher<>!&#12:t/\\ *`", max_size=60) | st.text(max_size=60))
def test_no_text_pings(text: str) -> None:
    without_code = re.sub(r"```.*?```|(`+)[^`].*?\1", "", rendered(text), flags=re.DOTALL)

    assert "`" in text or not LIVE.search(without_code)


@given(st.text(alphabet="#>-*_~|[]()!\\ \n1.abx`", max_size=120))
def test_no_word_is_lost(text: str) -> None:
    if "](" not in text and "]:" not in text and "```" not in text and "~~~" not in text:
        assert re.sub(r"[^abx]", "", rendered(text)) == re.sub(r"[^abx]", "", text)


@pytest.mark.parametrize("unit", ["[", "[a", "*_", "> ", "- ", "|-", "`a", "<", "![](", "<b>", "**a ", "~~"])
def test_hostile_texts_are_rendered_in_a_moment(unit: str) -> None:
    # The time-out of the test run is the measure; what comes out still says something of what went in.
    assert len(rendered((unit * 12_000)[:12_000])) < 60_000


def test_pages_of_documentation_come_through_and_can_be_cut() -> None:
    folder = Path(__file__).parents[2] / "samples"
    pages = sorted(folder.rglob("*.md"))
    assert pages
    for page in pages:
        pieces = split(rendered(page.read_text()), 2000)
        assert all(piece.count("```") % 2 == 0 for piece in pieces)
