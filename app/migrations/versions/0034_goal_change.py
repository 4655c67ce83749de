"""What a goal said beside its words before somebody changed it: where it belonged, and why."""

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("dream_id", sa.Uuid(), nullable=True),
        sa.Column("because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "because IS NULL OR length(because) BETWEEN 1 AND 300",
            name=op.f("ck_goal_change_because_length"),
        ),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["goal.entry_id"], name=op.f("fk_goal_change_goal_id_goal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_goal_change_actor_id_person")),
        sa.ForeignKeyConstraint(["area_id"], ["life_area.id"], name=op.f("fk_goal_change_area_id_life_area")),
        sa.ForeignKeyConstraint(
            ["dream_id"], ["entry.id"], name=op.f("fk_goal_change_dream_id_entry"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_change")),
    )
    op.create_index(op.f("ix_goal_change_goal_id"), "goal_change", ["goal_id"])


def downgrade() -> None:
    op.drop_table("goal_change")
