"""Meetings that have been held, and what was agreed at them, for tests here and of the caseload."""

from datetime import date
from uuid import UUID

from app.minutes.rules import AgreementKind, AgreementLine, MinutesInput, MinutesReader
from app.minutes.service import save_minutes
from app.store.db import Database
from tests.cast import NOW, People

NOW_ON = "2026-03-02 10:00"  # a meeting that begins at this moment
WORDS = "Vi talte om brevet fra udlejeren og om flytningen."
OWN = "Jeg synes, det går for hurtigt."
STEP, PROMISE = "Find brevet fra udlejeren", "Line ringer til boligforeningen"
PEOPLE = People()
STEP_LINE = AgreementLine(AgreementKind.STEP, STEP, PEOPLE.anna.id, date(2026, 3, 9))
PROMISE_LINE = AgreementLine(AgreementKind.PROMISE, PROMISE, PEOPLE.line.id, date(2026, 3, 6))
LINES = (STEP_LINE, PROMISE_LINE)


def reader(slug: str = "line", tie: str = "contact") -> MinutesReader:
    """Return one of the cast as somebody who writes about a meeting of Anna's."""
    return MinutesReader(getattr(PEOPLE, slug).id, tie, frozenset({PEOPLE.line.id, PEOPLE.jonas.id}))


def wrote_down(
    database: Database,
    meeting: UUID,
    *lines: AgreementLine,
    words: str = WORDS,
    by: MinutesReader | None = None,
    share: bool = True,
    version: int = 0,
) -> int:
    """Keep what was agreed at Anna's meeting, and return the version."""
    written = MinutesInput(words, lines or LINES, version)
    with database.writing() as session:
        kept = save_minutes(
            session, PEOPLE.anna.id, meeting, written, share=share, by=by or reader(), now=NOW
        )
        return kept.version
