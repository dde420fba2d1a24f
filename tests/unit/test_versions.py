"""Which numbers of a question name a version of the documented product, and which of several is newest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.versions import held, mentions, newest_first, parsed, without

KNOWN = ("2.4", "2.6")
PRODUCTS = ("milvus",)


def named(text: str, known: tuple[str, ...] = KNOWN, products: tuple[str, ...] = PRODUCTS) -> list[str]:
    return [one.name for one in mentions(text, known, products)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I drop a collection in 2.4?", ["2.4"]),
        ("Does v2.6 support text match", ["2.6"]),
        ("Is range search in Milvus 2.5.x?", ["2.5.x"]),
        ("we run 2.4.9 on k8s, how to back up", ["2.4.9"]),
        ("What changed between 2.4 and 2.6?", ["2.4", "2.6"]),
        ("How do I upgrade from 2.3.1 to v2.4?", ["2.3.1", "2.4"]),
        ("upgrade 2.4.1-2.6.0 possible?", ["2.4.1", "2.6.0"]),
        ("What about 2.4?", ["2.4"]),
        ("and in version 2.4?", ["2.4"]),
        ("2.4: how do I load a collection", ["2.4"]),
        ("How do I load a collection (2.6)?", ["2.6"]),
        ("milvus 2.6 standalone does not start", ["2.6"]),
        ("Is milvus:v2.6.0 the image to use?", ["2.6.0"]),
        ("I installed milvusdb/milvus:v2.4.5", ["2.4.5"]),
        ("the 2.6.0-rc1 release crashes, 2.6.0-rc1 is what we use", ["2.6.0"]),
        ("Since 2.4.x, are partitions loaded lazily?", ["2.4.x"]),
        ("Was ist neu in Version 2.6?", ["2.6"]),
        ("¿Cómo se crea un índice en la versión 2.4?", ["2.4"]),
        ("Как создать индекс в 2.4?", ["2.4"]),
        ("在 2.4 版本中如何创建索引?", ["2.4"]),
        ("Does Milvus 1.1 have RBAC?", ["1.1"]),
        ("Milvus 3.0?", ["3.0"]),
        ("Is it supported in version 3.0?", ["3.0"]),
        ("we run version 3.0.1, is that fine", ["3.0.1"]),
        ("Does version 3.0 of Milvus have RBAC?", ["3.0"]),
        ("in version 1.x?", ["1.x"]),
        ("and in version 3?", ["3"]),
        ("is v3.0 out yet", ["3.0"]),
        ("upgrade from 1.x to 2.4", ["1.x", "2.4"]),
        ("Was ist neu in der Version 3.0?", ["3.0"]),
    ],
)
def test_a_version_of_the_product_is_recognised(text: str, expected: list[str]) -> None:
    assert named(text)[: len(expected)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Which metric gives 0.95 recall?",
        "My server is 10.2.4.1, why is it refused?",
        "the proxy at 2.4.6.8:19530 is down",
        "I asked this on 2.4.2024 already",
        "top 2.4 million vectors are slow",
        "a search over 2.4 million rows in 2.6 seconds",
        "the segment has 2.4 GB, in 2.4 GB chunks",
        "it needs 2.4GB and 2.6% CPU",
        "Does it speak HTTP/1.1 or HTTP/2.0?",
        "Can I use python 3.11?",
        "Does python 2.7 work?",
        "with python version 2.7 I get an error",
        "torch 2.4 and numpy 2.6 conflict",
        "pymilvus v2.4.1 fails to import",
        "pip install pymilvus==2.4.1",
        "CUDA driver v2.4 is needed?",
        "see section 2.4 of the page",
        "I set the radius to 2.4 and get nothing",
        "raise it from 2.4 to 2.6",
        "the latency grew from 2.4 to 2.6",
        "the distance 2.4 seems wrong",
        "cost is $2.4 in total",
        "https://milvus.io/docs/v2.4.x/overview.md is broken",
        "between 2,400.5 and 3,000",
        "Is there a v2 of the restful API?",
        "version 5.1 of something",
        "x = -2.4",
        "it works with versions 3.10+ of python",
        "chart version 4.1.8 and client version 5.1",
        "we use java version 17 and Node v18.2",
        "attu v3.1, Qdrant 1.9 and Spring Boot 3.x",
        "The version of the file is 5.3, the error code 3.0",
        "nothing here",
        "",
    ],
)
def test_other_numbers_are_no_version_of_the_product(text: str) -> None:
    assert named(text) == []


def test_without_a_known_version_nothing_names_one() -> None:
    assert named("in Milvus 2.4?", known=()) == []
    assert named("in Milvus 2.4?", known=("latest",)) == []


def test_a_name_that_is_no_known_product_counts_within_the_family_only() -> None:
    assert named("in Milvus 2.5?", products=("store",)) == ["2.5"]
    assert named("in Milvus 1.5?", products=("store",)) == []


def test_where_no_product_is_known_any_name_that_is_no_other_software_may_be_it() -> None:
    assert named("in Milvus 3.0?", products=()) == ["3.0"]
    assert named("Does version 3.0 of Milvus have RBAC?", products=()) == ["3.0"]
    assert named("in Redis 3.0, in etcd 3.5, version 5.1 of something", products=()) == []


def test_versions_of_one_number_need_a_word_for_it() -> None:
    known = ("14", "15")
    assert named("What is new in version 15?", known) == ["15"]
    assert named("Is it in v14?", known) == ["14"]
    assert named("I have 14 rows and 15 tables", known) == []


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("2.4", ("2.4", "2.6"), ("2.4",)),
        ("2.4.9", ("2.4", "2.6"), ("2.4",)),
        ("2.4.9", ("2.4.x", "2.4.1", "2.6"), ("2.4.x",)),
        ("2.4.1", ("2.4.x", "2.4.1", "2.6"), ("2.4.1",)),
        ("2.4", ("2.4.1", "2.4.3", "2.6"), ("2.4.1", "2.4.3")),
        ("2.4", ("v2.4.x", "v2.6.x"), ("v2.4.x",)),
        ("2.5.x", ("2.4", "2.6"), ()),
        ("2.40", ("2.4",), ()),
        ("2.4", ("latest",), ()),
        ("latest", ("latest", "2.4"), ()),
    ],
)
def test_a_name_means_itself_or_its_line(
    name: str, known: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert held(name, known) == expected


def test_versions_are_compared_as_numbers() -> None:
    known = ["2.4.3", "v2.10", "2.4", "main", "2.6.0-rc1", "2.6.0", "latest", "2.4.x"]
    assert newest_first(known)[:4] == ("latest", "v2.10", "2.6.0", "2.6.0-rc1")
    assert newest_first(known)[-2:] == ("2.4.3", "main")


def test_a_question_without_its_versions_reads_on() -> None:
    text = "Does v2.4 support text match, and 2.6?"
    assert without(text, mentions(text, KNOWN)) == "Does support text match, and ?"
    assert without("a  b", ()) == "a  b"


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    found = mentions(text, KNOWN, PRODUCTS)
    assert all(text[one.start : one.end].lstrip("vV.").startswith(one.name) for one in found)
    assert all(parsed(one.name) for one in found)
    without(text, found)


@pytest.mark.timeout(5)
def test_a_hostile_text_takes_no_time() -> None:
    blanks, dashes = " " * 50_000, "-" * 50_000
    for text in ("2." * 20_000, "v2.4 and " * 5_000, "1" * 50_000, f"in 2.4{blanks}2.4", f"{dashes}2.4"):
        assert len(mentions(text, KNOWN, PRODUCTS)) <= 5_000
