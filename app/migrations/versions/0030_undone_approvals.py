"""An approval can be undone: one more thing that can happen to an entry; what one just answered is found."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

OLD = ("written", "shared", "taken_back", "approved", "talk", "late")
NEW = (*OLD, "undone")


def upgrade() -> None:
    _allow(NEW)
    op.create_index("ix_entry_answered_by", "entry", ["answered_by", "answered_at"])


def downgrade() -> None:
    op.drop_index("ix_entry_answered_by", table_name="entry")
    op.execute("DELETE FROM entry_event WHERE what = 'undone'")
    op.execute("DELETE FROM notice WHERE kind = 'entry_undone'")
    _allow(OLD)


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{one}'" for one in kinds)
    with op.batch_alter_table("entry_event") as event:
        event.drop_constraint(op.f("ck_entry_event_happening"), type_="check")
        event.create_check_constraint(op.f("ck_entry_event_happening"), f"what IN ({listed})")
