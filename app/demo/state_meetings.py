"""The rows that the states of a meeting need: three times to choose between, another time, and called off."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.calendar import booking, replying
from app.calendar.finder import Ask, Offer, find_times, three_best
from app.calendar.models import Meeting, Participant
from app.calendar.replying import Answer
from app.calendar.rules import Channel, MeetingChange, MeetingState, MeetingWish, Reply, Slot
from app.demo.people import person_id
from app.demo.states import Rows, Stage

CHOOSE, ASKED, OFF = "Snak om din nye bolig", "Snak om økonomi", "Snak om nøglen til kælderen"
CHANGED = "Snak om dine nye vaner"
WEEKLY = "Snak hver uge"
CROWDED, ELSEWHERE = "Snak om hjælp i hverdagen", "Sådan går det med Signe"
MINUTES = 30
WEEKS = timedelta(weeks=4)


def _offers(stage: Stage, citizen: str, helper: str) -> list[Offer]:
    """Return the times that suit two of the cast, best first."""
    ask = Ask(
        citizen_id=person_id(citizen),
        with_ids=(person_id(helper),),
        minutes=MINUTES,
        from_=stage.now + timedelta(days=1),
        to=stage.now + WEEKS,
        channel=Channel.PHONE,
    )
    days = stage.settings.site.closing_days
    return find_times(stage.session, ask, now=stage.now, closing_days=days)


def _times(stage: Stage) -> list[Slot]:
    """Return three different times that suit Bent and Line."""
    return [one.slot for one in three_best(_offers(stage, "bent", "line"))]


def _crowd(stage: Stage) -> str:
    """A meeting of Bent's with Line, at a time when Thea is with somebody else."""
    theirs = {one.slot for one in _offers(stage, "signe", "thea")}
    slot = next(one.slot for one in _offers(stage, "bent", "line") if one.slot in theirs)
    mine = _place(stage, CROWDED, said_yes=True, at=slot)
    wish = MeetingWish(
        citizen_id=person_id("signe"),
        with_ids=(person_id("thea"),),
        starts_at=slot.start,
        ends_at=slot.end,
        purpose=ELSEWHERE,
        channel=Channel.PHONE,
        organiser_id=person_id("thea"),
        said_yes=True,
    )
    booking.place(stage.session, wish, now=stage.now)
    return str(mine.id)


def _weekly(stage: Stage) -> str:
    """Three meetings of Bent's with Line, a week apart, where all three can be."""
    days = stage.settings.site.closing_days
    for offer in _offers(stage, "bent", "line"):
        wish = MeetingWish(
            citizen_id=person_id("bent"),
            with_ids=(person_id("line"),),
            starts_at=offer.slot.start,
            ends_at=offer.slot.end,
            purpose=WEEKLY,
            channel=Channel.PHONE,
            organiser_id=person_id("line"),
            said_yes=True,
        )
        plan = booking.plan_series(stage.session, wish, 1, 3, now=stage.now, closing_days=days)
        if not any(one.obstacle for one in plan):
            booked = booking.book_series(stage.session, wish, 1, 3, skip=frozenset(), now=stage.now)
            return str(booked[0].id)
    raise LookupError(WEEKLY)


def _place(stage: Stage, purpose: str, *, said_yes: bool, at: Slot | None = None) -> Meeting:
    slots = [at] if at else _times(stage)
    wish = MeetingWish(
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
    return booking.place(stage.session, wish, now=stage.now)


def _say(stage: Stage, meeting: Meeting, reply: Reply) -> str:
    bent, days = person_id("bent"), stage.settings.site.closing_days
    stage.session.flush()
    replying.say_no(stage.session, Answer(bent, meeting.id, bent, stage.now, None, days), reply)
    return str(meeting.id)


def _change(stage: Stage) -> str:
    """A meeting of Bent's that was on the phone when he said yes to it, and is by video now."""
    meeting, by = _place(stage, CHANGED, said_yes=True), person_id("line")
    stage.session.flush()
    other = MeetingChange(channel=Channel.VIDEO)
    booking.change(stage.session, meeting.id, other, sequence=meeting.sequence, by=by, now=stage.now)
    return str(meeting.id)


def _find(session: Session, purpose: str, state: MeetingState, reply: Reply | None) -> str | None:
    wanted = (
        select(Meeting.id)
        .join(Participant, col(Participant.meeting_id) == col(Meeting.id))
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
    "choose": Rows(_find_choose, lambda stage: str(_place(stage, CHOOSE, said_yes=False).id)),
    "crowded": Rows(_find_crowded, _crowd),
    "asked": Rows(
        _find_asked, lambda stage: _say(stage, _place(stage, ASKED, said_yes=True), Reply.OTHER_TIME)
    ),
    "changed": Rows(_find_changed, _change),
    "series": Rows(_find_weekly, _weekly),
    "off": Rows(_find_off, lambda stage: _say(stage, _place(stage, OFF, said_yes=True), Reply.CANNOT)),
}
