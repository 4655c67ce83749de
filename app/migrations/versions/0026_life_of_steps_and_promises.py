"""Steps can be blocked or dropped, promises changed or withdrawn, with a reason; a promise may name its goal.

Who kept a promise before this is not known: `kept_by` may be empty.
"""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = app.store.db.UtcDateTime(timezone=True)
HALTED = "(blocked_at IS NULL AND dropped_at IS NULL) = (halt_reason IS NULL)"
ONE_STATE = (
    "(blocked_at IS NULL OR dropped_at IS NULL)"
    " AND (done_at IS NULL OR (blocked_at IS NULL AND dropped_at IS NULL))"
)
REASON = "halt_reason IS NULL OR length(trim(halt_reason)) BETWEEN 1 AND 300"
STEP_FOREIGN, KEPT_FOREIGN = "fk_step_halted_by_person", "fk_promise_kept_by_person"
GOAL_FOREIGN = "fk_promise_goal_id_goal"


def upgrade() -> None:
    with op.batch_alter_table("step") as step:
        step.add_column(sa.Column("blocked_at", MOMENT, nullable=True))
        step.add_column(sa.Column("dropped_at", MOMENT, nullable=True))
        step.add_column(sa.Column("halted_by", sa.Uuid(), nullable=True))
        step.add_column(sa.Column("halt_reason", sa.String(), nullable=True))
        step.create_foreign_key(op.f(STEP_FOREIGN), "person", ["halted_by"], ["id"])
        step.create_check_constraint(op.f("ck_step_halted_with_a_reason"), HALTED)
        step.create_check_constraint(op.f("ck_step_one_state"), ONE_STATE)
        step.create_check_constraint(op.f("ck_step_halt_reason_length"), REASON)
    with op.batch_alter_table("promise") as promise:
        promise.add_column(sa.Column("goal_id", sa.Uuid(), nullable=True))
        promise.add_column(sa.Column("kept_by", sa.Uuid(), nullable=True))
        promise.add_column(sa.Column("changed_at", MOMENT, nullable=True))
        promise.add_column(sa.Column("withdrawn_at", MOMENT, nullable=True))
        promise.create_foreign_key(op.f(GOAL_FOREIGN), "goal", ["goal_id"], ["entry_id"])
        promise.create_foreign_key(op.f(KEPT_FOREIGN), "person", ["kept_by"], ["id"])
        promise.create_check_constraint(
            op.f("ck_promise_kept_by_with_kept_at"), "kept_by IS NULL OR kept_at IS NOT NULL"
        )
        promise.create_check_constraint(
            op.f("ck_promise_kept_or_withdrawn"), "kept_at IS NULL OR withdrawn_at IS NULL"
        )
    op.create_table(
        "promise_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("promise_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 1 AND 300", name=op.f("ck_promise_change_reason_length")
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"],
            ["promise.id"],
            name=op.f("fk_promise_change_promise_id_promise"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_promise_change_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_change")),
    )
    op.create_index(op.f("ix_promise_change_promise_id"), "promise_change", ["promise_id"])
    op.create_table(
        "step_halt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('blocked', 'dropped')", name=op.f("ck_step_halt_stops")),
        sa.CheckConstraint("length(trim(reason)) BETWEEN 1 AND 300", name=op.f("ck_step_halt_reason_length")),
        sa.ForeignKeyConstraint(
            ["step_id"], ["entry.id"], name=op.f("fk_step_halt_step_id_entry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_step_halt_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_halt")),
    )
    op.create_index(op.f("ix_step_halt_step_id"), "step_halt", ["step_id"])


def downgrade() -> None:
    op.drop_table("step_halt")
    op.drop_table("promise_change")
    with op.batch_alter_table("promise") as promise:
        for name in ("kept_by_with_kept_at", "kept_or_withdrawn"):
            promise.drop_constraint(op.f(f"ck_promise_{name}"), type_="check")
        promise.drop_constraint(op.f(GOAL_FOREIGN), type_="foreignkey")
        promise.drop_constraint(op.f(KEPT_FOREIGN), type_="foreignkey")
        for name in ("goal_id", "kept_by", "changed_at", "withdrawn_at"):
            promise.drop_column(name)
    with op.batch_alter_table("step") as step:
        for name in ("halted_with_a_reason", "one_state", "halt_reason_length"):
            step.drop_constraint(op.f(f"ck_step_{name}"), type_="check")
        step.drop_constraint(op.f(STEP_FOREIGN), type_="foreignkey")
        for name in ("blocked_at", "dropped_at", "halted_by", "halt_reason"):
            step.drop_column(name)
