"""What each who acts for a citizen may is stored. Those of before may what they could: plan and meetings.

Who has custody could say the yes of a child, and still can. A column is added to `representation` with its
rule, as in 0010: the new table hangs on it.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SCOPES = ("plan", "write", "meetings", "messages", "consent")
MOMENT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
ENDED = (
    "CONSTRAINT ck_representation_ended_at "
    "CHECK (ended_at IS NULL OR kind IN ('party_representative', 'power_of_attorney'))"
)
RULES = (
    ("ends_on IS NULL OR ends_on > starts_on", "order"),
    ("(citizen_yes IS NULL) = (answered_at IS NULL)", "answer_has_time"),
    ("citizen_yes IS NULL OR scope IN ('write', 'messages')", "asked_about"),
    (f"scope IN ({', '.join(repr(one) for one in SCOPES)})", "actingscope"),
)
representation = sa.table(
    "representation", sa.column("id", sa.Uuid()), sa.column("kind"), sa.column("starts_on", sa.Date())
)
scope = sa.table(
    "representation_scope",
    *(sa.column(name, sa.Uuid()) for name in ("id", "representation_id")),
    sa.column("scope"),
    sa.column("starts_on", sa.Date()),
)


def upgrade() -> None:
    connection = op.get_bind()
    op.execute(f"ALTER TABLE representation ADD COLUMN ended_at {MOMENT[connection.dialect.name]} {ENDED}")
    _create_table()
    rows = [
        {"id": uuid4(), "representation_id": one.id, "scope": name, "starts_on": one.starts_on}
        for one in connection.execute(sa.select(representation))
        for name in ("plan", "meetings", *(("consent",) if one.kind == "custody" else ()))
    ]
    if rows:
        connection.execute(sa.insert(scope), rows)


def _create_table() -> None:
    op.create_table(
        "representation_scope",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("representation_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("paper_on", sa.Date(), nullable=True),
        sa.Column("citizen_yes", sa.Boolean(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_representation_scope_{name}")) for rule, name in RULES),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name=op.f("fk_representation_scope_representation_id_representation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representation_scope")),
    )
    op.create_index(
        op.f("ix_representation_scope_representation_id"), "representation_scope", ["representation_id"]
    )
    op.create_index(
        "uq_representation_scope_open",
        "representation_scope",
        ["representation_id", "scope"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("representation_scope")
    # What the citizen ended would act again in the version before: it goes, and an up brings it back no more.
    op.execute("DELETE FROM representation WHERE ended_at IS NOT NULL")
    op.execute("ALTER TABLE representation DROP COLUMN ended_at")
