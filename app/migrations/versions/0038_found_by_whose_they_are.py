"""What waits is found by its day, what serves a goal or a dream by it, and a handover by who registered it.

Without statistics, which a site on SQLite never has, an index that begins with the state was taken for the
best way to a contact person's own entries: the queue of one read what the whole municipality had shared.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

SERVES = (("goal", "dream_id"), ("step", "goal_id"), ("promise", "goal_id"))
WAITS = sa.text("answer_by IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_entry_state_answer_by", table_name="entry")
    op.create_index("ix_entry_answer_by", "entry", ["answer_by"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("ix_contact_handover_registered_by", "contact_handover", ["registered_by", "done_at"])
    for table, column in SERVES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, column in SERVES:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    op.drop_index("ix_contact_handover_registered_by", table_name="contact_handover")
    op.drop_index("ix_entry_answer_by", table_name="entry")
    op.create_index("ix_entry_state_answer_by", "entry", ["state", "answer_by"])
