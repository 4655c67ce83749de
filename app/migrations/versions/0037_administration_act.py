"""What administrators do is remembered: roles given and ended, invitations, keys, lists of people."""

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

KINDS = (
    "role_given",
    "role_ended",
    "invited",
    "invitation_withdrawn",
    "key_made",
    "key_ended",
    "people_imported",
    "import_refused",
)
RULES = (
    ("about IS NULL OR length(about) BETWEEN 1 AND 120", "about_length"),
    ("details IS NULL OR length(details) BETWEEN 1 AND 4000", "details_length"),
    ("number >= 0", "number"),
    (
        "kind NOT IN ('role_given', 'role_ended', 'invitation_withdrawn') OR person_id IS NOT NULL",
        "of_a_person",
    ),
    ("until IS NULL OR kind IN ('role_given', 'role_ended')", "until"),
    ("length(trim(roles)) BETWEEN 0 AND 100", "roles_length"),
)


def upgrade() -> None:
    op.create_table(
        "administration_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS,
                name=op.f("ck_administration_act_actkind"),
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("details", sa.String(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_administration_act_{name}")) for rule, name in RULES),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_administration_act_{name}_person"))
            for name in ("by_id", "person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_act")),
    )
    op.create_index("ix_administration_act_at", "administration_act", ["at"])
    op.create_index("ix_administration_act_person_id_at", "administration_act", ["person_id", "at"])


def downgrade() -> None:
    op.drop_table("administration_act")
