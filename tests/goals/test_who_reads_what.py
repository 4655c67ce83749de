"""Who reads decides which words leave the database."""

import pytest
from sqlmodel import Session, col, select

from app.access.policy import Subject, Tie
from app.consent.rules import ActingScope
from app.entries.models import Entry
from app.entries.service.authoring import revise_entry, take_back_entry
from app.goals.queries import PlanItem, read_plan
from app.store.db import Database
from tests.cast import NOW, People
from tests.writing import REPLY, WORDS, share, wrote

NEWER = "Nye ord"
TEAM = (Tie.PROFESSIONAL, Tie.REPRESENTATIVE)
ANSWERING = (Tie.CONTACT, Tie.SUBSTITUTE)
READS = (Tie.SELF, *ANSWERING, *TEAM)


def as_reader(tie: Tie) -> Subject:
    scopes = frozenset({ActingScope.PLAN}) if tie is Tie.REPRESENTATIVE else frozenset()
    return Subject(People().anna.id, frozenset({tie}), consented=True, scopes=scopes)


def read(session: Session, tie: Tie) -> list[tuple[str | None, str | None]]:
    """Return, for each of Anna's dreams, what stands in the plan and what waits, as this reader gets it."""
    dreams: list[PlanItem] = list(read_plan(session, as_reader(tie), now=NOW).dreams)
    return [(one.words, one.waiting.words if one.waiting else None) for one in dreams]


def revised(database: Database, people: People, to: str) -> Entry:
    entry = wrote(database, people.anna, to)
    with database.writing() as session:
        return revise_entry(session, people.anna.id, entry.id, NEWER, by=people.anna.id, now=NOW)


@pytest.mark.parametrize("tie", list(Tie))
def test_a_draft_is_in_nobodys_plan(database: Database, session: Session, people: People, tie: Tie) -> None:
    wrote(database, people.anna)
    assert read(session, tie) == []


def test_the_shared_reaches_its_author_and_those_who_answer(
    database: Database, session: Session, people: People
) -> None:
    wrote(database, people.anna, "shared")
    assert all(read(session, tie) == [(None, WORDS)] for tie in (Tie.SELF, *ANSWERING))
    assert all(read(session, tie) == [] for tie in TEAM)


def test_a_talk_is_between_the_two(database: Database, session: Session, people: People) -> None:
    wrote(database, people.anna, "talk")
    for tie in (Tie.SELF, *ANSWERING):
        (dream,) = read_plan(session, as_reader(tie), now=NOW).dreams
        assert dream.waiting
        assert dream.waiting.reply == REPLY
    assert all(read(session, tie) == [] for tie in TEAM)


@pytest.mark.parametrize("tie", READS)
def test_what_is_in_the_plan_reaches_all(
    database: Database, session: Session, people: People, tie: Tie
) -> None:
    wrote(database, people.anna, "in_plan")
    assert read(session, tie) == [(WORDS, None)]


def test_it_does_not_reach_one_whose_tie_gives_no_right(
    database: Database, session: Session, people: People
) -> None:
    wrote(database, people.anna, "in_plan")
    assert read(session, Tie.LEADER) == []


@pytest.mark.parametrize("tie", READS)
def test_a_draft_beside_the_approved_one_is_kept_back(
    database: Database, session: Session, people: People, tie: Tie
) -> None:
    revised(database, people, "in_plan")
    view = read_plan(session, as_reader(tie), now=NOW)
    assert [(one.words, one.waiting) for one in view.dreams] == [(WORDS, None)]
    assert view.drafts == (1 if tie is Tie.SELF else 0)


def test_a_newer_version_waits_while_the_approved_stands(
    database: Database, session: Session, people: People
) -> None:
    entry = revised(database, people, "in_plan")
    with database.writing() as writing:
        share(writing, entry)
    assert all(read(session, tie) == [(WORDS, NEWER)] for tie in (Tie.SELF, *ANSWERING))
    assert all(read(session, tie) == [(WORDS, None)] for tie in TEAM)


def test_a_draft_after_a_talk_stays_with_the_citizen(
    database: Database, session: Session, people: People
) -> None:
    revised(database, people, "talk")
    assert all(read(session, tie) == [(None, WORDS)] for tie in ANSWERING)


@pytest.mark.parametrize("tie", list(Tie))
def test_words_taken_back_are_gone(database: Database, session: Session, people: People, tie: Tie) -> None:
    entry = wrote(database, people.anna, "shared")
    with database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
    assert read(session, tie) == []


def test_anothers_draft_is_hidden_from_the_citizen(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna)
    with database.writing() as writing:
        writing.exec(select(Entry).where(col(Entry.id) == entry.id)).one().author_id = people.jonas.id
    view = read_plan(session, as_reader(Tie.SELF), now=NOW)
    assert (view.dreams, view.drafts) == ([], 0)
