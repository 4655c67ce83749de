"""The rows that the states of a meeting need: three times to choose between, another time, and called off."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.calendar import booking, replying
from app.calendar.finder import Ask, find_times, three_best
from app.calendar.models import Meeting, Participant
from app.calendar.replying import Answer
from app.calendar.rules import Channel, MeetingState, MeetingWish, Reply, Slot
from app.demo.people import person_id
from app.demo.states import Rows, Stage

CHOOSE, ASKED, OFF = "Snak om din nye bolig", "Snak om økonomi", "Snak om nøglen til kælderen"
MINUTES = 30
WEEKS = timedelta(weeks=4)


def _times(stage: Stage) -> list[Slot]:
    """Return three different times that suit Bent and Line."""
    ask = Ask(
        citizen_id=person_id("bent"),
        with_ids=(person_id("line"),),
        minutes=MINUTES,
        from_=stage.now + timedelta(days=1),
        to=stage.now + WEEKS,
        channel=Channel.PHONE,
    )
    days = stage.settings.site.closing_days
    offers = find_times(stage.session, ask, now=stage.now, closing_days=days)
    return [one.slot for one in three_best(offers)]


def _place(stage: Stage, purpose: str, *, said_yes: bool) -> Meeting:
    slots = _times(stage)
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


def _find_asked(session: Session) -> str | None:
    return _find(session, ASKED, MeetingState.AGREED, Reply.OTHER_TIME)


def _find_off(_session: Session) -> str | None:
    return None  # it can be undone for ten minutes only: always a new one


MEETING_ROWS = {
    "choose": Rows(_find_choose, lambda stage: str(_place(stage, CHOOSE, said_yes=False).id)),
    "asked": Rows(
        _find_asked, lambda stage: _say(stage, _place(stage, ASKED, said_yes=True), Reply.OTHER_TIME)
    ),
    "off": Rows(_find_off, lambda stage: _say(stage, _place(stage, OFF, said_yes=True), Reply.CANNOT)),
}
