"""Who is in a meeting, where it is, how it is held, and what it says: everything but when."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.calendar.booking.laying import lay, release
from app.calendar.booking.locking import check_current, lock_meetings
from app.calendar.booking.people import Members, add_participants, check_people, make_subjects
from app.calendar.booking.telling import announce, record, tell_of
from app.calendar.models import CalendarSubject, Meeting, Participant
from app.calendar.rules import (
    KEEP,
    MeetingChange,
    MeetingWish,
    ParticipantRole,
    Slot,
    SubjectKind,
)
from app.errors import Missing
from app.notifications.rules import NoticeKind

PEOPLE = ("with_ids", "optional_ids", "room_id", "interpreter_id")
WHERE = ("channel", "place_id", "place")
TAKES_TIME = frozenset((*PEOPLE, *WHERE))


def change(
    session: Session,
    meeting_id: UUID,
    change: MeetingChange,
    *,
    sequence: int,
    by: UUID | None,
    now: datetime,
) -> Meeting:
    """Change what is different in `change`; nothing has changed if one of it can't be.

    Who is put in is told of a meeting, who is taken out that theirs is off; of another place or channel
    everybody is told.

    Raises:
        Missing: there is no such meeting.
        MeetingIsOver, ChangedMeanwhile: see `check_current`.
        NotBookable: somebody or some place is not known here.
        Clash: somebody is taken, or could not get there in time.
    """
    wish = _as_it_would_be(session, meeting_id, change)
    members = check_people(session, wish, now=now)
    make_subjects(session, members)
    around = [Slot(wish.starts_at, wish.ends_at)]
    (meeting,) = lock_meetings(session, [meeting_id], slots=around, also=members.ids, now=now)
    check_current(meeting, sequence, now=now)
    different = _different(meeting, wish, change)
    before = _people(session, meeting_id)
    if before != members.roles:
        different |= set(PEOPLE)
    if not different:
        return meeting
    freed = release(session, [meeting_id]) if different & TAKES_TIME else None
    for name in different - set(PEOPLE):
        setattr(meeting, name, getattr(wish, name))
    meeting.sequence += 1
    meeting.changed_at = now
    _set_people(session, meeting, before, members)
    if freed is not None:
        lay(session, [meeting], freed)
    _make_known(session, meeting, different, before, members, by=by, now=now)
    return meeting


def _as_it_would_be(session: Session, meeting_id: UUID, change: MeetingChange) -> MeetingWish:
    """Return the meeting as a wish, with the change in it."""
    found = session.get(Meeting, meeting_id, populate_existing=True)
    if found is None:
        raise Missing
    parts: dict[str, Any] = {
        name: getattr(found, name)
        for name in (
            "citizen_id",
            "starts_at",
            "ends_at",
            "purpose",
            "channel",
            "why",
            "bring",
            "place",
            "place_id",
        )
    }
    parts |= {"directions": found.directions, "companion": found.companion} | _members(session, meeting_id)
    given = {field.name: getattr(change, field.name) for field in fields(change)}
    return MeetingWish(**(parts | {name: value for name, value in given.items() if value is not KEEP}))


def _members(session: Session, meeting_id: UUID) -> dict[str, Any]:
    """Return who is in a meeting, by the names that a wish has for them."""
    rows = session.execute(
        select(col(Participant.subject_id), col(Participant.role), col(CalendarSubject.kind))
        .join(CalendarSubject, col(CalendarSubject.id) == col(Participant.subject_id))
        .where(col(Participant.meeting_id) == meeting_id)
    ).all()

    def those(role: ParticipantRole, kind: SubjectKind) -> tuple[UUID, ...]:
        return tuple(row.subject_id for row in rows if row.role is role and row.kind is kind)

    rooms = those(ParticipantRole.REQUIRED, SubjectKind.ROOM)
    interpreters = those(ParticipantRole.INTERPRETER, SubjectKind.INTERPRETER)
    return {
        "with_ids": those(ParticipantRole.REQUIRED, SubjectKind.PROFESSIONAL),
        "optional_ids": those(ParticipantRole.OPTIONAL, SubjectKind.PROFESSIONAL),
        "companion_ids": those(ParticipantRole.COMPANION, SubjectKind.CITIZEN),
        "room_id": rooms[0] if rooms else None,
        "interpreter_id": interpreters[0] if interpreters else None,
    }


def _different(meeting: Meeting, wish: MeetingWish, change: MeetingChange) -> set[str]:
    given = {field.name for field in fields(change) if getattr(change, field.name) is not KEEP}
    return {name for name in given - set(PEOPLE) if getattr(meeting, name) != getattr(wish, name)}


def _people(session: Session, meeting_id: UUID) -> dict[UUID, ParticipantRole]:
    wanted = select(col(Participant.subject_id), col(Participant.role))
    rows = session.execute(wanted.where(col(Participant.meeting_id) == meeting_id))
    return {row.subject_id: row.role for row in rows}


def _set_people(
    session: Session, meeting: Meeting, before: dict[UUID, ParticipantRole], members: Members
) -> None:
    """Take out who is not in it any more, put in who is new; who stays keeps their answer."""
    gone = [one for one, role in before.items() if members.roles.get(one) != role]
    new = [one for one, role in members.roles.items() if before.get(one) != role]
    if gone:
        out = delete(Participant).where(col(Participant.meeting_id) == meeting.id)
        session.execute(out.where(col(Participant.subject_id).in_(gone)))
    add_participants(session, meeting.id, members, only=new)


def _make_known(  # noqa: PLR0913 — what differs, who was and is in it, by whom
    session: Session,
    meeting: Meeting,
    different: set[str],
    before: dict[UUID, ParticipantRole],
    members: Members,
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    staff = {one for one, kind in members.kinds.items() if kind is SubjectKind.PROFESSIONAL}
    tell_of(session, meeting, NoticeKind.MEETING_NEW, staff - before.keys(), by=by, now=now)
    tell_of(
        session, meeting, NoticeKind.MEETING_CANCELLED, before.keys() - members.roles.keys(), by=by, now=now
    )
    if different & set(WHERE):
        announce(session, meeting, NoticeKind.MEETING_MOVED, by=by, now=now)
    else:
        record(session, meeting, "meeting_changed", by=by, now=now)
