"""Rows as the version before stored them: entries of the kind "something else", and what happened to them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import column, table
from sqlmodel import Session, select

from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.migrations import schema
from app.notifications.models import Notice
from app.plan.models import Cover
from app.store.db import Database
from tests.cast import NOW, People

VERSIONS = Path(schema.__file__).parent / "versions"
# steps down: to the version before, and to where the tables are there and nothing is moved
BEFORE, UNMOVED = (f"-{sum(one.name >= name for one in VERSIONS.glob('0*.py'))}" for name in ("0016", "0017"))
SHARED, TALK, APPROVED = EntryEventKind.SHARED, EntryEventKind.TALK, EntryEventKind.APPROVED
TAKEN_BACK = EntryEventKind.TAKEN_BACK
REPLY = "Skal vi tale om det på tirsdag?"
SAID = f"Line skrev:\n{REPLY}"  # as the citizen alone keeps it


def day(ago: int) -> datetime:
    return NOW - timedelta(days=ago)


def lay(
    session: Session,
    plan_id: UUID,
    author_id: UUID,
    texts: Iterable[str],
    events: Iterable[tuple[EntryEventKind, int]] = (),
    **columns: Any,
) -> UUID:
    """Store an entry as the version before did: its texts, a day apart, and what happened to which."""
    words = list(texts)
    entry = Entry(
        id=uuid4(),
        plan_id=plan_id,
        author_id=author_id,
        version=len(words),
        written_at=day(20 - len(words)),
        **{"kind": EntryKind.OTHER, "state": EntryState.DRAFT} | columns,
    )
    session.add(entry)
    session.flush()
    for number, text in enumerate(words, 1):
        session.add(
            EntryVersion(
                entry_id=entry.id, number=number, words=text, written_at=day(20 - number), author_id=author_id
            )
        )
    session.flush()
    for hours, (what, number) in enumerate(events):
        reply = REPLY if what is TALK else None
        by = People().line.id if what in (TALK, APPROVED) else author_id
        at = day(9) + timedelta(hours=hours)
        session.add(EntryEvent(entry_id=entry.id, version=number, what=what, at=at, actor_id=by, words=reply))
    return entry.id


def let_in(database: Database, citizen_id: UUID, about_id: UUID) -> UUID:
    """Store that Omar is let in about something, in the columns of the version before."""
    columns = ("id", "citizen_id", "substitute_id", "about_id", "starts_at")
    known = table("cover", *(column(one, Cover.__table__.c[one].type) for one in columns))  # type: ignore[attr-defined]
    row = {"id": uuid4(), "citizen_id": citizen_id, "substitute_id": People().omar.id, "about_id": about_id}
    with database.writing() as writing:
        writing.exec(known.insert().values(**row, starts_at=day(1)))
    return row["id"]


def come_up(database: Database) -> None:
    schema.migrate(database)
    with database.engine.connect() as connection:
        assert schema.missing_constraints(connection) == []


def told(session: Session, person_id: UUID) -> list[str]:
    return sorted(session.exec(select(Notice.kind).where(Notice.person_id == person_id)))
