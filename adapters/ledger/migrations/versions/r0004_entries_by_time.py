"""Questions by their time, for whoever looks back at them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("docent_entries_at", "docent_entries", ["at", "id"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index("docent_entries_at", "docent_entries")
