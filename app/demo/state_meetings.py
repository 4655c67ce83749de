"""The rows that the states of a meeting need: three times to choose between, another time, and called off."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.booking.book import create_meeting
from app.booking.change import change_meeting
from app.booking.series import book_series
from app.booking.series_preview import plan_series
from app.calendar import service
from app.calendar.service import CitizenReply
from app.demo.cast import person_id
from app.demo.states import StateContext, StateRows
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel, MeetingChange, MeetingRequest, Reply, Slot
from app.scheduling.rules import SearchRequest, TimeOffer
from app.scheduling.service import best_alternatives, find_times

CHOOSE, ASKED, OFF = "Snak om din nye bolig", "Snak om økonomi", "Snak om nøglen til kælderen"
CHANGED = "Snak om dine nye vaner"
WEEKLY = "Snak hver uge"
CROWDED, ELSEWHERE = "Snak om hjælp i hverdagen", "Sådan går det med Signe"
MINUTES = 30
WEEKS = timedelta(weeks=4)


def _offers(stage: StateContext, citizen: str, helper: str) -> list[TimeOffer]:
    """Return the times that suit two of the cast, best first."""
    ask = SearchRequest(
        citizen_id=person_id(citizen),
        with_ids=(person_id(helper),),
        minutes=MINUTES,
        from_=stage.now + timedelta(days=1),
        to=stage.now + WEEKS,
        channel=Channel.PHONE,
    )
    return find_times(stage.session, ask, now=stage.now, workdays=stage.settings.site.workdays)


def _times(stage: StateContext) -> list[Slot]:
    """Return three different times that suit Bent and Line."""
    return [one.slot for one in best_alternatives(_offers(stage, "bent", "line"))]


def _crowd(stage: StateContext) -> str:
    """A meeting of Bent's with Line, at a time when Thea is with somebody else."""
    theirs = {one.slot for one in _offers(stage, "signe", "thea")}
    slot = next(one.slot for one in _offers(stage, "bent", "line") if one.slot in theirs)
    mine = _book(stage, CROWDED, said_yes=True, at=slot)
    meeting_request = MeetingRequest(
        citizen_id=person_id("signe"),
        with_ids=(person_id("thea"),),
        starts_at=slot.start,
        ends_at=slot.end,
        purpose=ELSEWHERE,
        channel=Channel.PHONE,
        organiser_id=person_id("thea"),
        said_yes=True,
    )
    create_meeting(stage.session, meeting_request, now=stage.now, workdays=stage.settings.site.workdays)
    return str(mine.id)


def _weekly(stage: StateContext) -> str:
    """Three meetings of Bent's with Line, a week apart, where all three can be."""
    workdays = stage.settings.site.workdays
    for offer in _offers(stage, "bent", "line"):
        meeting_request = MeetingRequest(
            citizen_id=person_id("bent"),
            with_ids=(person_id("line"),),
            starts_at=offer.slot.start,
            ends_at=offer.slot.end,
            purpose=WEEKLY,
            channel=Channel.PHONE,
            organiser_id=person_id("line"),
            said_yes=True,
        )
        plan = plan_series(stage.session, meeting_request, 1, 3, now=stage.now, workdays=workdays)
        if not any(one.obstacle for one in plan):
            booked = book_series(
                stage.session,
                meeting_request,
                1,
                3,
                skip=frozenset(),
                now=stage.now,
                workdays=workdays,
            )
            return str(booked[0].id)
    raise LookupError(WEEKLY)


def _book(stage: StateContext, purpose: str, *, said_yes: bool, at: Slot | None = None) -> Meeting:
    slots = [at] if at else _times(stage)
    meeting_request = MeetingRequest(
        citizen_id=person_id("bent"),
        with_ids=(person_id("line"),),
        starts_at=slots[0].start,
        ends_at=slots[0].end,
        purpose=purpose,
        channel=Channel.PHONE,
        organiser_id=person_id("line"),
        said_yes=said_yes,
        options=() if said_yes else tuple(slots),
    )
    return create_meeting(
        stage.session, meeting_request, now=stage.now, workdays=stage.settings.site.workdays
    )


def _reply(stage: StateContext, meeting: Meeting, reply: Reply) -> str:
    bent, workdays = person_id("bent"), stage.settings.site.workdays
    stage.session.flush()
    said = CitizenReply(bent, meeting.id, bent, stage.now, None, workdays)
    service.decline_meeting(stage.session, said, reply)
    return str(meeting.id)


def _change(stage: StateContext) -> str:
    """A meeting of Bent's that was on the phone when he said yes to it, and is by video now."""
    meeting, by = _book(stage, CHANGED, said_yes=True), person_id("line")
    stage.session.flush()
    change_meeting(
        stage.session,
        meeting.id,
        MeetingChange(channel=Channel.VIDEO),
        sequence=meeting.sequence,
        by=by,
        now=stage.now,
        workdays=stage.settings.site.workdays,
    )
    return str(meeting.id)


def _find(session: Session, purpose: str, state: MeetingState, reply: Reply | None) -> str | None:
    wanted = (
        select(Meeting.id)
        .join(Participant, col(Participant.meeting_id) == Meeting.id)
        .where(
            Meeting.purpose == purpose,
            Meeting.state == state,
            Participant.subject_id == person_id("bent"),
            Participant.reply == reply,
        )
    )
    found: UUID | None = session.exec(wanted).first()
    return str(found) if found else None


def _find_choose(session: Session) -> str | None:
    return _find(session, CHOOSE, MeetingState.PROPOSED, None)


def _find_crowded(session: Session) -> str | None:
    return _find(session, CROWDED, MeetingState.AGREED, Reply.COMING)


def _find_asked(session: Session) -> str | None:
    return _find(session, ASKED, MeetingState.AGREED, Reply.OTHER_TIME)


def _find_changed(session: Session) -> str | None:
    return _find(session, CHANGED, MeetingState.AGREED, None)


def _find_weekly(session: Session) -> str | None:
    return _find(session, WEEKLY, MeetingState.AGREED, Reply.COMING)


def _find_off(_session: Session) -> str | None:
    return None  # it can be undone for ten minutes only: always a new one


MEETING_ROWS = {
    "choose": StateRows(_find_choose, lambda stage: str(_book(stage, CHOOSE, said_yes=False).id)),
    "crowded": StateRows(_find_crowded, _crowd),
    "asked": StateRows(
        _find_asked, lambda stage: _reply(stage, _book(stage, ASKED, said_yes=True), Reply.OTHER_TIME)
    ),
    "changed": StateRows(_find_changed, _change),
    "series": StateRows(_find_weekly, _weekly),
    "off": StateRows(_find_off, lambda stage: _reply(stage, _book(stage, OFF, said_yes=True), Reply.CANNOT)),
}
