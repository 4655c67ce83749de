"""Plan."""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stored_answer",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 200", name=op.f("ck_stored_answer_key_length")),
        sa.CheckConstraint("length(request_hash) = 64", name=op.f("ck_stored_answer_request_hash_length")),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_stored_answer")),
    )
    op.create_table(
        "life_area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(trim(name)) BETWEEN 1 AND 60", name=op.f("ck_life_area_name_length")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_life_area_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_area")),
        sa.UniqueConstraint("municipality_id", "name", name=op.f("uq_life_area_municipality_id_name")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absence_order")),
        sa.CheckConstraint("person_id != substitute_id", name=op.f("ck_absence_somebody_else")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["person.id"], name=op.f("fk_absence_substitute_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_person_id"), "absence", ["person_id"], unique=False)
    op.create_index(op.f("ix_absence_substitute_id"), "absence", ["substitute_id"], unique=False)
    op.create_table(
        "contact_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("helps_with", sa.String(), nullable=True),
        sa.Column("starts_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_contact_assignment_order")
        ),
        sa.CheckConstraint(
            "helps_with IS NULL OR length(helps_with) BETWEEN 1 AND 300",
            name=op.f("ck_contact_assignment_helps_with_length"),
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["person.id"], name=op.f("fk_contact_assignment_citizen_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_assignment_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_assignment")),
    )
    op.create_index(
        op.f("ix_contact_assignment_citizen_id"), "contact_assignment", ["citizen_id"], unique=False
    )
    op.create_index(
        op.f("ix_contact_assignment_person_id"), "contact_assignment", ["person_id"], unique=False
    )
    op.create_index(
        "uq_contact_assignment_one_open",
        "contact_assignment",
        ["citizen_id"],
        unique=True,
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.create_table(
        "cover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_cover_order")),
        sa.ForeignKeyConstraint(["citizen_id"], ["person.id"], name=op.f("fk_cover_citizen_id_person")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_cover_substitute_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    op.create_index(op.f("ix_cover_citizen_id"), "cover", ["citizen_id"], unique=False)
    op.create_index(op.f("ix_cover_substitute_id"), "cover", ["substitute_id"], unique=False)
    op.create_index(
        "uq_cover_open",
        "cover",
        ["about_id"],
        unique=True,
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "entry_shared",
                "entry_approved",
                "entry_talk",
                "entry_late",
                "entry_taken_back",
                "step_done",
                "goal_answered",
                "meeting_new",
                "meeting_answered",
                "consent_given",
                "consent_revoked",
                name="noticekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_notice_actor_id_person")),
        sa.ForeignKeyConstraint(["citizen_id"], ["person.id"], name=op.f("fk_notice_citizen_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_at"), "notice", ["at"], unique=False)
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person_id"], unique=False)
    op.create_table(
        "team_membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("helps_with", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_team_membership_order")),
        sa.CheckConstraint(
            "helps_with IS NULL OR length(helps_with) BETWEEN 1 AND 300",
            name=op.f("ck_team_membership_helps_with_length"),
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["life_area.id"], name=op.f("fk_team_membership_area_id_life_area")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["person.id"], name=op.f("fk_team_membership_citizen_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_team_membership_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_membership")),
    )
    op.create_index(op.f("ix_team_membership_citizen_id"), "team_membership", ["citizen_id"], unique=False)
    op.create_index(op.f("ix_team_membership_person_id"), "team_membership", ["person_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "active",
                "closed",
                name="planstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_plan_closed_has_time")
        ),
        sa.CheckConstraint(
            "state != 'active' OR consent_id IS NOT NULL", name=op.f("ck_plan_active_needs_consent")
        ),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_plan_revision")),
        sa.ForeignKeyConstraint(["citizen_id"], ["person.id"], name=op.f("fk_plan_citizen_id_person")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_plan_consent_id_consent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_citizen_id"), "plan", ["citizen_id"], unique=False)
    op.create_index(
        "uq_plan_one_open",
        "plan",
        ["citizen_id"],
        unique=True,
        sqlite_where=sa.text("state != 'closed'"),
        postgresql_where=sa.text("state != 'closed'"),
    )
    op.create_table(
        "plan_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.CheckConstraint("length(trim(what)) BETWEEN 1 AND 40", name=op.f("ck_plan_revision_what_length")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_plan_revision_actor_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_revision_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_revision")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_revision_plan_id_number")),
    )
    op.create_index(op.f("ix_plan_revision_plan_id"), "plan_revision", ["plan_id"], unique=False)


def downgrade() -> None:
    op.drop_table("plan_revision")
    op.drop_table("plan")
    op.drop_table("team_membership")
    op.drop_table("notice")
    op.drop_table("cover")
    op.drop_table("contact_assignment")
    op.drop_table("absence")
    op.drop_table("life_area")
    op.drop_table("stored_answer")
