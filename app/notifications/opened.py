"""What is opened is read: noted beside the page that shows it, which never waits for it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.notifications.queries import list_unread_about
from app.notifications.service import mark_notices_read
from app.store.db import Database
from app.store.prepared import Reader


def note_opened(
    database: Database, reader: Reader, person_id: UUID, about_id: UUID, *, now: datetime
) -> None:
    """Note that somebody has opened a thing by whatever road, if anything was new about it."""
    note_read(database, person_id, list_unread_about(reader, person_id, about_id), now=now)


def note_read(database: Database, person_id: UUID, ids: Collection[UUID], *, now: datetime) -> None:
    """Note that somebody has opened what these notices tell of; where it can't be written it stays new."""
    if ids:
        database.mark(lambda session: mark_notices_read(session, person_id, ids, now=now))
