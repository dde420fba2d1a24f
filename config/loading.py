"""Reads the configuration's raw values: the file, the ``.env`` beside it, the environment over both."""

import io
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import ConfigurationError
from config.problems import Location, unknown_variable

PREFIX = "DOCENT_"
FILE_VARIABLE = "DOCENT_CONFIG"
USUAL_FILE = Path("docent.toml")
ENVIRONMENT_FILE = Path(".env")

# A cluster gives every program the address of each service it runs; one called "docent" is not our key.
_SERVICE_ADDRESS = re.compile(r"DOCENT_(?:SERVICE_(?:HOST|PORT\w*)|PORT(?:_[0-9]+_\w+)?)")

# The environment's choice of one puts the file's choice of the other aside.
_RIVALS = {("index", "cron"): "every", ("index", "every"): "cron"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the environment says about the configuration."""

    values: Mapping[Location, Any]
    """By place: ``("llm", "model")``, or ``("docs",)`` for all sources."""
    variables: Mapping[Location, str]
    """The variable each came from."""
    problems: Sequence[str]


def read_environment(environ: Mapping[str, str]) -> Mapping[str, str]:
    """``environ``, and beneath it what ``.env`` in the working folder adds. Raises ConfigurationError."""
    if not ENVIRONMENT_FILE.is_file():
        return environ
    from dotenv.parser import parse_stream

    added: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(read_text(ENVIRONMENT_FILE, ".env"))):
        if binding.error:
            raise ConfigurationError(
                [f".env: line {binding.original.line} cannot be read. Write NAME=value, one a line."]
            )
        if binding.key is not None and binding.value is not None:
            added[binding.key] = binding.value
    return {**added, **environ}


def find_file(path: Path | None, environment: Mapping[str, str]) -> Path | None:
    """The file to read: the one asked for, DOCENT_CONFIG's, ``docent.toml``, or none."""
    if path is not None:
        return path
    if chosen := environment.get(FILE_VARIABLE):
        return Path(chosen).expanduser()
    return USUAL_FILE if USUAL_FILE.exists() else None


def read_document(file: Path) -> dict[str, Any]:
    """The file's tables. Raises ConfigurationError."""
    text = read_text(file, str(file))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).rpartition(" (at ")
        where = place.rstrip(")") if place.startswith("line ") else f"its end, line {len(text.splitlines())}"
        raise ConfigurationError(
            [f"{file} is not valid TOML at {where}: {reason}. Mend it there."]
        ) from error


def read_text(file: Path, name: str) -> str:
    """The file's text, a byte order mark left out. Raises ConfigurationError."""
    if file.is_dir():
        raise ConfigurationError([f"{name} is a folder. Name the file in it, such as {file / USUAL_FILE}."])
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"{name} is not UTF-8 text (at byte {error.start}). Save it as UTF-8."
        raise ConfigurationError([reason]) from error
    except FileNotFoundError as error:
        reason = f"The file {name} does not exist. Name another with --config or {FILE_VARIABLE}."
        raise ConfigurationError([reason]) from error
    except (OSError, ValueError) as error:
        reason = f"{name} cannot be read. Check its name and that this user may read it."
        raise ConfigurationError([reason]) from error


def read_overrides(
    environment: Mapping[str, str], tables: Mapping[str, Sequence[str]], secrets: Sequence[str]
) -> Overrides:
    """Every ``DOCENT_<TABLE>__<KEY>`` of the environment, and a problem for each that is not known."""
    places: dict[str, Location] = {
        f"{PREFIX}{table}__{key}".upper(): (table, key)
        for table, keys in tables.items()
        if table != "docs"
        for key in keys
    }
    places[f"{PREFIX}DOCS"] = ("docs",)
    variables: dict[Location, str] = {}
    problems = []
    for name in sorted(environment):
        if name in places:
            variables[places[name]] = name
        elif name.startswith(PREFIX) and name != FILE_VARIABLE and not _SERVICE_ADDRESS.fullmatch(name):
            problems.append(unknown_variable(name, (*places, FILE_VARIABLE), secrets))
    found: dict[Location, Any] = {place: environment[name] for place, name in variables.items()}
    if ("docs",) in found:
        found["docs",] = _listed(found["docs",])
    return Overrides(values=found, variables=variables, problems=problems)


def _listed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        reason = f'{PREFIX}DOCS is not JSON. Write a list, such as [{{"name": "docs", "location": "docs"}}].'
        raise ConfigurationError([reason]) from error


def merged(document: Mapping[str, Any], overrides: Mapping[Location, Any]) -> dict[str, Any]:
    """The document with the environment's values over it; the document itself stays as it is."""
    result = {name: dict(table) if isinstance(table, dict) else table for name, table in document.items()}
    for place, value in overrides.items():
        match place:
            case (str() as table, str() as key):
                keys = result.setdefault(table, {})
                if isinstance(keys, dict):  # anything else is reported as no table
                    keys.pop(_RIVALS.get((table, key), ""), None)
                    keys[key] = value
            case (str() as table,):
                result[table] = value
    return result
