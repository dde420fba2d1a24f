"""Sets up logging: key=value lines on a terminal, JSON otherwise, without secrets, one id a question."""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, TextIO

from bot.tracing import QUESTION
from config.masking import mask, worth_masking

if TYPE_CHECKING:
    from structlog.stdlib import ProcessorFormatter

Entry = MutableMapping[str, Any]
Processor = Callable[[Any, str, Entry], Entry]

LIBRARIES = (
    "aiosqlite",
    "alembic",
    "apscheduler",
    "discord",
    "faiss",
    "filelock",
    "grpc",
    "httpcore",
    "httpx",
    "huggingface_hub",
    "milvus_lite",
    "openai",
    "psycopg",
    "pymilvus",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "transformers",
    "urllib3",
)
"""Top packages whose logs are of interest from WARNING on only."""
RAISING = ("grpc", "milvus_lite", "pymilvus")
"""Those that log each error with its traceback before they raise it: what is raised is handled and said."""

_HANDLER = "docent"
_COLOURS = {"warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[31;1m", "debug": "\x1b[2m"}
_RESET = "\x1b[0m"
# Whatever could end a line, move the cursor or turn the reading direction around.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def configure_logs(
    level: str = "info", format: str = "auto", stream: TextIO | None = None, secrets: Iterable[str] = ()
) -> None:
    """Send all logs from ``level`` on to ``stream`` (standard error); calling it again replaces it.

    ``format`` is ``text``, ``json``, or ``auto``: text where the stream is a terminal. The secrets
    given never appear, nor do credentials within addresses.
    """
    target = sys.stderr if stream is None else stream
    text = format == "text" or (format == "auto" and target.isatty())
    handler = logging.StreamHandler(target)
    handler.set_name(_HANDLER)
    handler.addFilter(_of_interest)
    handler.setFormatter(_formatter(text=text, colour=text and _colourful(target), secrets=secrets))
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if handler.get_name() == _HANDLER]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.setLogRecordFactory(_record)
    logging.captureWarnings(True)


def _of_interest(record: logging.LogRecord) -> bool:
    package = _package(record.name)
    if package in RAISING:
        return record.levelno >= logging.CRITICAL
    return record.levelno >= logging.WARNING or package not in LIBRARIES


def _package(name: str) -> str:
    return name.partition(".")[0]


def _record(name: Any, *args: Any, **kwargs: Any) -> logging.LogRecord:
    # pymilvus and transformers install handlers of their own when they are imported, which would write
    # past the format and the masking chosen here; importing them early to undo that costs seconds.
    if name and _package(name) in LIBRARIES:
        _reclaim(name)
    return logging.LogRecord(name, *args, **kwargs)


def _reclaim(name: str) -> None:
    while name:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        name = name.rpartition(".")[0]


def _colourful(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _formatter(*, text: bool, colour: bool, secrets: Iterable[str]) -> "ProcessorFormatter":
    import structlog  # 60 ms that only a run which logs should take

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.ExtraAdder(),
            _without_renderings,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _add_ref,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _masking(worth_masking(secrets)),
            _text_renderer(colour=colour) if text else structlog.processors.JSONRenderer(),
        ],
    )


def _without_renderings(_logger: Any, _method: str, entry: Entry) -> Entry:
    # Another handler that formatted the record first left these on it; no extra may be called so.
    for key in ("message", "asctime"):
        entry.pop(key, None)
    return entry


def _add_ref(_logger: Any, _method: str, entry: Entry) -> Entry:
    if ref := QUESTION.get():
        entry.setdefault("ref", ref)
    return entry


def _masking(secrets: tuple[str, ...]) -> Processor:
    def processor(_logger: Any, _method: str, entry: Entry) -> Entry:
        return {key: _plain(value, secrets) for key, value in entry.items()}

    return processor


def _plain(value: Any, secrets: tuple[str, ...]) -> Any:
    """``value`` made of JSON's kinds alone, every text in it masked."""
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {mask(str(key), secrets): _plain(item, secrets) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item, secrets) for item in value]
        case _:
            return mask(str(value), secrets)


def _text_renderer(*, colour: bool) -> Callable[[Any, str, Entry], str]:
    import structlog  # see _formatter

    line = structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "event", "ref"], drop_missing=True, bool_as_flag=False
    )

    def render(logger: Any, method: str, entry: Entry) -> str:
        traces = [str(entry.pop(key)) for key in ("exception", "stack_info") if entry.get(key)]
        level = str(entry.get("level", ""))
        flat = {_one_line(key).replace(" ", "_"): _one_line(value) for key, value in entry.items()}
        text = "\n".join([line(logger, method, flat), *map(_indented, traces)])
        return f"{_COLOURS[level]}{text}{_RESET}" if colour and level in _COLOURS else text

    return render


def _one_line(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _indented(trace: str) -> str:
    # Indented, no line of an exception's message can pass for a log line of its own.
    return "\n".join(f"    {_one_line(line)}" for line in trace.split("\n"))
