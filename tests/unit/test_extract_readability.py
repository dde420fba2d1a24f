import pytest

from bot.extract.extracting import extract
from bot.model import Passage
from bot.words import terms


def passage(text: str, *, heading: str, score: float = 1.0) -> Passage:
    url = f"https://docs.example/guide#{heading.replace(' ', '-')}"
    return Passage(text=text, title="Guide", heading=heading, url=url, path="guide.md", score=score)


def test_a_section_that_shares_only_common_words_is_left_out_where_the_best_one_answers():
    loose = passage("Dropping a table deletes its rows.", heading="Tables by hand", score=0.9)
    limit = passage("A store can hold up to 512 tables.", heading="Limits")
    found = extract("how many tables can a store hold", [limit, loose])
    assert found.text == "A store can hold up to 512 tables. [1]"
    assert len(found.citations) == 1


def test_a_second_section_is_quoted_for_the_half_of_the_question_that_the_first_leaves_open():
    first = passage("Switch authentication on with `auth.enabled`.", heading="Authentication")
    second = passage("The default password is `store`.", heading="First login", score=0.8)
    text = extract("how to turn on auth and what is the default password", [first, second]).text
    assert "`auth.enabled`" in text
    assert "The default password is `store`." in text


def test_an_answer_to_a_limit_is_the_figure_without_code():
    page = passage(
        "A table can have up to 64 partitions. Create a partition with the client:\n\n"
        "```python\nclient.create_partition()\n```",
        heading="Partitions",
    )
    assert extract("max number of partitions in a table", [page]).text == (
        "A table can have up to 64 partitions. [1]"
    )


def test_a_sentence_of_the_best_section_is_not_torn_from_its_neighbours():
    page = passage(
        "You can drop an index.\n\n> **Note:** Release the index before you drop it.\n\n"
        "Drop it like this:\n\n```python\nclient.drop_index()\n```",
        heading="Drop an index",
    )
    text = extract("drop an index fails", [page]).text
    assert text.index("Release the index") < text.index("client.drop_index()")


def test_the_text_of_an_error_is_answered_and_not_repeated():
    page = passage(
        "`StoreError: no server answers`\n\nStart the server first, or check its port.",
        heading="No server answers",
    )
    text = extract("I get StoreError: no server answers", [page]).text
    assert text == "Start the server first, or check its port. [1]"


def test_an_answer_that_uses_only_the_question_s_words_is_no_echo():
    page = passage("The store supports partial updates.", heading="Updates")
    assert extract("does the store support partial updates?", [page]).text.startswith("The store supports")


@pytest.mark.parametrize(
    "pointer",
    [
        "For more information on backups, refer to [the guide](guide.md).",
        "This guide describes how to create a backup.",
        "The steps of a backup are listed in Operations.",
    ],
)
def test_a_sentence_that_only_points_elsewhere_is_not_quoted(pointer):
    text = extract(
        "how do I create a backup", [passage(f"{pointer} A backup is a file.", heading="Backup")]
    ).text
    assert text == "A backup is a file. [1]"


def test_steps_are_quoted_without_a_gap():
    steps = "\n".join(f"{n}. {text}" for n, text in enumerate(["Stop the server", "Wait", "Upgrade it"], 1))
    text = extract("how to upgrade the server", [passage(steps, heading="Upgrade")]).text
    assert "1. Stop the server\n2. Wait\n3. Upgrade it [1]" in text


def test_one_sentence_for_each_tab_of_a_page_is_said_once():
    tabs = (
        "To drop a table, use [`drop_table()`](https://docs.example/python).\n\n"
        "To drop a table, use [`dropTable()`](https://docs.example/java).\n\n"
        "```python\nclient.drop_table()\n```"
    )
    text = extract("how to drop a table", [passage(tabs, heading="Drop a table")]).text
    assert text.count("To drop a table, use") == 1
    assert "client.drop_table()" in text


def test_code_that_is_too_long_is_never_torn_inside_its_brackets():
    torn = "\n\n".join(f"    insert(shard_{n},\n      'x' * 80)" for n in range(40))
    page = passage(f"A shard is a part.\n\n```python\nwith client(\n{torn}\n```", heading="Shard")
    assert extract("insert into a shard", [page]).text == "A shard is a part. [1]"


def test_a_question_in_bold_keeps_its_closing_mark():
    item = "- **Is a shard large?** No." + " A shard is a small part of a table." * 15
    text = extract("is a shard large", [passage(item, heading="FAQ")]).text
    assert text.count("**") % 2 == 0


def test_an_introduction_is_said_once_for_all_that_it_introduces():
    long = " It holds a shard." * 30
    listed = (
        f"Note for a shard:\n\n- `a`: a shard.{long}\n- `b`: the metric of a shard.\n- `c`: a shard.{long}"
    )
    text = extract("metric of a shard", [passage(listed, heading="Shard")]).text
    assert text.count("Note for a shard:") <= 1


@pytest.mark.parametrize(
    ("short", "long"), [("max RAM", "maximum memory"), ("auth config", "authentication configuration")]
)
def test_short_forms_of_a_chat_find_the_words_of_the_pages(short, long):
    assert terms(short) == terms(long)
