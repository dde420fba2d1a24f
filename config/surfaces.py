"""The tables of the configuration for Slack, Discord, the web port and fair use."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from config import values
from config.sections import Count, Filled, Number, Section, WebAddress

ChannelSources = Annotated[Mapping[str, tuple[str, ...]], BeforeValidator(values.chosen_sources)]
"""A channel's id to the names of the ``[[docs]]`` tables that its questions are answered from."""
Names = Annotated[tuple[Filled, ...], BeforeValidator(values.names)]


class Slack(Section):
    """``[slack]``: who may ask where, and how Slack is reached. Channels and people by their ids."""

    mode: Annotated[Literal["socket", "http"], BeforeValidator(values.lowered)] = "socket"
    channels: Names = ()
    """Empty for all."""
    users: Names = ()
    """Empty for all."""
    auto_answer: Names = ()
    sources: ChannelSources = Field(default_factory=dict)
    """Channels that are not named have all."""
    admins: Names = ()
    api_url: WebAddress = "https://slack.com/api"
    proxy: WebAddress = ""
    sockets: Annotated[Count, Field(ge=1, le=10)] = 1
    stream: bool = True
    prompts: Names = ("How do I get started?", "What is new in the latest release?")


class Discord(Section):
    """``[discord]``: who may ask where, and how Discord is reached. All by their ids."""

    channels: Names = ()
    """Empty for all."""
    users: Names = ()
    """Empty for all."""
    auto_answer: Names = ()
    """Forums: their new posts are answered; text channels: questions are."""
    sources: ChannelSources = Field(default_factory=dict)
    """Channels that are not named have all."""
    admins: Names = ()
    """People or roles."""
    message_content: bool = False
    api_url: WebAddress = "https://discord.com/api/v10"
    gateway_url: str = ""
    proxy: WebAddress = ""


class Web(Section):
    """``[web]``: the one port that Docent listens on, and who may see the support team's pages there."""

    enabled: bool = False
    host: Filled = "127.0.0.1"
    port: Annotated[Count, Field(ge=0, le=65535)] = 8080
    user_header: Annotated[str, AfterValidator(values.header_name)] = ""
    """In which a proxy names who logged in; empty: none is believed."""
    public_url: WebAddress = ""
    """Where people find the pages; cards link there. Empty: they do not."""
    trusted_proxies: Annotated[Names, AfterValidator(values.networks)] = ()
    """Addresses and networks whose headers are believed."""

    @property
    def linked(self) -> str:
        """Where links to the pages lead; empty where there are none, or nobody knows where."""
        return self.public_url if self.enabled else ""


class FairUse(Section):
    """``[limits]``: how much is answered at the same time, and for one person."""

    concurrent_answers: Annotated[Count, Field(ge=1, le=1000)] = 16
    questions_per_minute: Annotated[Count, Field(ge=1, le=100_000)] = 20
    """Of one person."""
    edit_seconds: Annotated[Number, Field(ge=0, le=86_400)] = 120.0
    """How long after it was asked an edited question is answered anew."""
