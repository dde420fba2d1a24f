"""The first tables: entries, ratings, pauses."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables in an empty database."""
    _entries()
    op.create_table(
        "docent_ratings",
        sa.Column(
            "ref", sa.Text(), sa.ForeignKey("docent_entries.ref", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("person", sa.Text(), primary_key=True),
        sa.Column("vote", sa.String(20), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_table(
        "docent_pauses",
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    """Remove everything the ledger ever kept."""
    for table in ("docent_pauses", "docent_ratings", "docent_entries"):
        op.drop_table(table)


def _entries() -> None:
    op.create_table(
        "docent_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        *_question(),
        *_work(),
        *_answer(),
        sa.UniqueConstraint("ref"),
        sa.UniqueConstraint("platform", "channel", "message", name="docent_entries_message"),
    )
    op.create_index("docent_entries_thread", "docent_entries", ["platform", "channel", "thread", "at"])
    op.create_index(
        "docent_entries_open",
        "docent_entries",
        ["platform", "lease_until"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _question() -> list[sa.Column[Any]]:
    names = ("ref", "platform", "workspace", "channel", "thread", "message", "asker", "text", "via")
    return [
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.Column("at", sa.Double(), nullable=False),
    ]


def _work() -> list[sa.Column[Any]]:
    return [
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("state_before", sa.String(20)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("closed_at", sa.Double()),
    ]


def _answer() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.String(20)),
        sa.Column("answer", sa.Text()),
        sa.Column("citations", sa.JSON()),
        sa.Column("confidence", sa.Double()),
        sa.Column("passages", sa.JSON()),
        sa.Column("model", sa.Text()),
        sa.Column("timings", sa.JSON()),
    ]
