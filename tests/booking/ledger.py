"""What occupancy must be, told from the meetings alone and in the plainest way: the oracle of these tests."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlmodel import Session, select

from app.dates.local_time import danish_day
from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.models import CalendarSubject, Meeting, MeetingOption, Occupancy, Participant, Travel
from app.meetings.rules import Channel, OccupancyKind, ParticipantRole, SubjectKind

Span = tuple[datetime, datetime]
QUARTER = timedelta(minutes=15)
HOME = "home"


def broken_promises(session: Session) -> list[str]:
    """Return in words whatever is not as the meetings say; nothing, if all is well."""
    rows = session.exec(select(Occupancy)).all()
    by_subject: dict[UUID, list[Occupancy]] = defaultdict(list)
    for row in rows:
        by_subject[row.subject_id].append(row)
    broken = []
    for subject_id, own in by_subject.items():
        own.sort(key=lambda row: row.starts_at)
        broken += [
            f"overlap of {subject_id}" for one, other in pairwise(own) if other.starts_at < one.ends_at
        ]
    broken += _times(session, rows)
    broken += _ways(session, by_subject)
    return broken


def _times(session: Session, rows: Sequence[Occupancy]) -> list[str]:
    """Each who must be there has exactly the meeting's time, or what it holds; nobody has anything else."""
    found: dict[tuple[UUID, UUID], list[Occupancy]] = defaultdict(list)
    for row in rows:
        if row.kind is not OccupancyKind.TRAVEL:
            found[(row.meeting_id, row.subject_id)].append(row)
    broken = []
    for meeting in session.exec(select(Meeting)).all():
        for part in session.exec(select(Participant).where(Participant.meeting_id == meeting.id)).all():
            own = found.pop((meeting.id, part.subject_id), [])
            if not _is_right(own, *_claims(session, meeting), part.role is ParticipantRole.OPTIONAL):
                broken.append(f"{part.role} of {meeting.state} {meeting.id} has other time than it says")
    return broken + [f"somebody who is not in {meeting_id} is taken for it" for meeting_id, _who in found]


def _is_right(own: Sequence[Occupancy], taken: list[Span], held: list[Span], optional: bool) -> bool:
    exact = [(row.starts_at, row.ends_at) for row in own if row.kind is OccupancyKind.MEETING]
    covered = {minute for row in own for minute in _grid((row.starts_at, row.ends_at))}
    wanted = {minute for span in taken + held for minute in _grid(span)}
    if optional:  # takes part where there is room
        return set(exact) <= set(taken) and covered <= wanted
    return exact == taken and covered == wanted


def _claims(session: Session, meeting: Meeting) -> tuple[list[Span], list[Span]]:
    """Return the time that a meeting takes, and what it holds."""
    own = [(meeting.starts_at, meeting.ends_at)]
    options = session.exec(select(MeetingOption).where(MeetingOption.meeting_id == meeting.id)).all()
    still_open = [(one.starts_at, one.ends_at) for one in options if one.state is OptionState.OPEN]
    if meeting.state is MeetingState.PROPOSED:
        return [], still_open or own
    if meeting.state is MeetingState.AGREED:
        return own, still_open
    return (own, []) if meeting.state is MeetingState.HELD else ([], [])


def _grid(span: Span) -> list[datetime]:
    minutes = int((span[1] - span[0]).total_seconds() // 60)
    return [span[0] + timedelta(minutes=n) for n in range(minutes)]


def _ways(session: Session, by_subject: dict[UUID, list[Occupancy]]) -> list[str]:
    """Each way is as long as it must be, or as there is room for, and ends where its meeting begins."""
    meetings = {meeting.id: meeting for meeting in session.exec(select(Meeting)).all()}
    kinds = {one.id: one.kind for one in session.exec(select(CalendarSubject)).all()}
    known = {frozenset((way.from_id, way.to_id)): way.minutes for way in session.exec(select(Travel)).all()}
    broken = []
    for subject_id, rows in by_subject.items():
        stays = [row for row in rows if row.kind is not OccupancyKind.TRAVEL]
        ways = Counter(
            (row.starts_at, row.ends_at, row.meeting_id) for row in rows if row.kind is OccupancyKind.TRAVEL
        )
        wanted: Counter[tuple[datetime, datetime, UUID]] = Counter()
        for stay in stays:
            before = [one for one in stays if one.ends_at <= stay.starts_at]
            needs = _needs(stay, before, meetings, kinds[subject_id], known)
            start = max([stay.starts_at - needs, *(one.ends_at for one in before)])
            if start < stay.starts_at:
                wanted[(start, stay.starts_at, stay.meeting_id)] += 1
        if ways != wanted:
            broken.append(
                f"the ways of {kinds[subject_id]} {subject_id}: {ways - wanted} not {wanted - ways}"
            )
    return broken


def _needs(
    stay: Occupancy,
    before: list[Occupancy],
    meetings: dict[UUID, Meeting],
    kind: SubjectKind,
    known: dict[frozenset[UUID], int],
) -> timedelta:
    meeting = meetings[stay.meeting_id]
    there = _where(meeting)
    if there is None or kind not in (SubjectKind.CITIZEN, SubjectKind.PROFESSIONAL):
        return timedelta()
    earlier = [
        meetings[one.meeting_id]
        for one in sorted(before, key=lambda one: one.starts_at)
        if danish_day(one.starts_at) == danish_day(stay.starts_at)
        and one.meeting_id != stay.meeting_id
        and _where(meetings[one.meeting_id]) is not None
    ]
    if kind is SubjectKind.PROFESSIONAL:
        if meeting.channel is not Channel.HOME:
            return timedelta()
        last = earlier[-1] if earlier else None
        same = last is not None and (last.channel, last.citizen_id) == (Channel.HOME, meeting.citizen_id)
        return timedelta() if same else QUARTER
    here = _where(earlier[-1]) if earlier else HOME
    if here == there:
        return timedelta()
    if isinstance(here, UUID) and isinstance(there, UUID):
        return timedelta(minutes=known.get(frozenset((here, there)), 15))
    return QUARTER


def _where(meeting: Meeting) -> UUID | str | None:
    if meeting.channel is Channel.HOME:
        return HOME
    if meeting.channel is not Channel.IN_PERSON:
        return None
    return meeting.place_id or f"named {(meeting.place or '').strip()}"
