"""Lays what citizens and contact persons have written to each other in the demo."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session, select

from app.config import Site
from app.consent.models import Representation, RepresentationScope
from app.consent.rules import ActingScope
from app.dates.local_time import DANISH_TIME, danish_day
from app.demo.cast import CONTACTS
from app.identity.models import Person
from app.messages.models import Message, MessageDraft, PlanRequest

READ_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMessage:
    """One message, so many days ago. A citizen's last one waits for its answer."""

    citizen: str
    by: str
    days_ago: int
    words: str
    waits: bool = False
    read: bool = True
    asked: bool = False  # whether it may stand in the plan


MESSAGES = (
    StoryMessage(
        citizen="anna", by="anna", days_ago=6, words="Kan man få hjælp til at betale indskud til en bolig?"
    ),
    StoryMessage(
        citizen="anna",
        by="line",
        days_ago=5,
        words="Måske. Jeg har spurgt Thea. Du hører fra mig, når jeg ved mere.",
    ),
    StoryMessage(
        citizen="anna",
        by="anna",
        days_ago=1,
        words="Jeg vil helst ringes op. Breve fra kommunen gør mig bange, og så åbner jeg dem ikke.",
        waits=True,
        asked=True,
    ),
    StoryMessage(
        citizen="bent",
        by="bent",
        days_ago=1,
        words="Kom gerne om formiddagen. Så er der kaffe.",
        waits=True,
        read=False,
    ),
    StoryMessage(
        citizen="ny", by="ny", days_ago=0, words="Hvad sker der, hvis jeg siger ja?", waits=True, read=False
    ),
    StoryMessage(
        citizen="emil",
        by="emil",
        days_ago=3,
        words="Må jeg skrive til dig om noget, andre ikke skal læse?",
    ),
    StoryMessage(
        citizen="emil",
        by="omar",
        days_ago=2,
        words="Ja. Det, du skriver her, kommer ikke med i planen, medmindre du siger ja til det.",
    ),
)
DRAFT = "Jeg er bange for at sige ja til for meget. Så kan jeg ikke holde det, og så er alle skuffede."


def message_id(number: int) -> UUID:
    """Return the id a demo message always has, so that addresses survive a reset."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:message:{number}")


def plan_request_id(number: int) -> UUID:
    """Return the id of the demo's questions whether a message may stand in the plan, counted from 0."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:plan-request:{number}")


def _let_read(session: Session, citizen_id: UUID) -> None:
    for acts in session.exec(select(Representation).where(Representation.citizen_id == citizen_id)):
        session.add(
            RepresentationScope(
                representation_id=acts.id,
                scope=ActingScope.MESSAGES,
                starts_on=acts.starts_on,
                paper_on=acts.starts_on,
            )
        )


def seed_messages(session: Session, people: dict[str, Person], site: Site, *, now: datetime) -> None:
    """Lay the threads around `now`, in the caller's transaction. Bent's guardian reads along with him."""
    _let_read(session, people["bent"].id)
    questions = count()
    for number, told in enumerate(MESSAGES):
        day = danish_day(now) - timedelta(days=told.days_ago)
        sent_at = min(datetime.combine(day, time(10, 20), DANISH_TIME), now - timedelta(minutes=30))
        session.add(
            Message(
                id=message_id(number),
                citizen_id=people[told.citizen].id,
                author_id=people[told.by].id,
                words=told.words,
                sent_at=sent_at,
                read_at=min(sent_at + READ_AFTER, now) if told.read else None,
                answer_by=site.workdays.reply_by(danish_day(sent_at)) if told.waits else None,
            )
        )
        session.flush()
        if told.asked:
            asker = people[CONTACTS[told.citizen]].id
            session.add(
                PlanRequest(
                    id=plan_request_id(next(questions)),
                    message_id=message_id(number),
                    asked_by=asker,
                    asked_at=now,
                )
            )
    anna = people["anna"].id
    session.add(MessageDraft(citizen_id=anna, author_id=anna, words=DRAFT, written_at=now))
    session.flush()
