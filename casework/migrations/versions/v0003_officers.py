"""Officers who may sign in at the console."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officer",
        sa.Column("sign_in", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("may", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("may IN ('reader', 'officer', 'signatory')", name=op.f("ck_officer_may")),
        sa.PrimaryKeyConstraint("sign_in", name="pk_officer"),
        sa.UniqueConstraint("name", name="uq_officer_name"),
    )
