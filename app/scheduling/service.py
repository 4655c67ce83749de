"""Times that suit everybody, best first: one look at the database, one pass over time, named reasons.

O(G + n log n), G candidates, n taken spans. What professionals' own calendars say counts as taken here, also
what is only tentative, and never when booking. What fits stands in `fit`, in what order in `ranking`.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from app.dates.local_time import DANISH_TIME, danish_day, span_edge
from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.models import Meeting, MeetingOption, Participant
from app.meetings.rules import MeetingRequest, ParticipantRole, Reply, Slot
from app.scheduling.alternatives import three_alternatives
from app.scheduling.blockers import LONGER, list_blockers
from app.scheduling.fit import TimeSearch, fitting_times, search_days
from app.scheduling.queries import read_inputs
from app.scheduling.ranking import ranked_offers
from app.scheduling.rules import SearchBlocker, SearchRequest, TimeOffer

AHEAD = timedelta(days=28)  # how far is looked for other times


def find_times(
    session: Session, search_request: SearchRequest, *, now: datetime, closing_days: Collection[date]
) -> list[TimeOffer]:
    """Return every time that suits everybody, best first; of two equally good ones the earlier.

    In office hours on working days. Holidays, closing days and what the citizen has said "kan ikke" to are
    never offered, nor more than the citizen can take, nor a place that can't be reached in time.
    """
    search = _search(session, search_request, now=now, closing_days=closing_days)
    return ranked_offers(search, fitting_times(search)) if search else []


def best_alternatives(offers: Sequence[TimeOffer]) -> list[TimeOffer]:
    """Return the best, the best on another day, and the best in the other half of the day.

    Where one of the three does not exist, the best that is left stands in.
    """
    return three_alternatives(offers, lambda one: one.slot)


def find_blockers(
    session: Session, search_request: SearchRequest, *, now: datetime, closing_days: Collection[date]
) -> list[SearchBlocker]:
    """Return what would give times if it were otherwise, what gives most first; for the contact person.

    What the citizen has said "kan ikke" to stays and is not named.
    """
    search = _search(session, search_request, now=now, closing_days=closing_days, longer=LONGER)
    return list_blockers(search) if search else []


def other_times(
    session: Session, request: MeetingRequest, *, now: datetime, closing_days: Collection[date]
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
        **_ahead(around),
    )
    return nearest_times(session, search_request, around.start, now=now, closing_days=closing_days)


def other_times_for_meeting(
    session: Session,
    meeting_id: UUID,
    around: Slot,
    *,
    now: datetime,
    closing_days: Collection[date],
) -> list[Slot]:
    """Return up to three times to which a meeting could be moved, those nearest to `around` first.

    Where it is now is no other time; but what a proposal held that nobody answered may be had after all.
    What the citizen has asked to leave is not offered again, nor a time right beside it.
    """
    meeting = session.get_one(Meeting, meeting_id)
    in_it = select(Participant.subject_id, Participant.role).where(
        Participant.meeting_id == meeting_id, Participant.role != ParticipantRole.OPTIONAL
    )
    roles = dict(session.exec(in_it).all())
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
        **_ahead(around),
    )
    found = find_times(session, search_request, now=now, closing_days=closing_days)
    own = None if meeting.state is MeetingState.EXPIRED else Slot(meeting.starts_at, meeting.ends_at)
    slots = [one.slot for one in found if one.slot != own]
    return nearest_alternatives(slots, around.start)


def declined_slots(session: Session, meeting: Meeting) -> tuple[Slot, ...]:
    """Return the times of a meeting that the citizen has asked to leave: none unless that is the answer."""
    own = session.get(Participant, (meeting.id, meeting.citizen_id))
    if own is None or own.reply not in (Reply.OTHER_TIME, Reply.CANNOT):
        return ()
    held = select(MeetingOption.starts_at, MeetingOption.ends_at).where(
        MeetingOption.meeting_id == meeting.id, MeetingOption.state == OptionState.OPEN
    )
    return (Slot(meeting.starts_at, meeting.ends_at), *(Slot(*row) for row in session.exec(held)))


def _ahead(around: Slot) -> dict[str, Any]:
    """Return how long, and between when, to look for other times: some weeks from that day on."""
    begins = span_edge(danish_day(around.start), time(0))
    minutes = int((around.end - around.start).total_seconds()) // 60
    return {"minutes": minutes, "from_": begins, "to": begins + AHEAD}


def nearest_times(
    session: Session,
    search_request: SearchRequest,
    around: datetime,
    *,
    now: datetime,
    closing_days: Collection[date],
) -> list[Slot]:
    """Return up to three different times that suit everybody, those nearest to `around` first.

    Near means first the day, then the time of day; equally near: the earlier.
    """
    offers = find_times(session, search_request, now=now, closing_days=closing_days)
    return nearest_alternatives([one.slot for one in offers], around)


def nearest_alternatives(slots: Collection[Slot], around: datetime) -> list[Slot]:
    """Return the slot nearest to `around`, the nearest on another day, and the nearest in the other half."""
    by_distance = sorted(slots, key=lambda slot: (_distance(slot.start, around), slot.start))
    return three_alternatives(by_distance, lambda slot: slot)


def _search(
    session: Session,
    search_request: SearchRequest,
    *,
    now: datetime,
    closing_days: Collection[date],
    longer: timedelta = timedelta(),
) -> TimeSearch | None:
    first, last = search_days(search_request, now)
    if last < first or search_request.minutes < 1:
        return None
    inputs = read_inputs(session, search_request, first, last + longer, now=now)
    return TimeSearch(search_request, inputs, first, last, now, closing_days)


def _distance(start: datetime, around: datetime) -> tuple[int, int]:
    """Return how many days and how many minutes on the clock lie between two moments in Denmark."""
    one, other = start.astimezone(DANISH_TIME), around.astimezone(DANISH_TIME)
    minutes = (one.hour - other.hour) * 60 + one.minute - other.minute
    return abs((one.date() - other.date()).days), abs(minutes)
