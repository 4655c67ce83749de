"""Lays what those who help in the demo want to remember about citizens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session

from app.dates.local_time import danish_day
from app.demo.cast import person_id
from app.reminders.models import CitizenReminder

WRITTEN_AGO = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class StoryReminder:
    """One reminder: about whom, whose, the words, and in how many days it must be done."""

    citizen: str
    by: str
    words: str
    days: int
    done: bool = False


REMINDERS = {
    "line-laege": StoryReminder("anna", "line", "Høre, om lægen har svaret", 1),
    "line-kuvert": StoryReminder("anna", "line", "Tage kuverter med til mødet", -2, done=True),
    "jonas-toej": StoryReminder("anna", "jonas", "Spørge gartneriet om arbejdstøj", 3),
    "line-brev": StoryReminder("bent", "line", "Ringe om brevet fra banken", -1),
    "omar-noegle": StoryReminder("signe", "omar", "Aftale, hvor vi mødes", 2),
}


def reminder_id(key: str) -> UUID:
    """Return the id a demo reminder always has, so that addresses survive a reset."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:reminder:{key}")


def seed_reminders(session: Session, *, now: datetime) -> None:
    """Lay them all around `now`."""
    written = now - WRITTEN_AGO
    for key, one in REMINDERS.items():
        author = person_id(one.by)
        session.add(
            CitizenReminder(
                id=reminder_id(key),
                citizen_id=person_id(one.citizen),
                author_id=author,
                words=one.words,
                due_on=danish_day(now) + timedelta(days=one.days),
                created_at=written,
                done_at=written + timedelta(days=1) if one.done else None,
                done_by=author if one.done else None,
            )
        )
