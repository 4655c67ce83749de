"""The database notes which program took its newest step; wrong codes are counted beside the invitation.

Five tries in all made an invitation dead: now each wrong one has to be waited for. A step down gives every
invitation five tries again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alembic_version", sa.Column("program", sa.String(), nullable=True))
    with op.batch_alter_table("invitation") as table:
        table.drop_constraint(op.f("ck_invitation_tries_left"), type_="check")
        table.drop_column("tries_left")


def downgrade() -> None:
    with op.batch_alter_table("invitation") as table:
        table.add_column(sa.Column("tries_left", sa.Integer(), nullable=False, server_default="5"))
        table.create_check_constraint(op.f("ck_invitation_tries_left"), "tries_left BETWEEN 0 AND 5")
    with op.batch_alter_table("invitation") as table:
        table.alter_column("tries_left", server_default=None)
    op.drop_column("alembic_version", "program")
