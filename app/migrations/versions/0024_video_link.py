"""A meeting by video may have a link. Where one stood as the place of such a meeting, it is the link now.

The column is added with its rule, as in 0010: `meeting` can't be made anew on SQLite.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

IS_LINK = "(substr({0}, 1, 7) = 'http://' OR substr({0}, 1, 8) = 'https://')"
RULE = (
    "CONSTRAINT ck_meeting_link CHECK (link IS NULL OR (channel = 'video'"
    f" AND length(link) BETWEEN 10 AND 1000 AND {IS_LINK.format('link')}))"
)
IN_PLACE = f"channel = 'video' AND place_id IS NULL AND length(place) >= 10 AND {IS_LINK.format('place')}"


def upgrade() -> None:
    op.execute(f"ALTER TABLE meeting ADD COLUMN link VARCHAR {RULE}")
    op.execute(f"UPDATE meeting SET link = place, place = NULL WHERE {IN_PLACE} AND place NOT LIKE '% %'")


def downgrade() -> None:
    op.execute("UPDATE meeting SET place = link WHERE place IS NULL AND length(link) <= 200")
    op.execute("ALTER TABLE meeting DROP COLUMN link")
