"""What a file that comes again does to the meetings that came of it before. Decides; changes nothing.

Nothing here remembers what the file said the last time. But a meeting that nobody has changed here since it
came, or since a file changed it last (`Meeting.file_sequence`), is still as the file had it then, and what is
different now is done. One that was changed here, by an answer too, is moved where the file says that its own
change is the newer (LAST-MODIFIED), but never back to where it was moved from; its words and people stay, for
what somebody wrote here would be lost. Likewise one that was moved here is not called off because its old
time was taken out of its series. An entry that names another citizen now is another meeting: the one that
came of it stays as it is. What is not done is said.

A series that has another hour now has other keys for its times (`request_key`), so what came of the old ones
is found by how they begin: it goes to the new time of the same week, and is called off where there is none.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, and_, col, or_, select

from app.booking.participants import requested_members
from app.calendar_sync.ical_reader import CalendarEvent
from app.calendar_sync.import_rules import KEY_OF_A_FILE, key_before, key_of_uid, other_key, request_key
from app.dates.local_time import danish_day
from app.i18n import date_only, time_range
from app.meetings.life_cycle import STANDING, MeetingState, goes_on
from app.meetings.models import Meeting, Participant
from app.meetings.rules import MeetingChange, MeetingRequest, ParticipantRole

WORDS = ("purpose", "why", "bring", "directions")
WHERE = ("channel", "place", "place_id", "link")
PEOPLE = ("with_ids", "optional_ids", "room_id")
INVITED = (ParticipantRole.REQUIRED, ParticipantRole.OPTIONAL)

MOVED_HERE = "Her står det {when}, ændret eller besvaret siden. Er filens tid rigtig, så flyt det i appen."
DIFFERS = "Filen siger noget andet om {what}, og mødet er ændret eller besvaret siden. Se, hvad der gælder."
PASSED = "Filen siger, at det har været. Her står det {when}: flyt eller aflys det i appen."
LEFT = "Det står ikke i filen mere. Her står det {when}, ændret eller besvaret siden: aflys det i appen."
OVER = {
    MeetingState.CANCELLED: "Det er aflyst i appen og bliver ikke booket igen.",
    MeetingState.EXPIRED: "Borgeren svarede ikke i tide, så tiden holdes ikke mere. Find en ny tid i appen.",
}
ANOTHER = (
    "I appen er det et møde med en anden borger, og det er ikke ændret. Aflys det, og book et nyt i appen."
)
HAS_BEEN = "Det har været, siger appen. Skal I mødes igen, så book et nyt møde i appen."

Wanted = tuple[CalendarEvent, MeetingRequest]
Roles = Mapping[UUID, ParticipantRole]


@dataclass(slots=True)
class FormerMeetings:
    """The meetings that came of the entries of a file before, and who is in them."""

    by_key: dict[str, Meeting] = field(default_factory=dict)
    left: dict[str, list[Meeting]] = field(default_factory=dict)  # by UID: in no time of their series now
    roles: dict[UUID, dict[UUID, ParticipantRole]] = field(default_factory=lambda: defaultdict(dict))

    def find(self, one: CalendarEvent) -> Meeting | None:
        """Return what came of an entry, also if that was a single and repeats now, or the reverse."""
        same, other = (
            self.by_key.get(key) or self.by_key.get(key_before(key))
            for key in (request_key(one), other_key(one))
        )
        return same or (other if other and other.starts_at == one.start else None)

    def find_standing(self, one: CalendarEvent) -> Meeting | None:
        found = self.find(one)
        return found if found and found.state in STANDING else None

    def take_left(self, one: CalendarEvent, citizen_id: UUID) -> Meeting | None:
        """Return what this time of a series takes the place of: the first that is left of the same week."""
        left = [row for row in self.left.get(one.uid, ()) if one.repeats and row.citizen_id == citizen_id]
        found = next((row for row in left if _week(row.starts_at) == _week(one.start)), None)
        if found:
            self.left[one.uid].remove(found)
        return found

    @property
    def standing_ids(self) -> list[UUID]:
        return [row.id for row in self.by_key.values() if row.state in STANDING]


class Again(NamedTuple):
    """An entry, what it asks for, and what came of it before."""

    one: CalendarEvent
    request: MeetingRequest
    meeting: Meeting


@dataclass(slots=True)
class Compared:
    """What is to be done."""

    new: list[Wanted] = field(default_factory=list)
    moved: list[Again] = field(default_factory=list)
    changed: list[tuple[Again, MeetingChange]] = field(default_factory=list)
    gone: list[Meeting] = field(default_factory=list)
    notes: list[tuple[CalendarEvent, str]] = field(default_factory=list)


def has_others(session: Session, asked: Collection[CalendarEvent], now: datetime) -> bool:
    """Say whether something else that came from a file is to come here, which these entries don't tell of."""
    rows = select(Meeting.request_key).where(*_to_come(now))
    return not set(session.exec(rows)) <= _keys(asked)


def _to_come(now: datetime) -> tuple[Any, ...]:
    return (
        col(Meeting.request_key).startswith(KEY_OF_A_FILE),
        col(Meeting.state).in_(STANDING),
        col(Meeting.starts_at) >= now,
    )


def _keys(asked: Iterable[CalendarEvent]) -> set[str]:
    keys = {key for one in asked for key in (request_key(one), other_key(one))}
    return keys | set(map(key_before, keys))


def read_former(
    session: Session,
    asked: Collection[CalendarEvent],
    series: Mapping[UUID, Mapping[str, CalendarEvent]],
    now: datetime,
) -> FormerMeetings:
    """Return what came of these entries before.

    `series`: by citizen, the UIDs of which the file tells all times, each with an entry of it.
    """
    of_series = and_(col(Meeting.citizen_id).in_(series), *_to_come(now))
    wanted = select(Meeting).where(or_(col(Meeting.request_key).in_(_keys(asked)), of_series))
    rows = session.exec(wanted.execution_options(populate_existing=True)).all()
    found = FormerMeetings({row.request_key: row for row in rows if row.request_key})
    used = {row.id for one in asked if (row := found.find(one))}
    free = (row for row in rows if row.id not in used and row.state in STANDING and row.starts_at >= now)
    for row in sorted(free, key=lambda row: row.starts_at):
        if uid := _uid_of(row, series.get(row.citizen_id, ())):
            found.left.setdefault(uid, []).append(row)
    people = select(Participant).where(col(Participant.meeting_id).in_([row.id for row in rows]))
    for who in session.exec(people):
        found.roles[who.meeting_id][who.subject_id] = who.role
    return found


def _uid_of(row: Meeting, uids: Iterable[str]) -> str | None:
    key = row.request_key or ""
    return next((uid for uid in uids if key.startswith(key_of_uid(uid))), None)


def compare(
    wanted: Iterable[Wanted],
    cancelled: Iterable[tuple[CalendarEvent, UUID | None]],
    over: Iterable[CalendarEvent],
    former: FormerMeetings,
    now: datetime,
) -> Compared:
    """Return what is to be done with these entries; `cancelled` each with whose it is, if it says so."""
    done, keys = Compared(), set[str]()
    for one, request in wanted:
        keys.add(request_key(one))
        meeting = former.find(one) or former.take_left(one, request.citizen_id)
        if meeting is None:
            done.new.append((one, request))
        elif meeting.citizen_id != request.citizen_id:
            done.notes.append((one, ANOTHER))
        elif goes_on(meeting.state, meeting.ends_at, now):
            _compare_one(Again(one, request, meeting), former.roles[meeting.id], done)
        else:
            done.notes.append((one, OVER.get(meeting.state, HAS_BEEN)))
    _compare_cancelled((each for each in cancelled if request_key(each[0]) not in keys), former, done, now)
    for one in over:
        row = former.find_standing(one)
        known = row is None or request_key(one) in keys or row.moved_from == one.start
        if row and not known and row.starts_at >= now:
            done.notes.append((one, PASSED.format(when=_when(row))))
    return done


def _compare_cancelled(
    cancelled: Iterable[tuple[CalendarEvent, UUID | None]],
    former: FormerMeetings,
    done: Compared,
    now: datetime,
) -> None:
    gone: dict[UUID, Meeting] = {}
    for one, citizen_id in cancelled:
        row = former.find_standing(one)
        if row is None or not goes_on(row.state, row.ends_at, now):
            continue
        if citizen_id not in (None, row.citizen_id):
            done.notes.append((one, ANOTHER))
        elif one.taken_out and row.starts_at != one.start and not _is_newer(one, row):
            done.notes.append((one, LEFT.format(when=_when(row))))
        else:
            gone[row.id] = row
    done.gone += gone.values()


def drop_left(
    series: Mapping[UUID, Mapping[str, CalendarEvent]], former: FormerMeetings, done: Compared, now: datetime
) -> None:
    """Call off what is left of series that have it no more; what was changed here is said to stand.

    So is what was moved here from a time that has passed: a series does not tell of those for ever.
    """
    entries = {uid: one for each in series.values() for uid, one in each.items()}
    for uid, rows in former.left.items():
        for row in rows:
            one = entries[uid]
            passed = row.moved_from is not None and row.moved_from < now
            if (not passed and _is_newer(one, row)) or (one.cancelled and not one.taken_out):
                done.gone.append(row)
            else:
                done.notes.append((one, LEFT.format(when=_when(row))))


def _compare_one(again: Again, roles: Roles, done: Compared) -> None:
    one, request, meeting = again
    newer = _is_newer(one, meeting)
    if (meeting.starts_at, meeting.ends_at) != (one.start, one.end):
        if newer and meeting.moved_from != one.start:
            done.moved.append(again)
        else:
            done.notes.append((one, MOVED_HERE.format(when=_when(meeting))))
    different = differences(request, meeting, roles)
    if different and (not meeting.sequence or (newer and _is_as_left(meeting))):
        parts = {name: getattr(request, name) for name in different}
        done.changed.append((again, MeetingChange(**parts)))
    elif different and (newer or one.modified is None):
        done.notes.append((one, DIFFERS.format(what=" og ".join(_named(different)))))


def _is_newer(one: CalendarEvent, meeting: Meeting) -> bool:
    """Say whether what the file says is newer than what was done here last."""
    if meeting.changed_at is None or not meeting.sequence:
        return True
    if one.modified is None:
        return _is_as_left(meeting)
    return one.modified > meeting.changed_at


def _is_as_left(meeting: Meeting) -> bool:
    """Say whether the last who changed a meeting was a file."""
    return meeting.sequence == meeting.file_sequence


def differences(request: MeetingRequest, meeting: Meeting, roles: Roles) -> set[str]:
    """Return what of a meeting, but its time, the file has otherwise."""
    found = {name for name in (*WORDS, *WHERE) if getattr(request, name) != getattr(meeting, name)}
    told, here = (
        {who: role for who, role in each.items() if role in INVITED}
        for each in (requested_members(request).roles, roles)
    )
    return found if told == here else found.union(PEOPLE)


def _named(different: Collection[str]) -> Iterator[str]:
    for names, words in ((PEOPLE, "hvem der er med"), (WHERE, "stedet"), (WORDS, "teksten")):
        if not set(names).isdisjoint(different):
            yield words


def _week(moment: datetime) -> tuple[int, int]:
    return danish_day(moment).isocalendar()[:2]


def _when(row: Meeting) -> str:
    return f"{date_only(danish_day(row.starts_at))} kl. {time_range(row.starts_at, row.ends_at)}"
