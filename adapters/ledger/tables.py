"""The ledger's tables, as they are after the latest migration."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal,
)
from sqlalchemy.types import TypeDecorator

from adapters.ledger.rows import clean, clean_json

VERSION_TABLE = "docent_ledger_version"


class CleanText(TypeDecorator[str]):
    """Text without what a database refuses, both where it is written and where it is compared."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is sent."""
        return None if value is None else clean(value)


class CleanJson(TypeDecorator[Any]):
    """JSON without what a database refuses; None is NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The value as it is serialised."""
        return clean_json(value)


metadata = MetaData()

entries = Table(
    "docent_entries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("ref", CleanText, nullable=False, unique=True),
    Column("platform", CleanText, nullable=False),
    Column("workspace", CleanText, nullable=False),
    Column("channel", CleanText, nullable=False),
    Column("thread", CleanText, nullable=False),
    Column("message", CleanText, nullable=False),
    Column("asker", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("via", CleanText, nullable=False),
    Column("at", Double, nullable=False),
    Column("state", String(20), nullable=False),
    # What it was before it was withdrawn: an UPDATE can give back the old state only from a column.
    Column("state_before", String(20)),
    Column("revision", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reply", CleanText, nullable=False),
    Column("lease_owner", CleanText, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("closed_at", Double),
    Column("kind", String(20)),
    Column("answer", CleanText),
    Column("citations", CleanJson),
    Column("confidence", Double),
    Column("passages", CleanJson),
    Column("model", CleanText),
    Column("timings", CleanJson),
    Column("uncertain", Boolean),
    UniqueConstraint("platform", "channel", "message", name="docent_entries_message"),
)

# A parameter would hide from both databases that the partial index covers the query.
is_open = entries.c.state == literal("open", String(20), literal_execute=True)

Index("docent_entries_at", entries.c.at, entries.c.id)
Index("docent_entries_thread", entries.c.platform, entries.c.channel, entries.c.thread, entries.c.at)
Index(
    "docent_entries_open",
    entries.c.platform,
    entries.c.lease_until,
    sqlite_where=entries.c.state == "open",
    postgresql_where=entries.c.state == "open",
)

ratings = Table(
    "docent_ratings",
    metadata,
    Column("ref", CleanText, ForeignKey("docent_entries.ref", ondelete="CASCADE"), primary_key=True),
    Column("person", CleanText, primary_key=True),
    Column("vote", String(20), nullable=False),
    Column("at", Double, nullable=False),
    Column("reason", CleanText, nullable=False),
)

hand_offs = Table(
    "docent_hand_offs",
    metadata,
    Column("ref", CleanText, ForeignKey("docent_entries.ref", ondelete="CASCADE"), primary_key=True),
    Column("person", CleanText, nullable=False),
    Column("reason", String(20), nullable=False),
    # What triage says of it; empty where nobody was asked.
    Column("category", String(40), nullable=False),
    Column("severity", String(20), nullable=False),
    Column("component", CleanText, nullable=False),
    Column("summary", CleanText, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("state", String(20), nullable=False),
    Column("owner", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("card_platform", String(20), nullable=False),
    Column("card_channel", CleanText, nullable=False),
    # Empty until the card is posted; nobody else posts it before `card_until`.
    Column("card_message", CleanText, nullable=False),
    Column("card_until", Double, nullable=False),
    Column("asked_at", Double, nullable=False),
    Column("claimed_at", Double),
    Column("resolved_at", Double),
    # When somebody is to be reminded next; also the lease of whoever is just doing so.
    Column("due_at", Double),
    Column("reminded_at", Double),
    Column("escalated_at", Double),
)

Index("docent_hand_offs_state", hand_offs.c.state, hand_offs.c.asked_at)
Index("docent_hand_offs_due", hand_offs.c.due_at)
# As with `is_open`: a parameter would hide that the partial index covers the query.
is_unposted = hand_offs.c.card_message == literal("", CleanText(), literal_execute=True)
Index(
    "docent_hand_offs_unposted",
    hand_offs.c.card_platform,
    hand_offs.c.card_until,
    sqlite_where=hand_offs.c.card_message == "",
    postgresql_where=hand_offs.c.card_message == "",
)

team_messages = Table(
    "docent_team_messages",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("ref", CleanText, ForeignKey("docent_hand_offs.ref", ondelete="CASCADE"), nullable=False),
    Column("kind", String(20), nullable=False),
    # Who wrote it, and on which platform that is an id.
    Column("platform", String(20), nullable=False),
    Column("person", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("at", Double, nullable=False),
)

Index("docent_team_messages_ref", team_messages.c.ref, team_messages.c.at)

# No foreign key: what the team approved outlives the question it came of.
approvals = Table(
    "docent_approvals",
    metadata,
    Column("ref", CleanText, primary_key=True),
    Column("question", CleanText, nullable=False),
    Column("answer", CleanText, nullable=False),
    Column("url", CleanText, nullable=False),
    # Who approved it, and on which platform that is an id.
    Column("platform", String(20), nullable=False),
    Column("person", CleanText, nullable=False),
    Column("at", Double, nullable=False),
)

pauses = Table(
    "docent_pauses",
    metadata,
    Column("platform", CleanText, primary_key=True),
    Column("workspace", CleanText, primary_key=True),
    Column("paused", Boolean, nullable=False),
    Column("by", CleanText, nullable=False),
    Column("at", Double, nullable=False),
)
