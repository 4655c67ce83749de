"""Times that suit everybody, best first: one look at the database, one pass over time, named reasons.

O(G + n log n), G candidates, n taken spans. What professionals' own calendars say counts as taken here, also
what is only tentative, and never when booking. What fits stands in `fit`, in what order in `ranking`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import select

from app.dates.local_time import DANISH_TIME, danish_day, span_edge
from app.dates.workdays import WorkingCalendar, holiday_name
from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.models import MeetingOption, Participant
from app.meetings.queries import StoredMeeting, read_meeting
from app.meetings.rules import MeetingRequest, ParticipantRole, Reply, Slot, check_slot
from app.scheduling.alternatives import distance, three_alternatives
from app.scheduling.blockers import LONGER, list_blockers
from app.scheduling.fit import TimeSearch, fitting_times, search_days
from app.scheduling.obstacles import check_time
from app.scheduling.queries import read_inputs, read_taken_at
from app.scheduling.ranking import ranked_offers
from app.scheduling.rules import ExactTime, SearchBlocker, SearchRequest, TimeCheck, TimeOffer
from app.store.prepared import Reader

AHEAD = timedelta(days=28)  # how far is looked for other times
BEFORE = timedelta(days=14)  # and how far back, but for what has been
MOST_ALTERNATIVES = 3
LEAVES = (Reply.OTHER_TIME, Reply.CANNOT)

_MEETING = bindparam("meeting_id", type_=Uuid())
_IN_IT = select(Participant.subject_id, Participant.role).where(
    Participant.meeting_id == _MEETING, Participant.role != ParticipantRole.OPTIONAL
)
_REPLY = select(Participant.reply).where(
    Participant.meeting_id == _MEETING, Participant.subject_id == bindparam("citizen_id", type_=Uuid())
)
_HELD = select(MeetingOption.starts_at, MeetingOption.ends_at).where(
    MeetingOption.meeting_id == _MEETING, MeetingOption.state == OptionState.OPEN
)


def find_times(
    session: Reader, search_request: SearchRequest, *, now: datetime, workdays: WorkingCalendar
) -> list[TimeOffer]:
    """Return every time that suits everybody, best first; of two equally good ones the earlier.

    In office hours on working days. Holidays, closing days and what the citizen has said "kan ikke" to are
    never offered, nor more than the citizen can take, nor a place that can't be reached in time.
    """
    search = _search(session, search_request, now=now, workdays=workdays)
    return ranked_offers(search, fitting_times(search)) if search else []


def best_alternatives(offers: Sequence[TimeOffer]) -> list[TimeOffer]:
    """Return the best, the best on another day, and the best in the other half of the day.

    Where one of the three does not exist, the best that is left stands in.
    """
    return _certain_first(offers, lambda some: three_alternatives(some, lambda one: one.slot))


def _certain_first(
    offers: Sequence[TimeOffer], pick: Callable[[list[TimeOffer]], list[TimeOffer]]
) -> list[TimeOffer]:
    """Return three of the times: from the days that are known first, and only then from the others."""
    picked = pick([one for one in offers if not one.is_uncertain])
    return [*picked, *pick([one for one in offers if one.is_uncertain])][:MOST_ALTERNATIVES]


def check_exact_time(
    session: Reader,
    search_request: SearchRequest,
    exact: ExactTime,
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> TimeCheck:
    """Return what stands in the way of one time that was agreed elsewhere, on any day and at any hour.

    Raises:
        NotBookable: nobody could have that time, whoever is asked.
    """
    slot, day = exact.slot, danish_day(exact.slot.start)
    check_slot(slot.start, slot.end, now=now, zone=DANISH_TIME, holiday_name=holiday_name)
    asked = replace(search_request, from_=slot.start, to=slot.end, exact=exact, not_near=())
    search = TimeSearch(asked, read_inputs(session, asked, day, day, now=now), day, day, now, workdays)
    return check_time(search, exact, read_taken_at(session, asked, slot, now=now))


def find_blockers(
    session: Reader, search_request: SearchRequest, *, now: datetime, workdays: WorkingCalendar
) -> list[SearchBlocker]:
    """Return what would give times if it were otherwise, what gives most first; for the contact person.

    What the citizen has said "kan ikke" to stays and is not named.
    """
    search = _search(session, search_request, now=now, workdays=workdays, longer=LONGER)
    return list_blockers(search) if search else []


def other_times(
    session: Reader, request: MeetingRequest, *, now: datetime, workdays: WorkingCalendar
) -> list[Slot]:
    """Return up to three times for a request that can't be met, those nearest to the wished one first."""
    around = Slot(request.starts_at, request.ends_at)
    search_request = SearchRequest(
        citizen_id=request.citizen_id,
        with_ids=(*request.with_ids, *request.companion_ids),
        channel=request.channel,
        place_id=request.place_id,
        place=request.place,
        interpreter_id=request.interpreter_id,
        room_id=request.room_id,
        notice=False,
        **_near(around, now if request.agreed else tomorrow(now)),
    )
    offers = find_times(session, search_request, now=now, workdays=workdays)
    return nearest_offers(offers, around.start)


def other_times_for_meeting(
    session: Reader,
    meeting_id: UUID,
    around: Slot,
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> list[Slot]:
    """Return up to three times to which a meeting could be moved, those nearest to `around` first.

    Where it is now is no other time; but what a proposal held that nobody answered may be had after all.
    What the citizen has asked to leave is not offered again, nor a time right beside it.
    """
    meeting = read_meeting(session, meeting_id)
    roles = dict(session.exec(_IN_IT, params={"meeting_id": meeting_id}).all())
    interpreters = [one for one, role in roles.items() if role is ParticipantRole.INTERPRETER]
    search_request = SearchRequest(
        citizen_id=meeting.citizen_id,
        with_ids=tuple(sorted(set(roles) - {meeting.citizen_id, *interpreters})),
        channel=meeting.channel,
        place_id=meeting.place_id,
        place=meeting.place,
        interpreter_id=next(iter(interpreters), None),
        notice=False,
        instead_of=meeting_id,
        not_near=declined_slots(session, meeting),
        **_near(around, now, BEFORE),
    )
    found = find_times(session, search_request, now=now, workdays=workdays)
    own = None if meeting.state is MeetingState.EXPIRED else Slot(meeting.starts_at, meeting.ends_at)
    return nearest_offers([one for one in found if one.slot != own], around.start)


def declined_slots(session: Reader, meeting: StoredMeeting) -> tuple[Slot, ...]:
    """Return the times of a meeting that the citizen has asked to leave: none unless that is the answer."""
    asked = {"meeting_id": meeting.id}
    if session.exec(_REPLY, params=asked | {"citizen_id": meeting.citizen_id}).first() not in LEAVES:
        return ()
    held = session.exec(_HELD, params=asked)
    return (Slot(meeting.starts_at, meeting.ends_at), *(Slot(*row) for row in held))


def _near(around: Slot, earliest: datetime, before: timedelta = timedelta()) -> dict[str, Any]:
    """Return how long, and between when, to look for other times: the weeks from that day, and `before`."""
    begins = span_edge(danish_day(around.start), time(0))
    minutes = int((around.end - around.start).total_seconds()) // 60
    return {"minutes": minutes, "from_": max(earliest, begins - before), "to": begins + AHEAD}


def tomorrow(now: datetime) -> datetime:
    """Return when the first day begins whose times can be proposed: an answer is due the day before."""
    return span_edge(danish_day(now) + timedelta(days=1), time(0))


def nearest_offers(offers: Sequence[TimeOffer], around: datetime) -> list[Slot]:
    """Return the slots of three offers as `nearest_alternatives` picks them, those of known days first."""
    by_slot = {one.slot: one for one in offers}
    picked = _certain_first(
        offers,
        lambda some: [by_slot[slot] for slot in nearest_alternatives([one.slot for one in some], around)],
    )
    return [one.slot for one in picked]


def nearest_alternatives(slots: Collection[Slot], around: datetime) -> list[Slot]:
    """Return the slot nearest to `around`, the nearest on another day, and the nearest in the other half.

    Near means first the day, then the time of day; equally near: the earlier.
    """
    by_distance = sorted(slots, key=lambda slot: (distance(slot.start, around), slot.start))
    return three_alternatives(by_distance, lambda slot: slot)


def _search(
    session: Reader,
    search_request: SearchRequest,
    *,
    now: datetime,
    workdays: WorkingCalendar,
    longer: timedelta = timedelta(),
) -> TimeSearch | None:
    first, last = search_days(search_request, now)
    if last < first or search_request.minutes < 1:
        return None
    inputs = read_inputs(session, search_request, first, last + longer, now=now)
    return TimeSearch(search_request, inputs, first, last, now, workdays)
