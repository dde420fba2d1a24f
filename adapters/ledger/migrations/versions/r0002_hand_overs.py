"""Questions handed over to people."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "docent_hand_overs",
        sa.Column(
            "ref", sa.Text(), sa.ForeignKey("docent_entries.ref", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    """Remove it with what it holds."""
    op.drop_table("docent_hand_overs")
