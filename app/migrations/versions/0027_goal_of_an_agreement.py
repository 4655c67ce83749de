"""What was agreed at a meeting may name the goal it is for."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

GOAL = "fk_meeting_agreement_goal_id_entry"


def upgrade() -> None:
    with op.batch_alter_table("meeting_agreement") as agreement:
        agreement.add_column(sa.Column("goal_id", sa.Uuid(), nullable=True))
        agreement.create_foreign_key(op.f(GOAL), "entry", ["goal_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    with op.batch_alter_table("meeting_agreement") as agreement:
        agreement.drop_constraint(op.f(GOAL), type_="foreignkey")
        agreement.drop_column("goal_id")
