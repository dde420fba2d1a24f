"""The configuration as typed values: read once, checked at once, shown without secrets."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, PrivateAttr, ValidationError

from config import loading, problems
from config.errors import ConfigurationError
from config.masking import mask, worth_masking
from config.sections import (
    APPROVED,
    SECRET_NAMES,
    Answers,
    DocsSource,
    Embedding,
    Index,
    Ledger,
    Llm,
    Logs,
    Milvus,
    Secrets,
    Section,
)
from config.surfaces import Discord, FairUse, Slack, Web
from config.triage import Route, Triage


def _told_apart(docs: tuple[DocsSource, ...]) -> tuple[DocsSource, ...]:
    names = [source.name for source in docs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"has more than one source named {', '.join(twice)}; give each its own name")
    return docs


class Settings(Section):
    """Everything that can be configured. Paths are relative to the working folder."""

    docs: Annotated[tuple[DocsSource, ...], AfterValidator(_told_apart)] = ()
    milvus: Milvus = Milvus()
    embedding: Embedding = Embedding()
    llm: Llm = Llm()
    answers: Answers = Answers()
    index: Index = Index()
    ledger: Ledger = Ledger()
    slack: Slack = Slack()
    discord: Discord = Discord()
    web: Web = Web()
    triage: Triage = Triage()
    limits: FairUse = FairUse()
    logs: Logs = Logs()

    # Private, so that no table of the file can set them.
    _secrets: Secrets = PrivateAttr(default_factory=Secrets)
    _origin: str = PrivateAttr(default="shipped defaults")

    @property
    def secrets(self) -> Secrets:
        """Tokens and keys of the environment."""
        return self._secrets

    @property
    def origin(self) -> str:
        """The file that was read, as it was named, or ``shipped defaults``."""
        return self._origin


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``path``, else DOCENT_CONFIG's file, else ``docent.toml``; the environment goes over it.

    ``environ`` stands for the process's environment. ``.env`` of the working folder is read too.
    Raises ConfigurationError with every problem found.
    """
    environment = loading.read_environment(os.environ if environ is None else environ)
    file = loading.find_file(path, environment)
    document = loading.read_document(file) if file else {}
    tables = known_keys()
    overrides = loading.read_overrides(environment, tables, SECRET_NAMES)
    known = problems.Known(
        tables=tables | {"triage.routes": tuple(Route.model_fields)},
        secrets=SECRET_NAMES,
        file=str(file or ""),
        variables=overrides.variables,
    )
    settings = _checked(loading.merged(document, overrides.values), overrides.problems, known)
    chosen = {"slack": settings.slack.sources, "discord": settings.discord.sources}
    names = (*(table.name for table in settings.docs), APPROVED)
    if misnamed := list(problems.misnamed(chosen, names, known)):
        raise ConfigurationError(misnamed)
    settings._secrets = _secrets(environment)
    settings._origin = str(file) if file else settings.origin
    return settings


def _checked(raw: Mapping[str, Any], found: Sequence[str], known: problems.Known) -> Settings:
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        # The vendor's error holds the values, so it is not chained into any traceback.
        raise ConfigurationError([*problems.sentences(error, known), *found]) from None
    if found:
        raise ConfigurationError(found)
    return settings


def _secrets(environment: Mapping[str, str]) -> Secrets:
    # A line break at the end comes with secrets that are mounted as files.
    given = {name.lower(): environment[name].strip() for name in SECRET_NAMES if name in environment}
    return Secrets.model_validate(given)


def known_keys() -> dict[str, tuple[str, ...]]:
    """Every table of the configuration with its keys, ``docs`` with those of one source."""
    keys = {"docs": tuple(DocsSource.model_fields)}
    for name, section in Settings():
        if name != "docs":
            keys[name] = tuple(type(section).model_fields)
    return keys


def describe(settings: Settings) -> dict[str, Any]:
    """The configuration as JSON values for people.

    Secrets are only said to be set or not, addresses lose their credentials.
    """
    hidden = worth_masking(settings.secrets.values())
    shown: dict[str, Any] = {"file": settings.origin}
    shown |= _masked(settings.model_dump(mode="json"), hidden)
    shown["secrets"] = {name.upper(): "set" if secret else "not set" for name, secret in settings.secrets}
    return shown


def _masked(value: Any, hidden: Sequence[str]) -> Any:
    match value:
        case str():
            return mask(value, hidden)
        case list():
            return [_masked(item, hidden) for item in value]
        case dict():
            return {key: _masked(item, hidden) for key, item in value.items()}
        case _:
            return value
