"""What readers see of what a model writes."""

import pytest

from bot.generation import grounding
from bot.generation.writing import Writing, in_another_language
from fakes import passage

STORED = passage("Inserted data is kept in object storage as an incremental log.")
OTHER = passage("Metadata is kept in etcd, at most 16,384 keys.", number=2)
SIZES = (1, 4, 10_000)


def written(text: str, size: int = 10_000) -> tuple[str, Writing]:
    writing = Writing([STORED, OTHER])
    shown = ""
    for at in range(0, len(text), size):
        shown += writing.feed(text[at : at + size])
        if writing.stopped:
            break
    return shown + writing.end(), writing


@pytest.mark.parametrize("size", SIZES)
def test_a_citation_whose_passage_says_something_else_is_taken_out_and_counted(size: int) -> None:
    shown, writing = written("Data is kept in object storage [1]. Grafana draws coloured panels [2].", size)
    assert shown == "Data is kept in object storage [1]. Grafana draws coloured panels."
    assert [citation.url for citation in writing.citations] == [STORED.url]
    assert writing.unsupported == 1
    assert not writing.grounded


def test_a_citation_that_holds_stays() -> None:
    shown, writing = written(
        "Up to 16384 keys of metadata are kept in etcd [2]. Data is an incremental log 【1†L1】."
    )
    assert shown.endswith("etcd [1]. Data is an incremental log [2].")
    assert writing.grounded
    assert writing.unsupported == 0


@pytest.mark.parametrize("text", ["No idea.", "It is so [99].", "Data [99] is kept [0]."])
def test_an_answer_without_a_true_citation_is_not_grounded(text: str) -> None:
    shown, writing = written(text)
    assert not writing.grounded
    assert "[" not in shown


def test_an_answer_of_mostly_statements_that_no_passage_holds_is_not_grounded() -> None:
    invented = (
        "Napoleon founded it in 1804 near Waterloo. Unicorns live in caches. Dragons guard the proxies."
    )
    assert not written(f"Metadata is kept in etcd [2]. {invented}")[1].grounded
    assert not written(f"- Metadata is kept in etcd. [2]\n- {invented}")[1].grounded


@pytest.mark.parametrize(
    "text",
    [
        "Inserted data is kept in object storage. It is an incremental log. Metadata is kept in etcd [2].",
        "Metadata is kept in etcd. [2] Data is kept in object storage. [1] Dragons guard all of the proxies.",
        "Metadata is kept in etcd [2]:\n```sh\nrun dragons with unicorns\nguard all proxies well\n```\n",
        "# Where unicorns live today\nMetadata is kept in etcd [2]. Do dragons guard all proxies?",
        "Los metadatos se guardan en el almacén de claves. Los datos se guardan en otro lugar [1].",
    ],
)
def test_what_the_passages_hold_needs_no_citation_in_each_sentence(text: str) -> None:
    assert written(text)[1].grounded


@pytest.mark.parametrize("size", SIZES)
def test_the_word_for_a_refusal_is_never_shown(size: int) -> None:
    shown, writing = written("Metadata is kept in etcd [2]. The rest: NOT_COVERED", size)
    assert (shown.strip(), writing.stopped) == ("Metadata is kept in etcd [1]. The rest:", "")
    assert written("The passages do not answer the question. NOT_COVERED", size)[1].stopped == "refused"


@pytest.mark.parametrize("size", SIZES)
def test_an_open_fence_is_closed(size: int) -> None:
    assert written("Run:\n```python\nprint(1)", size)[0] == "Run:\n```python\nprint(1)\n```"
    assert written("Run:\n```python\nprint(1)\n```\n", size)[0].count("```") == 2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("end", ["<|im_end|>", "<|endoftext|>", "</s>", "<end_of_turn>", "<|eot_id|>"])
def test_what_follows_the_end_of_a_turn_is_never_shown(end: str, size: int) -> None:
    shown, writing = written(f"It is kept{end}\nuser: and now?", size)
    assert shown == "It is kept"
    assert writing.stopped == "end"


@pytest.mark.parametrize(
    "text",
    [
        "The log is kept in object storage, for ever. " * 200,
        "ha " * 900,
        "- one line of a list\n" * 300,
        "x" * 5_000,
    ],
)
@pytest.mark.parametrize("size", [3, 50])
def test_a_model_that_repeats_itself_is_cut_off(text: str, size: int) -> None:
    shown, writing = written(f"Data is kept in object storage [1].\n{text}", size)
    assert writing.stopped == "loop"
    assert len(shown) < 1_000
    assert len(writing.text) < 200
    assert writing.text.startswith("Data is kept in object storage [1].")
    assert len(writing.citations) == 1


def test_tables_steps_and_code_are_no_repetition() -> None:
    rows = "".join(f"| key{row} | default value | description {row} |\n" for row in range(40))
    code = "```python\n" + "".join(f"client.insert(row_{row})\n" for row in range(40)) + "```"
    assert written(rows + code)[1].stopped == ""


def test_a_statement_in_another_language_is_checked_by_its_names_alone() -> None:
    assert grounding.supported("Los datos se guardan en un almacén de objetos", STORED)
    assert grounding.supported("Los metadatos: hasta 16,384 claves en el almacén", OTHER)
    assert not grounding.supported("El valor de la clave `max_open_files` es muy grande aquí", OTHER)


def test_the_statement_of_a_marker_is_the_sentence_before_it() -> None:
    assert grounding.claim("One thing. Data is kept here [1][2].") == "Data is kept here ."
    assert grounding.claim("Data is kept here.\n\n") == "Data is kept here."


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        (
            "How is inserted data kept?",
            "数据以增量日志的形式保存在对象存储中，元数据保存在注册中心里面，请参阅文档。",
            True,
        ),
        ("How is inserted data kept?", "In object storage, as an incremental log.", False),
        ("Как хранятся вставленные данные?", "In object storage, as an incremental log.", True),
        ("数据?", "In object storage, as an incremental log.", False),
        ("How is data kept?", "Die Daten werden im Objektspeicher als Protokoll abgelegt [1].", True),
        (
            "¿Cómo se guardan los datos?",
            "The data is kept in object storage as an incremental log [1].",
            True,
        ),
        ("¿Cómo se guardan los datos?", "Los datos se guardan en el almacén de objetos [1].", False),
        ("¿Cómo se guardan los datos?", "HNSW, FLAT, DISKANN, SCANN, CAGRA, IVF, AUTOINDEX, BIN [1]", False),
        ("¿Cómo se guardan los datos?", "```\nfor row in the log do this and that with it\n```", False),
        ("HNSW ef default", "Der Wert ist 64 und wird bei der Suche mit angegeben [1].", False),
        ("How is data kept?", "Im Log [1].", False),
    ],
)
def test_an_answer_in_another_language_is_noticed(question: str, answer: str, other: bool) -> None:
    assert in_another_language(question, answer) is other


FENCE = "```python\n"


@pytest.mark.parametrize(
    "text",
    [
        "| name | value |\n|" + "-" * 90 + "|" + "-" * 80 + "|\n| a | 1 |\n",
        "Then:\n\n"
        + "".join(f"{FENCE}from pymilvus import MilvusClient\nclient.run({n})\n```\n\n" for n in range(9)),
        FENCE + "vector = [" + "0.1, " * 60 + "0.1]\n```\n",
        FENCE + "    collection.insert(rows)\n" * 6 + "```\n",
        "=" * 200 + "\n",
    ],
)
@pytest.mark.parametrize("size", SIZES)
def test_code_and_tables_that_repeat_themselves_are_whole(text: str, size: int) -> None:
    shown, writing = written(f"{text}Data is kept in object storage [1].", size)
    assert shown.rstrip() == f"{text}Data is kept in object storage [1]."
    assert not writing.stopped
