"""The demo has an answer in every state, and no answer lies in the future."""

from sqlmodel import Session, select

from app.assessments.models import Assessment, AssessmentReading
from app.assessments.page import list_own, list_shown
from app.assessments.rules import AnswerKind
from app.db import Database
from app.demo.people import person_id
from app.demo.progress import ANSWERS, assessment_id, lay_progress
from app.identity.models import Person
from tests.cast import NOW, People


def test_anna_has_one_of_each(database: Database, people: People) -> None:
    with database.writing() as session:
        lay_progress(session, {one.slug: one for one in session.exec(select(Person)) if one.slug}, now=NOW)
    with database.reading() as session:
        hers = list_own(session, people.anna.id, people.line.id)
        assert {one.kind for one in hers} >= {AnswerKind.GIVEN, AnswerKind.SKIPPED}
        assert {(one.shown_to_name, one.read_by) for one in hers} == {
            (None, None),
            ("Line", None),
            ("Line", "Line"),
        }
        assert len(list_shown(session, people.anna.id, people.line.id)) == 2
        assert _never_later_than_now(session)


def _never_later_than_now(session: Session) -> bool:
    given = session.exec(select(Assessment.given_at)).all()
    read = session.exec(select(AssessmentReading.read_at)).all()
    return max(given) < NOW and max(read) < NOW


def test_addresses_survive_a_reset() -> None:
    ids = [assessment_id(told) for told in ANSWERS]
    assert len(set(ids)) == len(ids)
    assert {person_id(told.citizen) for told in ANSWERS}.isdisjoint(ids)
