"""What was written, told and looked at in a large made-up municipality."""

from datetime import timedelta

from app.access.models import AccessLogEntry
from app.access.policy import Action
from app.dates.local_time import danish_day
from app.demo.bulk_batch import BulkCitizen, BulkSeeder, made_id
from app.meetings.news import MEETING_NEW
from app.messages.models import Message
from app.messages.news import MESSAGE_SENT
from app.minutes.news import MINUTES_SHARED
from app.notifications.models import Notice
from app.store.idempotency import IdempotencyKey

TALKS = 5  # messages of the citizen, each with its answer
NEWS = (MESSAGE_SENT, MEETING_NEW, MINUTES_SHARED)
LOOKS = (Action.PLAN_READ, Action.MESSAGES_READ, Action.MEETINGS_READ)
WAITS, READ = 0.1, 0.8  # how many of those that can


def add_messages(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    """Add a citizen's thread; with a few citizens the last message waits for its answer."""
    dice, own = citizen.dice, {"citizen_id": citizen.id}
    for turn in range(TALKS, 0, -1):
        at = seeder.now - timedelta(days=7 * turn - dice.randint(0, 6), minutes=dice.randint(1, 600))
        until, waits = seeder.site.workdays.answer_by(danish_day(at)), turn == 1 and dice.random() < WAITS
        answer, settled = made_id(dice), at + timedelta(hours=2)
        row = {"author_id": citizen.id, "words": "Kan du ringe til mig?", "sent_at": at, "answer_by": until}
        if waits:
            seeder.batch.add(Message, id=made_id(dice), **own, **row)
            continue
        back = {"author_id": citizen.contact_id, "words": "Ja. Jeg ringer i morgen.", "sent_at": settled}
        seeder.batch.add(Message, id=answer, **own, **back, read_at=settled)
        done = {"read_at": settled, "settled_at": settled, "settled_by_id": answer}
        seeder.batch.add(Message, id=made_id(dice), **own, **row, **done)
    at, key = seeder.now - timedelta(days=dice.randint(0, 29)), str(made_id(dice))
    hashed = "0" * 64
    seeder.batch.add(IdempotencyKey, actor_id=citizen.id, key=key, request_hash=hashed, at=at, status=303)


def add_news(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    """Tell the citizen and the contact person of each other; most of it is read."""
    dice, own = citizen.dice, {"citizen_id": citizen.id, "about_id": citizen.plan_id}
    for kind in NEWS:
        for reader, other in (
            (citizen.id, citizen.contact_id),
            (citizen.contact_id, citizen.id),
            (dice.choice(citizen.caseload.team)[0], citizen.id),
        ):
            at = seeder.now - timedelta(days=dice.randint(0, 90), minutes=dice.randint(1, 600))
            seen = at + timedelta(hours=3) if dice.random() < READ else None
            row = {"person_id": reader, "actor_id": other, "kind": kind.name, "at": at, "seen_at": seen}
            seeder.batch.add(Notice, id=made_id(dice), **own, **row)


def add_log(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    """Note the looks of those who help."""
    dice = citizen.dice
    for person, relation, login in citizen.caseload.looks:
        own = {"citizen_id": citizen.id, "actor_id": person, "session_id": login, "relation": relation}
        for action in LOOKS:
            at = seeder.now - timedelta(days=dice.randint(0, 200), minutes=dice.randint(1, 600))
            seeder.batch.add(AccessLogEntry, id=made_id(dice), **own, at=at, action=str(action))
