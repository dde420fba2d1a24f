"""The tables of the configuration: every key with its type, its limits and its default."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from config import values

Filled = Annotated[str, AfterValidator(values.filled)]
# Addresses may hold credentials, so no repr (and so no traceback) shows them.
WebAddress = Annotated[str, AfterValidator(values.web_address), Field(repr=False)]
Count = Annotated[int, BeforeValidator(values.number)]
Number = Annotated[float, BeforeValidator(values.number), Field(allow_inf_nan=False)]


class Section(BaseModel):
    """A table: unknown keys are refused, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _anchors(known: dict[str, Any]) -> Literal["milvus", "github"]:
    # Milvus and Zilliz publish with rules of their own; nearly everybody else follows GitHub's.
    address = known.get("url", "")
    return "milvus" if "://milvus.io/" in address or "://docs.zilliz.com/" in address else "github"


APPROVED = "approved answers"
"""The source of what the support team has approved; no ``[[docs]]`` table can have a blank in its name."""


class DocsSource(Section):
    """One ``[[docs]]`` table: a set of documentation."""

    name: Annotated[str, AfterValidator(values.source_name)]
    kind: Literal["git", "directory", "archive", "website", ""] = ""
    """Empty where the location itself tells."""
    location: Annotated[Filled, Field(repr=False)]
    ref: str = ""
    root: Annotated[str, AfterValidator(values.root)] = ""
    url: Annotated[str, AfterValidator(values.url_template), Field(repr=False)] = ""
    anchors: Literal["milvus", "github"] = Field(default_factory=_anchors)
    version: Annotated[str, AfterValidator(values.version)] = ""
    """Of the product that the pages describe, such as ``2.6``."""
    every: Annotated[str, AfterValidator(values.optional_interval)] = ""
    cron: Annotated[str, AfterValidator(values.cron)] = ""
    """Both empty: when ``[index]`` says."""
    allow_private: bool = False
    max_pages: Annotated[Count, Field(ge=1, le=100_000)] = 2_000

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        if self.cron and self.every:
            raise ValueError("has both every and cron; delete one of them")
        return self

    @property
    def every_seconds(self) -> int | None:
        """Seconds from one run to the next; None where ``cron`` or ``[index]`` decides."""
        return values.seconds(self.every) if self.every else None


class Milvus(Section):
    """``[milvus]``: where the index lives."""

    uri: Annotated[str, AfterValidator(values.milvus_uri), Field(repr=False)] = "data/docent.db"
    collection: Annotated[str, AfterValidator(values.collection)] = "docs"


class Embedding(Section):
    """``[embedding]``: what turns text into vectors."""

    model: Annotated[str, AfterValidator(values.embedding)] = "minilm"
    base_url: WebAddress = ""
    cache_dir: Filled = "data/models"


class Llm(Section):
    """``[llm]``: the chat model; without a base_url answers quote the documentation."""

    base_url: WebAddress = "http://localhost:11434/v1"
    model: Filled = "gpt-oss:20b"
    reasoning_effort: Annotated[Literal["low", "medium", "high", ""], BeforeValidator(values.lowered)] = "low"
    temperature: Annotated[Number, Field(ge=0, le=2)] = 0.2
    max_tokens: Annotated[Count, Field(ge=16, le=1_000_000)] = 2048
    connect_seconds: Annotated[Number, Field(gt=0, le=600)] = 3.0


class Answers(Section):
    """``[answers]``: how much is read and written for one answer."""

    passages: Annotated[Count, Field(ge=1, le=100)] = 24
    context_chars: Annotated[Count, Field(ge=500, le=1_000_000)] = 12_000
    deadline_seconds: Annotated[Number, Field(gt=0, le=3600)] = 60.0
    extract_chars: Annotated[Count, Field(ge=100, le=100_000)] = 1200
    min_similarity: Annotated[Number, Field(ge=-1, le=1)] | None = None
    """Cosine; None where the embedding model decides."""
    question_chars: Annotated[Count, Field(ge=10, le=1_000_000)] = 4000
    rerank: Annotated[str, AfterValidator(values.rerank)] = ""
    """Empty for the search's own order."""
    tools: bool = False
    """Whether the chat model may look further by itself."""
    max_tool_calls: Annotated[Count, Field(ge=1, le=20)] = 4


class Index(Section):
    """``[index]``: when pages are indexed, and how they are cut."""

    every: Annotated[str, AfterValidator(values.interval)] = "1h"
    cron: Annotated[str, AfterValidator(values.cron)] = ""
    chunk_chars: Annotated[Count, Field(ge=200, le=20_000)] = 1000
    max_page_bytes: Annotated[Count, Field(ge=1000, le=1_000_000_000)] = 5_000_000
    allow_mass_removal: bool = False
    jitter: Annotated[str, AfterValidator(values.optional_interval)] = "30s"
    """Empty for none."""

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        if self.cron and "every" in self.model_fields_set:
            raise ValueError("has both every and cron; delete one of them")
        return self

    @property
    def every_seconds(self) -> int | None:
        """Seconds from one run to the next; None where ``cron`` decides."""
        return None if self.cron else values.seconds(self.every)


class Ledger(Section):
    """``[ledger]``: where questions, answers and feedback are kept."""

    url: Annotated[str, AfterValidator(values.database_url), Field(repr=False)] = "sqlite:///data/ledger.db"
    keep: Annotated[str, AfterValidator(values.optional_age)] = "400d"
    """How long; empty for ever."""

    @property
    def keep_seconds(self) -> int | None:
        """How long, in seconds; None for ever."""
        return values.age(self.keep) if self.keep else None


class Logs(Section):
    """``[logs]``: what is logged, and how."""

    level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(values.lowered)
    ] = "warning"
    format: Annotated[Literal["auto", "json", "text"], BeforeValidator(values.lowered)] = "auto"


class Secrets(Section):
    """Tokens and keys, by their environment names in lower case; empty where not given."""

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    discord_token: SecretStr = SecretStr("")
    llm_api_key: SecretStr = SecretStr("")
    judge_api_key: SecretStr = SecretStr("")
    milvus_token: SecretStr = SecretStr("")
    embedding_api_key: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")
    web_token: SecretStr = SecretStr("")

    def values(self) -> tuple[str, ...]:
        """The secrets that were given, for what must keep them out of its output."""
        return tuple(secret.get_secret_value() for _, secret in self if secret)


SECRET_NAMES = tuple(name.upper() for name in Secrets.model_fields)
"""The environment variables that hold secrets."""
