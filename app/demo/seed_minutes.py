"""Writes what was agreed at a meeting of the demo's that has been held."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session

from app.dates.local_time import danish_day
from app.demo.meeting_stories import meeting_id
from app.identity.models import Person
from app.meetings.models import Meeting
from app.minutes.models import MeetingAgreement, MeetingMinutes
from app.minutes.news import MINUTES_ANSWERED, MINUTES_SHARED
from app.minutes.rules import AgreementKind, MinutesState
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind

HELD = "anna-foer"
WORDS = (
    "Vi talte om din bolig og om praktik i et gartneri. "
    "Du vil gerne begynde i det små. Brevet fra udlejeren er vigtigst lige nu."
)
OWN_WORDS = "Det passer. Jeg vil bare sige, at jeg ikke sover godt. Det gør det hele sværere."
# Kind, words, who does it, days from now, and the key of the step that it has become.
AGREED = (
    (AgreementKind.STEP, "Finde brevet fra udlejeren", "anna", 2, "anna-brev"),
    (AgreementKind.STEP, "Spørge gartneriet, om du må se det først", "jonas", 5, None),
    (AgreementKind.PROMISE, "Vi hjælper dig med at svare udlejeren", "line", 6, None),
)
WRITTEN_AFTER, ANSWERED_AFTER, SEEN_AFTER = timedelta(hours=2), timedelta(hours=9), timedelta(hours=3)


def seed_minutes(
    session: Session, people: dict[str, Person], steps: dict[str, UUID], *, now: datetime
) -> None:
    """Lay what Anna and Line agreed, in the caller's transaction. `steps` are the ids of steps by key."""
    anna, line = people["anna"].id, people["line"].id
    meeting = session.get_one(Meeting, meeting_id(HELD))
    written_at = meeting.ends_at + WRITTEN_AFTER
    session.add(
        MeetingMinutes(
            meeting_id=meeting.id,
            words=WORDS,
            state=MinutesState.SHARED,
            author_id=line,
            written_at=written_at,
            shared_at=written_at,
            own_words=OWN_WORDS,
            own_words_at=meeting.ends_at + ANSWERED_AFTER,
        )
    )
    session.flush()
    for position, (kind, words, doer, days, step) in enumerate(AGREED, 1):
        session.add(
            MeetingAgreement(
                id=agreement_id(position),
                meeting_id=meeting.id,
                position=position,
                kind=kind,
                words=words,
                doer_id=people[doer].id,
                due_on=danish_day(now) + timedelta(days=days),
                placed_id=steps[step] if step else None,
            )
        )
    _seed_notice(session, meeting, anna, line, MINUTES_SHARED)
    _seed_notice(session, meeting, line, anna, MINUTES_ANSWERED)


def _seed_notice(session: Session, meeting: Meeting, to: UUID, by: UUID, kind: NoticeKind) -> None:
    """Tell somebody, who has seen it since."""
    at = meeting.ends_at + (WRITTEN_AFTER if kind is MINUTES_SHARED else ANSWERED_AFTER)
    session.add(
        Notice(
            person_id=to,
            citizen_id=meeting.citizen_id,
            kind=kind.name,
            actor_id=by,
            about_id=meeting.id,
            at=at,
            seen_at=at + SEEN_AFTER,
        )
    )


def agreement_id(position: int) -> UUID:
    """Return the id an agreement of the demo's always has."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:agreement:{HELD}:{position}")
