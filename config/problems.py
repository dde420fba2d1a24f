"""Says in sentences what is wrong with a configuration: unknown names, wrong values, misplaced secrets."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from config.masking import MASK, mask

Location = tuple[int | str, ...]

LISTED: Mapping[tuple[str, ...], str] = {("docs",): "source", ("triage", "routes"): "route"}
"""Tables of which there may be several, and what one of them is called."""

_SECRET_KEY = re.compile(r"(?:^|_)(?:token|api_?key|key|password|passwd|secret)s?$", re.IGNORECASE)
_CLOSE = 0.6
_SHOWN_CHARS = 60

_EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text in quotes",
    "literal_error": "{expected}",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "tuple_type": "a list of tables, each headed [[{table}]]",
    "too_short": "at least {min_length} of them",
    "model_type": "a table of keys",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names a configuration may use, and where the given values came from."""

    tables: Mapping[str, Sequence[str]]
    """Every table with its keys; one within another by both names, such as ``triage.routes``."""
    secrets: Sequence[str]
    """Environment variables that hold secrets."""
    file: str
    """How the configuration file is called in sentences; empty where there is none."""
    variables: Mapping[Location, str]
    """The environment variable a value came from, by its place."""

    def where(self, place: Location) -> str:
        """A place as the operator wrote it: a variable's name, or the file with table and key."""
        if variable := self.variables.get(place[:2]):
            return variable
        origin = self.variables.get(place[:1]) or self.file
        return f"{origin}: {spelled(place)}"


def spelled(place: Location) -> str:
    """``[llm] model``, ``[[docs]] number 2: url``, or ``[[triage.routes]] number 1: who``."""
    table = next((table for table in LISTED if place[: len(table)] == table), ())
    rest = place[len(table) :]
    if not table or (len(table) > 1 and not rest):
        return " ".join([f"[{place[0]}]", *map(str, place[1:])])
    number = f" number {int(rest[0]) + 1}" if rest else ""
    key = f": {rest[1]}" if len(rest) > 1 else ""
    return f"[[{'.'.join(table)}]]{number}{key}"


def nearest(name: str, names: Iterable[str]) -> str:
    """A question for the known name that is most like ``name``, or all names where none is."""
    choices = sorted(names)
    best = difflib.get_close_matches(name, choices, n=1, cutoff=0.0)[0]
    if difflib.SequenceMatcher(None, best, name).ratio() >= _CLOSE:
        return f"Did you mean {best}?"
    return f"The nearest known name is {best}; all of them: {', '.join(choices)}."


def unknown_variable(name: str, names: Sequence[str], secrets: Sequence[str]) -> str:
    """The sentence for an environment variable that starts like ours and is none."""
    place = name.removeprefix("DOCENT_").lower().split("__")
    if _SECRET_KEY.search(place[-1]):
        return f"The environment variable {name} is not known. {_where_it_goes(place, secrets)}"
    return f"The environment variable {name} is not known. {nearest(name, names)}"


def misnamed(
    chosen: Mapping[str, Mapping[str, Sequence[str]]], names: Sequence[str], known: Known
) -> Iterator[str]:
    """A sentence for each source that a channel chooses (by table, then channel) and ``names`` lack."""
    for table, channels in chosen.items():
        for channel, sources in channels.items():
            for name in (name for name in sources if name not in names):
                place = known.where((table, "sources", channel))
                yield f"{place} names {_shown(name)}, which is no source. {nearest(name, names)}"


def sentences(error: ValidationError, known: Known) -> Iterator[str]:
    """One sentence a problem that validation found, in the order of the tables."""
    for problem in error.errors(include_url=False):
        place, kind = problem["loc"], problem["type"]
        if kind == "extra_forbidden":
            yield from _unknown(place, problem["input"], known)
        elif kind == "missing":
            one = next((one for table, one in LISTED.items() if place[: len(table)] == table), "table")
            yield f"{known.where(place[:-1])} has no {place[-1]}; every {one} needs one."
        elif kind == "value_error" and len(place) == (2 if place[0] == "docs" and place[1:] else 1):
            yield f"{known.where(place)} {problem['ctx']['error']}."
        elif kind != "default_factory_not_called":  # only follows from another problem
            yield f"{known.where(place)} is {_shown(problem['input'])}; expected {_expected(problem)}."


def _unknown(place: Location, value: Any, known: Known) -> Iterator[str]:
    *table, name = place
    inner = [key for key in value if _SECRET_KEY.search(key)] if isinstance(value, dict) else []
    for key in inner:
        yield f"{known.where((*place, key))} is a secret. {_where_it_goes([str(name), key], known.secrets)}"
    if not table:
        thing = f"[{name}] is not a known table" if isinstance(value, dict) else f"{name} stands in no table"
        yield f"{known.file}: {thing}. {_meant(str(name), known.tables, known)}"
    elif _SECRET_KEY.search(str(name)):
        advice = _where_it_goes([str(table[0]), str(name)], known.secrets)
        yield f"{known.where(place)} is a secret. {advice}"
    else:
        names = ".".join(part for part in table if isinstance(part, str))
        meant = _meant(str(name), known.tables[names], known)
        yield f"{known.where(place)} is not a known key. {meant}"


def _meant(name: str, names: Iterable[str], known: Known) -> str:
    owners = [f"[{table}]" for table, keys in known.tables.items() if name in keys]
    elsewhere = f"{name} belongs to {' or '.join(owners)}."
    # A slip of the pen is likelier than the wrong table, so near names of this table come first.
    if owners and not difflib.get_close_matches(name, list(names), n=1):
        return elsewhere
    return f"{nearest(name, names)} {elsewhere}" if owners else nearest(name, names)


def _where_it_goes(place: Sequence[str], secrets: Sequence[str]) -> str:
    # [llm] api_key is LLM_API_KEY, [slack] bot_token is SLACK_BOT_TOKEN; a bare token may be any.
    table = place[0].upper()
    own = [name for name in secrets if name.startswith(f"{table}_")]
    name = difflib.get_close_matches("_".join(place).upper(), own or secrets, n=1, cutoff=0.0)[0]
    return f"Secrets are read from the environment or from .env only: set {name} there and delete this one."


def _shown(value: Any) -> str:
    match value:
        case bool():
            text = str(value).lower()
        case str():
            # Not even an address that is written wrongly shows what stands before its host.
            text = json.dumps(re.sub(r"\S*@", f"{MASK}@", mask(value)), ensure_ascii=False)
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            text = str(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


def _expected(problem: Mapping[str, Any]) -> str:
    context = problem.get("ctx", {}) | {"table": ".".join(map(str, problem["loc"]))}
    if problem["type"] == "value_error":
        return str(context["error"])
    template = _EXPECTED.get(problem["type"], "another kind of value")
    return template.format(**context).replace("'", '"')
