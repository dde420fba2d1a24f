"""Checks of single values; each raises ValueError with what was expected instead."""

import json
import re
import string
from ipaddress import ip_network
from pathlib import PurePosixPath, PureWindowsPath

UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST_INTERVAL = 365 * 86400
_LONGEST_AGE = 36_525 * 86400

_NO_NAMES = "(?!)"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_WEEKDAYS = "mon|tue|wed|thu|fri|sat|sun"
_CRON_FIELDS = (
    (0, 59, _NO_NAMES),
    (0, 23, _NO_NAMES),
    (1, 31, _NO_NAMES),
    (1, 12, _MONTHS),
    (0, 6, _WEEKDAYS),
)
_CRON_PART = re.compile(r"(?:\*|(?P<first>[0-9]{1,2})(?:-(?P<last>[0-9]{1,2}))?)(?:/(?P<step>[0-9]{1,2}))?")

EMBEDDINGS = ("minilm", "minilm-int8", "multilingual-e5", "pymilvus:default")
_EMBEDDING_FAMILIES = ("pymilvus:sentence-transformer/", "openai:")


def seconds(interval: str) -> int:
    """``30m``, ``1h`` or ``1d`` in seconds."""
    match = re.fullmatch(r"\s*([0-9]{1,9})\s*([smhd])\s*", interval)
    length = int(match[1]) * UNIT_SECONDS[match[2]] if match else 0
    if not 0 < length <= _LONGEST_INTERVAL:
        raise ValueError('a number and a unit up to a year, such as "30m", "1h" or "1d"')
    return length


def interval(text: str) -> str:
    """The text, where :func:`seconds` understands it."""
    seconds(text)
    return text


def optional_interval(text: str) -> str:
    """The text, where :func:`seconds` understands it; empty where none is wanted."""
    return interval(text) if text.strip() else ""


def age(text: str) -> int:
    """``90d`` or ``400d`` in seconds: how long something is kept."""
    match = re.fullmatch(r"\s*([0-9]{1,6})\s*([smhd])\s*", text)
    length = int(match[1]) * UNIT_SECONDS[match[2]] if match else 0
    if not 0 < length <= _LONGEST_AGE:
        raise ValueError('a number and a unit up to a hundred years, such as "90d" or "400d"')
    return length


def optional_age(text: str) -> str:
    """The text, where :func:`age` understands it; empty where there is no limit."""
    if text.strip():
        age(text)
    return text.strip()


def version(text: str) -> str:
    """The version of a product, as people write it; empty where none is wanted."""
    if text and not re.fullmatch(r"\w[\w.+-]{0,39}", text):
        raise ValueError('letters, digits, ".", "_", "+" and "-", at most 40, such as "2.6"')
    return text


def cron(text: str) -> str:
    """A cron line of five fields; empty where none is wanted."""
    fields = text.lower().split()
    known = len(fields) == len(_CRON_FIELDS) and all(
        _fits(part, *limits)
        for field, limits in zip(fields, _CRON_FIELDS, strict=True)
        for part in field.split(",")
    )
    if fields and not known:
        raise ValueError('five cron fields (minute hour day month weekday), such as "0 * * * *"')
    return " ".join(text.split())


def _fits(part: str, low: int, high: int, names: str) -> bool:
    # A name stands for some number of its field; which one is the scheduler's business.
    match = _CRON_PART.fullmatch(re.sub(rf"\b(?:{names})\b", str(low), part))
    if match is None:
        return False
    first = int(match["first"] or low)
    last = int(match["last"] or first)
    return low <= first <= last <= high and match["step"] not in {"0", "00"}


def filled(text: str) -> str:
    """A text of more than white space, without the white space around it."""
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text.strip()


def source_name(text: str) -> str:
    """A source's name, which becomes part of the index."""
    if not re.fullmatch(r"\w[\w.-]{0,199}", text):
        raise ValueError('letters, digits, ".", "_" and "-", at most 200, the first a letter or a digit')
    return text


def root(text: str) -> str:
    """A folder within a source: relative, never above it."""
    path = PurePosixPath(text)
    if path.is_absolute() or PureWindowsPath(text).drive or "\\" in text or ".." in path.parts:
        raise ValueError('a folder within the source, such as "site/en"')
    return text


def url_template(text: str) -> str:
    """A page's address with ``{id}``, ``{path}`` and ``{stem}`` in it."""
    expected = (
        'an address in which only {id}, {path} and {stem} stand in braces, such as "https://x.org/{path}"'
    )
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ValueError(expected) from error
    for _, field, form, conversion in parts:
        if field is not None and (field not in {"id", "path", "stem"} or form or conversion):
            raise ValueError(expected)
    return text


def milvus_uri(text: str) -> str:
    """A file ending in ``.db``, or a server's address."""
    scheme, separator, rest = text.partition("://")
    server = bool(separator) and scheme in {"http", "https", "tcp", "unix"} and bool(rest)
    if not server and (separator or not text.endswith(".db")):
        raise ValueError('a file that ends in .db, or a server such as "http://localhost:19530"')
    return text


def collection(text: str) -> str:
    """A collection's name by Milvus' rules, with room for a suffix."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,199}", text):
        raise ValueError('at most 200 letters, digits and "_", the first not a digit')
    return text


def web_address(text: str) -> str:
    """An http address without the slash at its end; empty where none is wanted."""
    if text and not re.fullmatch(r"https?://[^\s/][^\s]*", text):
        raise ValueError('an address such as "http://localhost:11434/v1", or "" for none')
    return text.rstrip("/")


def database_url(text: str) -> str:
    """A database address that names its kind."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(?:\+[a-z0-9_]+)?://\S+", text):
        raise ValueError('an address such as "sqlite:///data/ledger.db" or "postgresql+psycopg://host/name"')
    return text


def header_name(text: str) -> str:
    """The name of an HTTP header; empty where none is wanted."""
    if text and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", text):
        raise ValueError('the name of a header, such as "X-Forwarded-User"')
    return text


def networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses and networks."""
    for text in texts:
        try:
            ip_network(text, strict=False)
        except ValueError as error:
            raise ValueError('addresses and networks, such as "127.0.0.1" or "10.0.0.0/8"') from error
    return texts


def embedding(text: str) -> str:
    """A choice of embedding model."""
    family = next((prefix for prefix in _EMBEDDING_FAMILIES if text.startswith(prefix)), None)
    if text not in EMBEDDINGS and (family is None or not text.removeprefix(family).strip()):
        choices = (*EMBEDDINGS, "pymilvus:sentence-transformer/<name>", "openai:<model>")
        raise ValueError("one of " + ", ".join(choices))
    return text


def rerank(text: str) -> str:
    """What ranks found passages anew; empty for nothing."""
    kind, _, model = text.partition(":")
    if text not in ("", "llm") and (kind != "cross-encoder" or not model.strip()):
        raise ValueError('"", "llm" or "cross-encoder:<model>"')
    return text


def number(value: object) -> object:
    """Anything but true and false, which would otherwise pass as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("a number")
    return value


def lowered(value: object) -> object:
    """Names such as ``INFO`` in the spelling that is compared."""
    return value.strip().lower() if isinstance(value, str) else value


def chosen_sources(value: object) -> object:
    """Channels with the names of their sources; from the environment as JSON."""
    expected = 'a table of channels with their sources, such as { C0123 = ["milvus", "faq"] }'
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else {}
        except ValueError as error:
            raise ValueError(expected) from error
    if not isinstance(value, dict):
        raise ValueError(expected)
    found = {str(channel).strip(): _several(sources) for channel, sources in value.items()}
    if not all(channel and sources for channel, sources in found.items()):
        raise ValueError(expected)
    return found


def _several(value: object) -> tuple[str, ...]:
    """A list of texts, or one text alone; none where it is anything else."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(one, str) and one for one in listed):
        return ()
    return tuple(dict.fromkeys(listed))


def names(value: object) -> object:
    """A list; from the environment also as JSON, or separated by commas."""
    if not isinstance(value, str):
        if not isinstance(value, list | tuple):
            raise ValueError('a list, such as ["C0123", "C0456"]')
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError as error:
            raise ValueError('a list, such as ["C0123", "C0456"] or C0123,C0456') from error
    return [part.strip() for part in value.split(",") if part.strip()]
