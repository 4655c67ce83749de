"""A citizen can say no thanks to an offer: one more answer that a participant can have."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OLD = ("coming", "other_time", "cannot", "call_me")
NEW = ("coming", "other_time", "cannot", "declined", "call_me")


def upgrade() -> None:
    _allow(NEW)


def downgrade() -> None:
    op.execute("UPDATE participant SET reply = 'cannot' WHERE reply = 'declined'")
    _allow(OLD)


def _allow(replies: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{one}'" for one in replies)
    with op.batch_alter_table("participant") as participant:
        participant.drop_constraint(op.f("ck_participant_reply"), type_="check")
        participant.create_check_constraint(op.f("ck_participant_reply"), f"reply IN ({listed})")
