"""A kind of news is held by the registry and no CHECK; what a notice is about is found without a walk."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = (
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
    "assessment_shown",
    "assessment_read",
    "device_new",
    "meeting_moved",
    "meeting_cancelled",
    "meeting_restored",
    "meeting_expired",
    "meeting_soon",
    "minutes_shared",
    "minutes_answered",
    "meeting_changed",
    "meeting_task_late",
)  # all that the step before took
ONE_OF = f"kind IN ({', '.join(repr(kind) for kind in KINDS)})"
OLD_CHECK, NEW_CHECK = "ck_notice_noticekind", "ck_notice_kind_length"
INDEX = "ix_notice_about_id"


def upgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f(OLD_CHECK), type_="check")
        notice.alter_column("kind", type_=sa.String(), existing_type=sa.String(20), existing_nullable=False)
        notice.create_check_constraint(op.f(NEW_CHECK), "length(trim(kind)) BETWEEN 1 AND 40")
    op.create_index(INDEX, "notice", ["about_id"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="notice")
    op.execute(f"DELETE FROM notice WHERE NOT ({ONE_OF})")
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f(NEW_CHECK), type_="check")
        notice.alter_column("kind", type_=sa.String(20), existing_type=sa.String(), existing_nullable=False)
        notice.create_check_constraint(op.f(OLD_CHECK), ONE_OF)
