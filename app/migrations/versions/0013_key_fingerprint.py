"""Which secret key the database belongs to. The first command that has the key records it."""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_fingerprint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("first_used_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_key_fingerprint_number")),
        sa.CheckConstraint("length(fingerprint) = 64", name=op.f("ck_key_fingerprint_fingerprint_length")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_key_fingerprint")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_key_fingerprint_fingerprint")),
    )


def downgrade() -> None:
    op.drop_table("key_fingerprint")
