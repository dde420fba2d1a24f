"""Hand-offs with their triage, owner, card and times, and whether an answer was uncertain."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, move what was handed over before into it, and remember uncertainty."""
    op.add_column("docent_entries", sa.Column("uncertain", sa.Boolean()))
    op.create_table(
        "docent_hand_offs",
        sa.Column(
            "ref", sa.Text(), sa.ForeignKey("docent_entries.ref", ondelete="CASCADE"), primary_key=True
        ),
        *_matter(),
        *_work(),
    )
    op.create_index("docent_hand_offs_state", "docent_hand_offs", ["state", "asked_at"])
    op.create_index("docent_hand_offs_due", "docent_hand_offs", ["due_at"])
    op.create_index(
        "docent_hand_offs_unposted",
        "docent_hand_offs",
        ["card_platform", "card_until"],
        sqlite_where=sa.text("card_message = ''"),
        postgresql_where=sa.text("card_message = ''"),
    )
    op.execute(_moved())
    op.drop_table("docent_hand_overs")


def downgrade() -> None:
    """Keep of each hand-off who wanted it, and when."""
    op.create_table(
        "docent_hand_overs",
        sa.Column(
            "ref", sa.Text(), sa.ForeignKey("docent_entries.ref", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )
    op.execute(
        "INSERT INTO docent_hand_overs (ref, person, at) SELECT ref, person, asked_at FROM docent_hand_offs"
    )
    op.drop_table("docent_hand_offs")
    op.drop_column("docent_entries", "uncertain")


def _matter() -> list[sa.Column[Any]]:
    return [
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
    ]


def _work() -> list[sa.Column[Any]]:
    return [
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("card_platform", sa.String(20), nullable=False),
        sa.Column("card_channel", sa.Text(), nullable=False),
        sa.Column("card_message", sa.Text(), nullable=False),
        sa.Column("card_until", sa.Double(), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=False),
        *(
            sa.Column(name, sa.Double())
            for name in ("claimed_at", "resolved_at", "due_at", "reminded_at", "escalated_at")
        ),
    ]


def _moved() -> str:
    """Their cards were posted then, and are not known any more; nobody is reminded of them."""
    return (
        "INSERT INTO docent_hand_offs (ref, person, reason, category, severity, component, summary,"
        " confidence, state, owner, outcome, card_platform, card_channel, card_message, card_until, asked_at)"
        " SELECT ref, person, 'asked', '', 'normal', '', '', 0, 'open', '', '', '', '', '', 0, at"
        " FROM docent_hand_overs"
    )
