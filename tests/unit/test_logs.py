import asyncio
import io
import json
import logging
import warnings

import pytest

from bot.tracing import question_ref
from config.logs import configure_logs
from config.masking import mask


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _logging_as_before(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(False)
    logging.setLogRecordFactory(factory)
    root.handlers[:] = handlers
    root.setLevel(level)


log = logging.getLogger("bot.answering")


def entries(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_lines_that_are_piped_are_json():
    stream = io.StringIO()
    configure_logs(stream=stream)
    log.info("answered %s", "it", extra={"kind": "extract", "passages": 8, "ms": 1.5, "first": True})
    (entry,) = entries(stream)
    assert entry.pop("timestamp")
    assert entry == {
        "event": "answered it",
        "level": "info",
        "logger": "bot.answering",
        "kind": "extract",
        "passages": 8,
        "ms": 1.5,
        "first": True,
    }


def test_lines_on_a_terminal_are_keys_and_values():
    stream = Terminal()
    configure_logs(stream=stream)
    log.info("answered", extra={"kind": "extract", "title": "What is it?", "found": None, "first": True})
    line = stream.getvalue()
    assert line.startswith("timestamp=")
    assert " level=info event=answered " in line
    assert ' kind=extract title="What is it?" found= first=true ' in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(("format", "stream"), [("json", Terminal()), ("text", io.StringIO())])
def test_a_chosen_format_goes_before_the_kind_of_stream(format, stream):
    configure_logs(format=format, stream=stream)
    log.info("x")
    assert stream.getvalue().startswith("{") == (format == "json")


def test_warnings_are_coloured_on_a_terminal():
    stream = Terminal()
    configure_logs(stream=stream)
    log.warning("careful")
    assert stream.getvalue().startswith("\x1b[33m")
    assert stream.getvalue().endswith("\x1b[0m\n")


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_switched_off(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    stream = Terminal()
    configure_logs(stream=stream)
    log.warning("careful")
    assert "\x1b" not in stream.getvalue()


def test_text_that_is_piped_is_not_coloured():
    stream = io.StringIO()
    configure_logs(format="text", stream=stream)
    log.error("broken")
    assert "\x1b" not in stream.getvalue()


def test_lines_below_the_level_are_left_out():
    stream = io.StringIO()
    configure_logs("warning", stream=stream)
    log.info("quiet")
    log.warning("loud")
    assert [entry["event"] for entry in entries(stream)] == ["loud"]


def test_configuring_again_replaces_the_first_stream():
    first, second = io.StringIO(), io.StringIO()
    configure_logs(stream=first)
    configure_logs(stream=second)
    log.info("once")
    assert not first.getvalue()
    assert len(entries(second)) == 1


# One id a question


def test_every_line_within_a_question_carries_its_id():
    stream = io.StringIO()
    configure_logs(stream=stream)
    with question_ref("q1"):
        log.info("one")
        with question_ref("q2"):
            log.info("two")
        log.info("three")
    log.info("four")
    assert [entry.get("ref") for entry in entries(stream)] == ["q1", "q2", "q1", None]


async def test_questions_that_are_answered_at_once_keep_their_own_ids():
    stream = io.StringIO()
    configure_logs(stream=stream)
    both = asyncio.Barrier(2)

    async def answer(ref: str) -> None:
        with question_ref(ref):
            await both.wait()
            await asyncio.to_thread(log.info, ref)
            await both.wait()
            await asyncio.create_task(later(ref))

    async def later(ref: str) -> None:
        log.info(ref)

    await asyncio.gather(answer("q1"), answer("q2"))
    found = entries(stream)
    assert len(found) == 4
    assert all(entry["ref"] == entry["event"] for entry in found)


async def test_an_answer_that_is_closed_by_another_task_ends_without_an_error():
    async def events():
        with question_ref("q1"):
            yield 1
            yield 2

    stream = events()
    assert await asyncio.create_task(anext(stream)) == 1
    await asyncio.create_task(stream.aclose())


# Secrets and forged lines


@pytest.mark.parametrize("format", ["text", "json"])
def test_secrets_appear_nowhere_in_a_line(format):
    stream = io.StringIO()
    configure_logs(format=format, stream=stream, secrets=["sk-hidden", "", "hidden-token"])
    log.info(
        "key sk-hidden %s",
        "hidden-token",
        extra={
            "header": "Bearer sk-hidden",
            "deep": {"sk-hidden": ["sk-hidden", ("hidden-token",)]},
            "cause": ValueError("sk-hidden"),
            "uri": "http://root:hidden@host:19530/?api_key=hidden",
        },
    )
    try:
        raise ValueError("refused sk-hidden at postgresql://bob:hidden@host/db")
    except ValueError:
        log.exception("failed")
    assert "hidden" not in stream.getvalue()
    assert "http://***@host:19530/?api_key=***" in stream.getvalue()


def test_words_given_in_place_of_a_key_do_not_garble_the_lines():
    stream = io.StringIO()
    configure_logs(stream=stream, secrets=["ollama", "x"])
    log.info("ollama next")
    assert entries(stream)[0]["event"] == "ollama next"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:pass@host/path", "https://***@host/path"),
        ("https://token@host/a.git", "https://***@host/a.git"),
        ("postgresql://u:p@ss/w@host/db", "postgresql://***@host/db"),
        ("see http://host:1/x and a@b.org", "see http://host:1/x and a@b.org"),
        ("https://host/v1?x=1&access_token=abc&y=2", "https://host/v1?x=1&access_token=***&y=2"),
        ("https://host/@name?keys=1", "https://host/@name?keys=1"),
        ("git@github.com:org/repo.git", "git@github.com:org/repo.git"),
    ],
)
def test_addresses_lose_their_credentials_alone(text, expected):
    assert mask(text) == expected


@pytest.mark.parametrize(
    "hostile", ["a\nlevel=error", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\x85b", "a\u202eb", "a\x00b"]
)
@pytest.mark.parametrize("format", ["text", "json"])
def test_no_value_can_end_its_line_or_steer_a_terminal(hostile, format):
    stream = io.StringIO()
    configure_logs(format=format, stream=stream)
    log.info(hostile, extra={"question": hostile, "deep": [hostile]})
    line = stream.getvalue()
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert line.removesuffix("\n").isprintable()


def test_a_value_cannot_pass_for_another_key():
    stream = io.StringIO()
    configure_logs(format="text", stream=stream)
    log.info("asked", extra={"question": 'x" ref=forged'})
    assert 'question="x\\" ref=forged"' in stream.getvalue()


def test_a_traceback_is_readable_and_cannot_pass_for_a_line():
    stream = io.StringIO()
    configure_logs(format="text", stream=stream)
    try:
        raise ValueError("bad\ntimestamp=2026 level=info event=forged")
    except ValueError:
        log.exception("failed")
    first, *others = stream.getvalue().splitlines()
    assert "event=failed" in first
    assert "    ValueError: bad" in others
    assert all(line.startswith("    ") for line in others)


# Libraries


def test_libraries_are_heard_from_warnings_on():
    stream = io.StringIO()
    configure_logs("debug", stream=stream)
    for name in ("httpx", "openai", "transformers.utils", "faiss.loader"):
        logging.getLogger(name).info("quiet")
        logging.getLogger(name).warning("loud")
    assert [entry["event"] for entry in entries(stream)] == ["loud"] * 4


def test_errors_that_milvus_logs_before_it_raises_them_are_not_said_twice():
    stream = io.StringIO()
    configure_logs("debug", stream=stream)
    for name in ("pymilvus.client.grpc_handler", "milvus_lite", "grpc._server"):
        logging.getLogger(name).error("failed with a traceback")
    assert stream.getvalue() == ""


def test_a_library_that_installs_its_own_handler_later_is_brought_back():
    stream, past = io.StringIO(), io.StringIO()
    configure_logs(stream=stream, secrets=["sk-hidden"])
    library = logging.getLogger("transformers")
    library.addHandler(logging.StreamHandler(past))
    library.propagate = False
    logging.getLogger("transformers.generation").error("sk-hidden refused")
    assert not past.getvalue()
    assert [entry["event"] for entry in entries(stream)] == ["*** refused"]


def test_python_warnings_become_lines():
    stream = io.StringIO()
    configure_logs(stream=stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("this will go", DeprecationWarning, stacklevel=1)
    (entry,) = entries(stream)
    assert entry["level"] == "warning"
    assert "this will go" in str(entry["event"])
