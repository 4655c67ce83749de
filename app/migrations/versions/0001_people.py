"""People."""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "municipality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("length(trim(name)) BETWEEN 1 AND 120", name=op.f("ck_municipality_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("name", name=op.f("uq_municipality_name")),
    )
    op.create_table(
        "system_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_system_token_token_hash_length")),
        sa.CheckConstraint("length(trim(name)) BETWEEN 1 AND 80", name=op.f("ck_system_token_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_token")),
        sa.UniqueConstraint("name", name=op.f("uq_system_token_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_system_token_token_hash")),
    )
    op.create_table(
        "department",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("length(trim(name)) BETWEEN 1 AND 120", name=op.f("ck_department_name_length")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_department_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("municipality_id", "name", name=op.f("uq_department_municipality_id_name")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("external_key", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("office_hours", sa.String(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("interpreter_language", sa.String(), nullable=True),
        sa.Column(
            "text_size",
            sa.Enum(
                "normal",
                "large",
                "largest",
                name="textsize",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("protected_address", sa.Boolean(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "email IS NULL OR length(email) BETWEEN 3 AND 254", name=op.f("ck_person_email_length")
        ),
        sa.CheckConstraint("length(language) BETWEEN 2 AND 8", name=op.f("ck_person_language_length")),
        sa.CheckConstraint("length(trim(name)) BETWEEN 1 AND 120", name=op.f("ck_person_name_length")),
        sa.CheckConstraint(
            "length(trim(sort_key)) BETWEEN 1 AND 120", name=op.f("ck_person_sort_key_length")
        ),
        sa.CheckConstraint(
            "office_hours IS NULL OR length(office_hours) BETWEEN 1 AND 200",
            name=op.f("ck_person_office_hours_length"),
        ),
        sa.CheckConstraint(
            "phone IS NULL OR length(phone) BETWEEN 3 AND 20", name=op.f("ck_person_phone_length")
        ),
        sa.CheckConstraint(
            "title IS NULL OR length(title) BETWEEN 1 AND 120", name=op.f("ck_person_title_length")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_person_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_person_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["person.id"], name=op.f("fk_person_substitute_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint(
            "municipality_id", "external_key", name=op.f("uq_person_municipality_id_external_key")
        ),
        sa.UniqueConstraint("slug", name=op.f("uq_person_slug")),
    )
    op.create_index(op.f("ix_person_sort_key"), "person", ["sort_key"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_login_session_token_hash_length")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index(op.f("ix_login_session_person_id"), "login_session", ["person_id"], unique=False)
    op.create_table(
        "person_role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "citizen",
                "contact",
                "professional",
                "representative",
                "leader",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_person_role_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_role_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_role")),
    )
    op.create_index(op.f("ix_person_role_person_id"), "person_role", ["person_id"], unique=False)
    op.create_index(
        "uq_person_role_open",
        "person_role",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("person_role")
    op.drop_table("login_session")
    op.drop_table("person")
    op.drop_table("department")
    op.drop_table("system_token")
    op.drop_table("municipality")
