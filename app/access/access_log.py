"""Writes down who has seen whom: committed before anything is shown, or nothing is shown.

For the guard, when it has decided. What the sign-in has written already is found by one question; of two that
write the same at once one makes the row, and both go on when it is committed. An act that others are to find
in the log is written by whoever does it, in the transaction of the act.
"""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, func
from sqlmodel import Session, and_, col, select

from app.access.models import AccessLogEntry, AccessLogList
from app.access.policy import Action, Subject, SubjectReader, Tie
from app.identity.models import Person
from app.identity.sessions import Account, AnonymousUser
from app.store.db import Database
from app.store.insert import commit_missing
from app.store.prepared import PreparedReader
from app.store.query import id_list
from app.store.sqlite_file import DatabaseReplaced

_Person = Account | AnonymousUser  # whom the guard has let in; nobody has no id

_SAME_KIND = and_(
    col(AccessLogEntry.session_id) == bindparam("session_id", type_=Uuid()),
    col(AccessLogEntry.action) == bindparam("action"),
)
_SEEN = select(AccessLogEntry.citizen_id, AccessLogEntry.relation).where(
    _SAME_KIND, col(AccessLogEntry.citizen_id).in_(id_list())
)
_LISTED = select(AccessLogEntry.id).where(_SAME_KIND, AccessLogEntry.list_digest == bindparam("digest"))


def write_views(
    database: Database, reader: _Person, subjects: Collection[Subject], action: Action, *, now: datetime
) -> None:
    """Write down, and commit, a row for each of these citizens that this sign-in has not seen so yet.

    Raises:
        DatabaseReplaced: as `Database.writing`, also when nothing is left to write.
    """
    seen = {(one.citizen_id, str(one.nearest)) for one in subjects}
    asked = {"session_id": reader.session_id, "action": str(action), "ids": [one for one, _tie in seen]}
    missing = seen - set(_ask(database).exec(_SEEN, params=asked)) if seen else seen
    if missing:
        rows = [_row(reader, action, now, citizen_id=citizen_id, relation=tie) for citizen_id, tie in missing]
        commit_missing(database, {AccessLogEntry: rows})


def write_list(
    database: Database, reader: _Person, subjects: Collection[Subject], action: Action, *, now: datetime
) -> None:
    """Write down, and commit, that the reader is shown these citizens as one list; nobody is no list.

    One row for a sign-in, and another when who stands on it, or by what relation, has changed.

    Raises:
        DatabaseReplaced: as `Database.writing`, also when nothing is left to write.
    """
    if not subjects:
        return
    citizens = citizens_text(subjects)
    digest = sha256(citizens.encode()).hexdigest()
    asked = {"session_id": reader.session_id, "action": str(action), "digest": digest}
    if not _ask(database).exec(_LISTED, params=asked):
        row = _row(reader, action, now, list_digest=digest)
        commit_missing(
            database, {AccessLogList: [{"digest": digest, "citizens": citizens}], AccessLogEntry: [row]}
        )


def write_act(session: Session, by: SubjectReader, action: Action, *, now: datetime) -> None:
    """Write down that somebody did something of a citizen's: a row each time, in the caller's transaction."""
    session.add(
        AccessLogEntry(
            at=now,
            citizen_id=by.subject.citizen_id,
            actor_id=by.id,
            department_id=session.get_one(Person, by.id).department_id,
            action=str(action),
            relation=str(by.subject.nearest),
        )
    )


def find_last_looks(session: Session) -> dict[UUID, datetime]:
    """Return when each system last asked about a citizen, also when it was refused; by the system's id."""
    asked = select(AccessLogEntry.system_id, func.max(AccessLogEntry.at))
    asked = asked.where(col(AccessLogEntry.system_id).is_not(None)).group_by(col(AccessLogEntry.system_id))
    return {system_id: at for system_id, at in session.exec(asked) if system_id is not None}


def citizens_text(subjects: Collection[Subject]) -> str:
    """Return who stands on a list as it is stored: the same for the same citizens in any order."""
    held: dict[Tie, list[str]] = {}
    for one in subjects:
        held.setdefault(one.nearest, []).append(one.citizen_id.hex)
    return "\n".join(" ".join([tie, *sorted(held[tie])]) for tie in sorted(held))


def _ask(database: Database) -> PreparedReader:
    if database.is_replaced():  # what stands in the file that is open would not be in the one that counts
        raise DatabaseReplaced
    return PreparedReader(database)


def _row(
    reader: _Person,
    action: Action,
    now: datetime,
    *,
    citizen_id: UUID | None = None,
    relation: str | None = None,
    list_digest: str | None = None,
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "at": now,
        "citizen_id": citizen_id,
        "list_digest": list_digest,
        "actor_id": reader.id,
        "session_id": reader.session_id,
        "system_id": None,
        "department_id": reader.department_id,
        "action": str(action),
        "relation": relation,
    }
