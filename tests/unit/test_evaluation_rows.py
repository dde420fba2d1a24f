"""Which files the bot can be scored on, and what is said of the others."""

import json
from pathlib import Path

import pytest

from bot.evaluation.evaluating import question_of
from bot.evaluation.rows import BadEvaluationFile, asks, read_rows

FIELDS = ("question", "gold", "snippet")
GOOD = {"question": "How is data stored?", "gold": ["storage.md"], "snippet": "object storage"}
TURNS = [{"role": "user", "content": "How is data stored?"}]
FULL = GOOD | {"facts": ["etcd"]}


def written(folder: Path, *rows: object, encoding: str = "utf-8") -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding=encoding)
    return path


def refused(path: Path, *arguments: object) -> str:
    with pytest.raises(BadEvaluationFile) as caught:
        read_rows(path, *arguments)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        *[("question", value, "question is no text") for value in (None, 5, "", " ", ["a"], "\ud83d")],
        *[("gold", value, "gold is no list of pages") for value in (None, "storage.md", [], [5], {"a": 1})],
        *[("snippet", value, "snippet is no text") for value in (None, 5, "")],
        *[("facts", value, "facts is no list of texts") for value in (None, "etcd", [None], [""])],
        *[
            ("turns", value, "turns is no list of messages")
            for value in (
                None,
                [],
                ["hello"],
                [{"role": "user"}],
                [{"content": "hello"}],
                [{"role": "user", "content": None}],
                [{"role": "user", "content": ""}],
                {"role": "user", "content": "hello"},
            )
        ],
    ],
)
def test_a_field_of_another_kind_is_named_with_its_line(tmp_path, field, value, said):
    path = written(tmp_path, FULL, FULL | {field: value})
    assert refused(path, tuple(FULL)).startswith(f"{path}, line 2: {said}")


@pytest.mark.parametrize("line", ["5", "[]", "null", "{}", "{", '"text"', "[" * 100_000, "9" * 5000])
def test_a_line_that_is_no_object_is_named(tmp_path, line):
    path = written(tmp_path, GOOD)
    path.write_text(f"{path.read_text()}\n\n{line}\n")
    assert refused(path, ()) == f"{path}, line 3: this is no JSON object with fields."


def test_a_field_that_is_missing_is_named(tmp_path):
    assert "line 1: gold, facts is missing" in refused(
        written(tmp_path, {"question": "a"}), ("gold", "facts")
    )
    assert "line 1: question and turns are missing" in refused(
        written(tmp_path, {"facts": ["a"]}), ("facts",), asks
    )
    assert "holds no questions" in refused(written(tmp_path), ())


def test_a_file_that_is_none_or_no_text_is_refused(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "binary", Path("a\0b")):
        assert "cannot be read as a UTF-8 text file" in refused(path, ())


def test_a_byte_order_mark_and_odd_line_ends_within_texts_are_no_harm(tmp_path):
    question = "one\u2028two\u0085three\x0cfour"
    path = tmp_path / "rows.jsonl"
    row = json.dumps(GOOD | {"question": question}, ensure_ascii=False).replace("\\f", "\\u000c")
    path.write_bytes(b"\xef\xbb\xbf" + f"{row}\r\n{row}\r\n".encode())
    assert [found["question"] for found in read_rows(path, FIELDS)] == [question] * 2


def test_what_a_row_asks_is_in_its_turns_where_it_has_some(tmp_path):
    (row,) = read_rows(
        written(tmp_path, {"question": None, "turns": TURNS, "facts": ["a"]}), ("facts",), asks
    )
    assert question_of(row).text == "How is data stored?"
