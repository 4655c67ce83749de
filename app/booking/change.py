"""Who is in a meeting, where it is, how it is held, and what it says; and when, where that must give way."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete
from sqlmodel import Session, col, select

from app.booking.absence_tasks import settle_absence_tasks
from app.booking.book import record_reply
from app.booking.locking import check_current, lock_meetings_for_times
from app.booking.notify import notify_everybody, notify_people
from app.booking.occupancy import release_occupancy, write_occupancy
from app.booking.participants import MeetingMembers, add_participants, check_people, ensure_subjects
from app.booking.queries import read_meeting_times
from app.booking.reschedule import NewMeetingTime, check_free_day, check_new_times, set_new_time
from app.booking.rules import TaskKind
from app.booking.snapshot import save_snapshot
from app.booking.tasks import BY_ANOTHER_TIME, settle_tasks
from app.dates.workdays import WorkingCalendar
from app.meetings.models import CalendarSubject, Meeting, Participant
from app.meetings.news import MEETING_CHANGED, MEETING_LEFT, MEETING_MOVED, MEETING_NEW
from app.meetings.queries import read_meeting
from app.meetings.rules import (
    KEEP,
    Channel,
    MeetingChange,
    MeetingRequest,
    ParticipantRole,
    Reply,
    Slot,
    SubjectKind,
)
from app.meetings.service import held_until, transition_meeting
from app.store.prepared import Reader

PEOPLE = ("with_ids", "optional_ids", "room_id", "interpreter_id")
WHERE = ("channel", "place_id", "place")
TAKES_TIME = frozenset((*PEOPLE, *WHERE))
NOTHING = MeetingChange()

_MEMBERS = (
    select(Participant.subject_id, Participant.role, CalendarSubject.kind)
    .join(CalendarSubject, col(CalendarSubject.id) == Participant.subject_id)
    .where(Participant.meeting_id == bindparam("meeting_id", type_=Uuid()))
)


def change_meeting(  # noqa: PLR0913 — what, how, as seen when, by whom, and when instead
    session: Session,
    meeting_id: UUID,
    change: MeetingChange,
    *,
    sequence: int,
    by: UUID | None,
    now: datetime,
    workdays: WorkingCalendar,
    to: Slot | None = None,
) -> Meeting:
    """Change what is different in `change`; nothing has changed if one of it can't be.

    Who is put in is told of a meeting, who is taken out that theirs is off, everybody else of the change. The
    citizen's yes to another place or channel was a yes to something else: she is asked again, and the time
    stands. Who else is there, what it says, and another link to the same video meeting leave her answer as it
    is. `to`: it is moved there as well,
    because those who shall be in it can't meet where it is; then as by `reschedule_meeting`.

    Raises:
        Missing: there is no such meeting.
        MeetingIsOver, MeetingChanged: see `check_current`.
        NotBookable: somebody or some place is not known here, or nobody could have that time.
        Clash: somebody is taken, or could not get there in time.
    """
    request = as_request(session, meeting_id, change)
    members = check_people(session, request, now=now, already=_people(session, meeting_id))
    ensure_subjects(session, members)
    ids, also = [meeting_id], members.ids
    around = [to] if to else read_meeting_times(session, ids)
    if to:
        check_free_day(to, now=now)
    (meeting,) = lock_meetings_for_times(session, ids, around, also=also, now=now, workdays=workdays)
    check_current(meeting, sequence, now=now)
    before = _people(session, meeting_id)
    people = set(PEOPLE) if before != members.roles else set[str]()
    different = _different(meeting, request, change) | people
    if not different and not to:
        return meeting
    moved = NewMeetingTime(meeting, to, by == meeting.citizen_id) if to else None
    check_new_times(session, [moved] if moved and not moved.said_yes else [], now=now)
    freed = release_occupancy(session, ids) if moved or different & TAKES_TIME else None
    save_snapshot(session, meeting, different, before, members.roles)
    for name in different - set(PEOPLE):
        setattr(meeting, name, getattr(request, name))
    if moved:
        set_new_time(session, moved, now=now, workdays=workdays)
    else:
        _count(session, meeting, different, now=now)
    _set_people(session, meeting, before, members)
    if freed is not None:
        write_occupancy(session, [meeting], freed)
    _notify_change(session, meeting, before, members, moved=moved is not None, by=by, now=now)
    return meeting


def _count(session: Session, meeting: Meeting, different: set[str], *, now: datetime) -> None:
    """Count the change, and ask the citizen anew where her yes was to something else."""
    transition_meeting(meeting, meeting.state, held_until=held_until(meeting), now=now)
    own = session.get_one(Participant, (meeting.id, meeting.citizen_id), populate_existing=True)
    if different & set(WHERE) and own.reply is Reply.COMING:
        record_reply(session, meeting, None, now=now)


def as_request(session: Reader, meeting_id: UUID, change: MeetingChange = NOTHING) -> MeetingRequest:
    """Return the meeting as a request, with the change in it; raise Missing if there is none."""
    found = read_meeting(session, meeting_id)
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
            "directions",
            "link",
            "companion",
        )
    }
    parts |= _members(session, meeting_id)
    given = {field.name: getattr(change, field.name) for field in fields(change)}
    parts |= {name: value for name, value in given.items() if value is not KEEP}
    if change.link is KEEP and parts["channel"] is not Channel.VIDEO:
        parts["link"] = None
    return MeetingRequest(**parts)


def _members(session: Reader, meeting_id: UUID) -> dict[str, Any]:
    """Return who is in a meeting, by the names that a request has for them."""
    rows = session.exec(_MEMBERS, params={"meeting_id": meeting_id}).all()

    def those(role: ParticipantRole, kind: SubjectKind) -> tuple[UUID, ...]:
        return tuple(one for one, its_role, its_kind in rows if its_role is role and its_kind is kind)

    rooms = those(ParticipantRole.REQUIRED, SubjectKind.ROOM)
    interpreters = those(ParticipantRole.INTERPRETER, SubjectKind.INTERPRETER)
    return {
        "with_ids": those(ParticipantRole.REQUIRED, SubjectKind.PROFESSIONAL),
        "optional_ids": those(ParticipantRole.OPTIONAL, SubjectKind.PROFESSIONAL),
        "companion_ids": those(ParticipantRole.COMPANION, SubjectKind.CITIZEN),
        "room_id": rooms[0] if rooms else None,
        "interpreter_id": interpreters[0] if interpreters else None,
    }


def _different(meeting: Meeting, request: MeetingRequest, change: MeetingChange) -> set[str]:
    given = {field.name for field in fields(change) if getattr(change, field.name) is not KEEP} | {"link"}
    return {name for name in given - set(PEOPLE) if getattr(meeting, name) != getattr(request, name)}


def _people(session: Session, meeting_id: UUID) -> dict[UUID, ParticipantRole]:
    wanted = select(col(Participant.subject_id), col(Participant.role))
    return dict(session.exec(wanted.where(col(Participant.meeting_id) == meeting_id)).all())


def _set_people(
    session: Session, meeting: Meeting, before: dict[UUID, ParticipantRole], members: MeetingMembers
) -> None:
    """Take out who is not in it any more, put in who is new; who stays keeps their answer."""
    gone = [one for one, role in before.items() if members.roles.get(one) != role]
    new = [one for one, role in members.roles.items() if before.get(one) != role]
    if gone:
        out = delete(Participant).where(col(Participant.meeting_id) == meeting.id)
        session.exec(out.where(col(Participant.subject_id).in_(gone)))
    add_participants(session, meeting.id, members, only=new)


def _notify_change(  # noqa: PLR0913 — which, who was and is in it, by whom
    session: Session,
    meeting: Meeting,
    before: dict[UUID, ParticipantRole],
    members: MeetingMembers,
    *,
    moved: bool,
    by: UUID | None,
    now: datetime,
) -> None:
    """Tell everybody, and settle what the change settles."""
    staff = {one for one, kind in members.kinds.items() if kind is SubjectKind.PROFESSIONAL}
    new, gone = staff - before.keys(), before.keys() - members.roles.keys()
    notify_people(session, meeting, MEETING_NEW, new, by=by, now=now)
    notify_people(session, meeting, MEETING_LEFT, gone, by=by, now=now)
    kind = MEETING_MOVED if moved else MEETING_CHANGED
    notify_everybody(session, meeting, kind, by=by, now=now, but=new | gone)
    if new or gone:  # other words alone don't answer who is to come instead
        settle_tasks(session, meeting.id, by=by, now=now, kinds=[TaskKind.LEAVING])
    settle_absence_tasks(session, [meeting.id], by=by, now=now)
    settle_tasks(session, meeting.id, by=by, now=now, kinds=[TaskKind.BUSY_ELSEWHERE], of=gone)
    if moved:
        settle_tasks(session, meeting.id, by=by, now=now, kinds=BY_ANOTHER_TIME)
