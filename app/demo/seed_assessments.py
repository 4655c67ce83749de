"""How it goes for Anna, Karim and Bent: a few answers, shown, read, unread and private."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session

from app.assessments.models import Assessment, AssessmentAnswer, AssessmentReading
from app.assessments.news import ASSESSMENT_READ, ASSESSMENT_SHOWN
from app.assessments.question_sets import SHIPPED
from app.assessments.rules import AnswerKind, Visibility
from app.assessments.service import add_question_set
from app.dates.local_time import DANISH_TIME
from app.demo.cast import CONTACTS
from app.identity.models import Person
from app.notifications.models import Notice

AT = time(19, 40)


@dataclass(frozen=True, slots=True)
class DemoAnswer:
    """One answer, so many days ago. `value` 1 is the hardest; None was skipped."""

    citizen: str
    topic: str
    days_ago: int
    value: int | None
    words: str | None = None
    shown: bool = False
    read_after: int | None = None  # days; None: not read yet
    reply: str | None = None


ANSWERS = (
    DemoAnswer("anna", "hverdag", 45, 1, "At jeg får sovet."),
    DemoAnswer(
        "anna",
        "hverdag",
        31,
        2,
        "At Maja har det godt, når hun er her.",
        shown=True,
        read_after=2,
        reply="Tak, fordi du viser mig det. Vi taler om det, når vi ses.",
    ),
    DemoAnswer("anna", "fremtid", 22, None),
    DemoAnswer("anna", "penge", 12, 1, "Jeg tør ikke åbne brevene."),
    DemoAnswer("anna", "hverdag", 3, 3, "At jeg kan sige nej, når det bliver for meget.", shown=True),
    DemoAnswer("karim", "job", 16, 4, shown=True, read_after=1),
    # In English: "My back hurts when I lift things."
    DemoAnswer("karim", "krop", 4, 2, "ظهري يؤلمني عندما أرفع الأشياء."),
    DemoAnswer("bent", "hverdag", 5, 4, "At jeg kan blive boende.", shown=True),
)


def assessment_id(told: DemoAnswer) -> UUID:
    """Return the id a demo answer always has, so that addresses survive a reset."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:assessment:{told.citizen}:{told.topic}:{told.days_ago}")


def seed_assessments(session: Session, people: dict[str, Person], *, now: datetime) -> None:
    """Lay every answer around `now`, in the caller's transaction."""
    add_question_set(session, SHIPPED)
    for told in ANSWERS:
        _seed_one(session, told, people[told.citizen].id, people[CONTACTS[told.citizen]].id, now=now)
    session.flush()


def _seed_one(
    session: Session, told: DemoAnswer, citizen_id: UUID, contact_id: UUID, *, now: datetime
) -> None:
    day = now.astimezone(DANISH_TIME).date() - timedelta(days=told.days_ago)
    given_at = datetime.combine(day, AT, DANISH_TIME)
    answer = Assessment(id=assessment_id(told), citizen_id=citizen_id, given_at=given_at, words=told.words)
    if told.shown:
        answer.state, answer.shown_to, answer.shown_at = Visibility.SHARED, contact_id, given_at
    session.add(answer)
    session.flush()
    kind = AnswerKind.SKIPPED if told.value is None else AnswerKind.GIVEN
    session.add(
        AssessmentAnswer(
            assessment_id=answer.id,
            question_id=SHIPPED.question_id(told.topic),
            kind=kind,
            value=told.value,
        )
    )
    if told.shown:
        _seed_followups(session, told, answer, contact_id)


def _seed_followups(session: Session, told: DemoAnswer, answer: Assessment, contact_id: UUID) -> None:
    read_at = None if told.read_after is None else answer.given_at + timedelta(days=told.read_after)
    session.add(
        Notice(
            person_id=contact_id,
            citizen_id=answer.citizen_id,
            kind=ASSESSMENT_SHOWN.name,
            actor_id=answer.citizen_id,
            about_id=answer.id,
            at=answer.given_at,
            seen_at=read_at,
        )
    )
    if read_at is None:
        return
    session.add(
        AssessmentReading(
            assessment_id=answer.id,
            contact_id=contact_id,
            read_by=contact_id,
            read_at=read_at,
            reply=told.reply,
        )
    )
    session.add(
        Notice(
            person_id=answer.citizen_id,
            citizen_id=answer.citizen_id,
            kind=ASSESSMENT_READ.name,
            actor_id=contact_id,
            about_id=answer.id,
            at=read_at,
            seen_at=read_at + timedelta(hours=3),
        )
    )
