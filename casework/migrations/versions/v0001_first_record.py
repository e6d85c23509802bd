"""The first record: schools, contacts, cases, events, returns and letters."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The words as they stood when this was written: a migration never follows a table that has moved on.
CASE_STATES = {
    "school": "unclassified good_or_better system_leader requires_improvement in_transition causing_concern "
    "under_audit under_warning_notice inadequate converting academy closed",
    "notice": "drafted checked given represented confirmed not_confirmed complied not_complied powers_open lifted "
    "lapsed withdrawn superseded",
    "power": "proposed in_force under_review ended",
    "conversion": "order_made sponsor_matched consultation funding_agreement opened revoked",
    "support": "offered allocated plan_challenged commissioned undertaken evaluated declined",
    "monitoring": "requested reminded chased received queried evaluated missing",
}
LETTER_STATES = "drafted checked approved queued sent delivered returned failed rejected"
EVENT_KINDS = "opened moved refused proposed requested received evaluated missing allocated migrated"
ROLES = "head chair clerk"


def _one_of(column: str, words: str) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words.split())})"


def upgrade() -> None:
    _create_school()
    _create_contact()
    _create_case()
    _create_event()
    _create_return()
    _create_letter()


def _create_school() -> None:
    op.create_table(
        "school",
        sa.Column("urn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("la_code", sa.String(), nullable=False),
        sa.Column("la_name", sa.String(), nullable=False),
        sa.Column("establishment_number", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("type_name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("open_date", sa.Date(), nullable=True),
        sa.Column("close_date", sa.Date(), nullable=True),
        sa.Column("low_age", sa.Integer(), nullable=True),
        sa.Column("high_age", sa.Integer(), nullable=True),
        sa.Column("religious_character", sa.String(), nullable=False),
        sa.Column("diocese", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("locality", sa.String(), nullable=False),
        sa.Column("address3", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("head_title", sa.String(), nullable=False),
        sa.Column("head_first_name", sa.String(), nullable=False),
        sa.Column("head_last_name", sa.String(), nullable=False),
        sa.Column("head_job_title", sa.String(), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("urn", name="pk_school"),
    )


def _create_contact() -> None:
    op.create_table(
        "contact",
        sa.Column("urn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.CheckConstraint(_one_of("role", ROLES), name=op.f("ck_contact_role")),
        sa.ForeignKeyConstraint(["urn"], ["school.urn"], name="fk_contact_urn"),
        sa.PrimaryKeyConstraint("urn", "role", name="pk_contact"),
    )


def _create_case() -> None:
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("urn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(_one_of("track", " ".join(CASE_STATES)), name=op.f("ck_case_track")),
        *(
            sa.CheckConstraint(f"track <> '{track}' OR {_one_of('state', states)}", name=op.f(f"ck_case_{track}_state"))
            for track, states in CASE_STATES.items()
        ),
        sa.ForeignKeyConstraint(["urn"], ["school.urn"], name="fk_case_urn"),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        sa.UniqueConstraint("track", "subject", name="uq_case_track_subject"),
    )
    op.create_index("ix_case_track_state", "case", ["track", "state"])


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("destination", sa.String(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("law_hash", sa.String(), nullable=False),
        sa.CheckConstraint(_one_of("kind", EVENT_KINDS), name=op.f("ck_event_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_event_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_event"),
        sa.UniqueConstraint("case_id", "once", name="uq_event_case_id_once"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_as_of", "event", ["case_id", "effective_on", "seq", "destination"])
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_refuses_{act.lower()} BEFORE {act} ON event BEGIN"
                " SELECT RAISE(ABORT, 'an event is never changed or removed: record a correction'); END"
            )


def _create_return() -> None:
    op.create_table(
        "return",
        sa.Column("urn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("half_term", sa.String(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'on_track', 'off_track', 'insufficient', 'missing')", name=op.f("ck_return_outcome")
        ),
        sa.ForeignKeyConstraint(["urn"], ["school.urn"], name="fk_return_urn"),
        sa.PrimaryKeyConstraint("urn", "half_term", name="pk_return"),
    )


def _create_letter() -> None:
    op.create_table(
        "letter",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("urn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("recipient_role", sa.String(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("not_emailed", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("approved_role", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(_one_of("state", LETTER_STATES), name=op.f("ck_letter_state")),
        sa.CheckConstraint(_one_of("recipient_role", ROLES), name=op.f("ck_letter_recipient_role")),
        sa.ForeignKeyConstraint(["urn"], ["school.urn"], name="fk_letter_urn"),
        sa.PrimaryKeyConstraint("reference", name="pk_letter"),
        sa.UniqueConstraint(
            "urn", "kind", "occasion", "recipient_role", name="uq_letter_urn_kind_occasion_recipient_role"
        ),
    )
    op.create_index("ix_letter_batch_state", "letter", ["batch", "state"])


def downgrade() -> None:
    for table in ("letter", "return", "event", "case", "contact", "school"):
        op.drop_table(table)
