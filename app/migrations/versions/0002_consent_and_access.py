"""Consent and access."""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_log_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("system_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.CheckConstraint(
            "actor_id IS NOT NULL OR system_id IS NOT NULL", name=op.f("ck_access_log_entry_somebody")
        ),
        sa.CheckConstraint(
            "length(trim(action)) BETWEEN 1 AND 40", name=op.f("ck_access_log_entry_action_length")
        ),
        sa.CheckConstraint(
            "length(trim(relation)) BETWEEN 1 AND 40", name=op.f("ck_access_log_entry_relation_length")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_access_log_entry_actor_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["person.id"], name=op.f("fk_access_log_entry_citizen_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_access_log_entry_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["system_id"], ["system_token.id"], name=op.f("fk_access_log_entry_system_id_system_token")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log_entry")),
    )
    op.create_index(op.f("ix_access_log_entry_at"), "access_log_entry", ["at"], unique=False)
    op.create_index(op.f("ix_access_log_entry_citizen_id"), "access_log_entry", ["citizen_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("given_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(trim(text_version)) BETWEEN 1 AND 40", name=op.f("ck_consent_text_version_length")
        ),
        sa.CheckConstraint("revoked_at IS NULL OR revoked_at >= given_at", name=op.f("ck_consent_order")),
        sa.ForeignKeyConstraint(["citizen_id"], ["person.id"], name=op.f("fk_consent_citizen_id_person")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_consent_given_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_citizen_id"), "consent", ["citizen_id"], unique=False)
    op.create_index(
        "uq_consent_standing",
        "consent",
        ["citizen_id", "given_by"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "representation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "guardian",
                "custody",
                "party_representative",
                "power_of_attorney",
                name="representationkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_representation_order")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["person.id"], name=op.f("fk_representation_citizen_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_representation_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representation")),
    )
    op.create_index(op.f("ix_representation_citizen_id"), "representation", ["citizen_id"], unique=False)
    op.create_index(op.f("ix_representation_person_id"), "representation", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("representation")
    op.drop_table("consent")
    op.drop_table("access_log_entry")
