"""What the citizen lets a professional see of the plan: dated, one that counts for each, and none deleted.

The version before knows no limits: after a step down every professional sees the whole plan again.
"""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STANDING = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "plan_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "extent",
            sa.Enum(
                *("plan", "area", "none"),
                name="planextent",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("set_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_plan_access_order")),
        sa.CheckConstraint("to_on IS NULL OR extent != 'none'", name=op.f("ck_plan_access_none_has_no_end")),
        sa.CheckConstraint(
            "replaced_at IS NULL OR replaced_at >= set_at", name=op.f("ck_plan_access_replaced_after")
        ),
        sa.CheckConstraint("person_id != citizen_id", name=op.f("ck_plan_access_somebody_else")),
        sa.ForeignKeyConstraint(["citizen_id"], ["person.id"], name=op.f("fk_plan_access_citizen_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_access_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_access")),
    )
    for column in ("citizen_id", "person_id"):
        op.create_index(op.f(f"ix_plan_access_{column}"), "plan_access", [column])
    op.create_index(
        "uq_plan_access_one_standing",
        "plan_access",
        ["citizen_id", "person_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    op.drop_table("plan_access")
