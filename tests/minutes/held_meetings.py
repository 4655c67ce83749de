"""Meetings that have been held, and what was agreed at them, for tests here and of the caseload."""

from datetime import date
from uuid import UUID

from sqlmodel import Session, select

from app.access.policy import Subject, SubjectReader, Tie
from app.minutes.rules import AgreementKind, AgreementLine, MinutesInput
from app.minutes.service import save_minutes
from app.notifications.models import Notice
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import Browser

NOW_ON = "2026-03-02 10:00"  # a meeting that begins at this moment
WORDS = "Vi talte om brevet fra udlejeren og om flytningen."
OWN = "Jeg synes, det går for hurtigt."
STEP, PROMISE = "Find brevet fra udlejeren", "Line ringer til boligforeningen"
PEOPLE = People()
STEP_LINE = AgreementLine(AgreementKind.STEP, STEP, PEOPLE.anna.id, date(2026, 3, 9))
PROMISE_LINE = AgreementLine(AgreementKind.PROMISE, PROMISE, PEOPLE.line.id, date(2026, 3, 6))
LINES = (STEP_LINE, PROMISE_LINE)


def reader(slug: str = "line", tie: str = "contact") -> SubjectReader:
    """Return one of the cast as somebody who writes about a meeting of Anna's."""
    team = frozenset({PEOPLE.line.id, PEOPLE.jonas.id})
    subject = Subject(PEOPLE.anna.id, frozenset({Tie(tie)}), consented=True, team_ids=team)
    return SubjectReader(getattr(PEOPLE, slug).id, subject)


def wrote_down(
    database: Database,
    meeting: UUID,
    *lines: AgreementLine,
    words: str = WORDS,
    by: SubjectReader | None = None,
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


def of_anna(people: People, meeting: UUID, who: Someone) -> str:
    """Return where somebody reads about the meeting."""
    return f"/kalender/{meeting}" if who.slug == "anna" else f"{people.anna.url}/kalender/{meeting}"


def readers(browser_of: Browser, people: People, meeting: UUID, words: str = WORDS) -> set[str]:
    """Return who finds the words on the meeting's page or in the plan's history."""
    found = set()
    for slug in ("anna", "line", "omar", "jonas", "thea", "bent", "lone"):
        who = getattr(people, slug)
        browser = browser_of(who)
        base = "" if slug == "anna" else people.anna.url
        pages = [of_anna(people, meeting, who), f"{base}/plan/historie", f"{base}/kalender", "/"]
        if any(words in browser.get(page, follow_redirects=True).text for page in pages):
            found.add(slug)
    return found


def told(session: Session, kind: str) -> list[UUID]:
    session.rollback()
    return sorted(session.exec(select(Notice.person_id).where(Notice.kind == kind)).all())
