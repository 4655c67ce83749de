"""The demo has an answer in every state, and no answer lies in the future."""

from sqlmodel import Session, select

from app.assessments.models import Assessment, AssessmentReading
from app.assessments.queries import list_own_answers, list_shown_answers
from app.assessments.rules import AnswerKind
from app.demo.cast import person_id
from app.demo.seed_assessments import ANSWERS, assessment_id, seed_assessments
from app.identity.models import Person
from app.store.db import Database
from tests.cast import NOW, People


def test_anna_has_one_of_each(database: Database, people: People) -> None:
    with database.writing() as session:
        seed_assessments(
            session, {one.slug: one for one in session.exec(select(Person)) if one.slug}, now=NOW
        )
    with database.reading() as session:
        hers = list_own_answers(session, people.anna.id, people.line.id)
        assert {one.kind for one in hers} >= {AnswerKind.GIVEN, AnswerKind.SKIPPED}
        assert {(one.shown_to_name, one.read_by) for one in hers} == {
            (None, None),
            ("Line", None),
            ("Line", "Line"),
        }
        assert len(list_shown_answers(session, people.anna.id, people.line.id)) == 2
        assert _never_later_than_now(session)


def _never_later_than_now(session: Session) -> bool:
    given = session.exec(select(Assessment.given_at)).all()
    read = session.exec(select(AssessmentReading.read_at)).all()
    return max(given) < NOW and max(read) < NOW


def test_addresses_survive_a_reset() -> None:
    ids = [assessment_id(told) for told in ANSWERS]
    assert len(set(ids)) == len(ids)
    assert {person_id(told.citizen) for told in ANSWERS}.isdisjoint(ids)
