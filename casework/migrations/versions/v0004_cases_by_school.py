"""The cases of one school are found without looking through all."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_case_urn_track"), "case", ["urn", "track"])
