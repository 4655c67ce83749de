"""64 meetings of every shape that a feed can hold: eight times and eight ways to say what it is about."""

from datetime import UTC, datetime, timedelta

from app.calendar_sync.ical_writer import FeedEvent
from tests.calendar_sync.readers import Shown

MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TIMES = (  # in UTC, and how many minutes
    (datetime(2027, 1, 13, 9, tzinfo=UTC), 60),
    (datetime(2027, 7, 14, 8, 15, tzinfo=UTC), 45),
    (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), 90),  # over the hour that is not there
    (datetime(2027, 10, 31, 0, 15, tzinfo=UTC), 30),  # in the hour that comes twice, the first time
    (datetime(2027, 10, 31, 1, 15, tzinfo=UTC), 30),  # and the second
    (datetime(2027, 10, 30, 23, 0, tzinfo=UTC), 240),  # over both
    (datetime(2027, 12, 31, 22, 30, tzinfo=UTC), 60),  # over midnight, and into another year
    (datetime(2035, 6, 5, 10, tzinfo=UTC), 720),
)
WORDS = (
    "Aftale",
    "Bolig, penge; mad \\ tøj",
    "Først det ene\nså det andet\n\n- og det tredje",
    "Samtale om, hvordan det går med dine børn, din bolig, din gæld og alt det, du selv vil tale om " * 2,
    "👩‍👧 i skole 🏫",
    "موعد مع لينه: می‌خواهم",
    'Kl. 10: "BEGIN:VEVENT" & <b>',
    "æ" * 37 + "ø" * 38 + "å" * 39,  # folded between the two bytes of letters
)


def feed_events() -> list[FeedEvent]:
    return [
        FeedEvent(
            uid=f"{time}{words}aaaaaa-0000-4000-8000-000000000000",
            sequence=time + words,
            changed_at=MADE + timedelta(days=words),
            created_at=MADE,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=minutes),
            summary=said,
            cancelled=(time + words) % 3 == 0,
            location=f"Torvet 1, {said.splitlines()[0][:40]}" if words % 2 else None,
            description=f"Med Line, Jonas\nTag med: {said}" if time % 2 else None,
            url="https://plan.example.dk/kalender/1?a=1&b=2" if words % 4 == 0 else None,
            alarm="Aftale" if words % 3 else None,
        )
        for time, (starts, minutes) in enumerate(TIMES)
        for words, said in enumerate(WORDS)
    ]


def as_shown(one: FeedEvent) -> Shown:
    """Return an event as every reader should have it."""
    return Shown(
        one.uid,
        one.sequence,
        "CANCELLED" if one.cancelled else "CONFIRMED",
        one.summary,
        one.starts_at,
        one.ends_at,
        one.location or "",
        one.description or "",
    )
