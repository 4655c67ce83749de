"""Who reads decides which words leave the database."""

import pytest
from sqlmodel import Session, select

from app.db import Database
from app.entries.models import Entry
from app.entries.page import EntryRow, rows_for
from app.entries.rules import State, Tie
from app.entries.service import revise_entry, take_back_entry
from tests.cast import NOW, People
from tests.writing import REPLY, WORDS, share, wrote

NEWER = "Nye ord"
OTHERS = (Tie.PROFESSIONAL, Tie.REPRESENTATIVE)
CONTACTS = (Tie.CONTACT, Tie.SUBSTITUTE)


def rows(session: Session, entry: Entry, tie: Tie) -> list[EntryRow]:
    return list(rows_for(session, entry.plan_id, tie))


def revised(database: Database, people: People, to: str) -> Entry:
    entry = wrote(database, people.anna, to)
    with database.writing() as writing:
        return revise_entry(writing, people.anna.id, entry.id, NEWER, by=people.anna.id, now=NOW)


def test_a_draft_is_the_citizens_alone(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna)
    assert [(row.words, row.state) for row in rows(session, entry, Tie.SELF)] == [(WORDS, State.DRAFT)]
    assert all(rows(session, entry, tie) == [] for tie in (*CONTACTS, *OTHERS))


def test_the_shared_reaches_those_who_answer(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    for tie in (Tie.SELF, *CONTACTS):
        (row,) = rows(session, entry, tie)
        assert (row.words, row.state, row.author_name) == (WORDS, State.SHARED, people.anna.name)
        assert row.answer_by is not None
    assert all(rows(session, entry, tie) == [] for tie in OTHERS)


def test_a_talk_is_between_the_two(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "talk")
    assert [row.reply for row in rows(session, entry, Tie.SELF)] == [REPLY]
    assert all(rows(session, entry, tie) == [] for tie in OTHERS)


@pytest.mark.parametrize("tie", list(Tie))
def test_what_is_in_the_plan_reaches_all(
    database: Database, session: Session, people: People, tie: Tie
) -> None:
    entry = wrote(database, people.anna, "in_plan")
    (row,) = rows(session, entry, tie)
    assert (row.words, row.state, row.approved_at, row.approved_words) == (WORDS, State.IN_PLAN, NOW, None)
    assert not row.has_draft


def test_a_draft_beside_an_approved_one_is_told_only_to_the_citizen(
    database: Database, session: Session, people: People
) -> None:
    entry = revised(database, people, "in_plan")
    for tie in Tie:
        (row,) = rows(session, entry, tie)
        assert (row.words, row.has_draft) == (WORDS, tie is Tie.SELF)


def test_a_newer_version_waits_while_the_approved_stands(
    database: Database, session: Session, people: People
) -> None:
    entry = revised(database, people, "in_plan")
    with database.writing() as writing:
        share(writing, entry)
    for tie in (Tie.SELF, *CONTACTS):
        (row,) = rows(session, entry, tie)
        assert (row.words, row.approved_words, row.approved_at) == (NEWER, WORDS, NOW)
    for tie in OTHERS:
        (row,) = rows(session, entry, tie)
        assert (row.words, row.state, row.answer_by, row.shared_at) == (WORDS, State.IN_PLAN, None, None)


def test_words_taken_back_are_gone_for_others(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    with database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
    assert all(rows(session, entry, tie) == [] for tie in (*CONTACTS, *OTHERS))


def test_a_draft_after_a_talk_stays_with_the_citizen(
    database: Database, session: Session, people: People
) -> None:
    entry = revised(database, people, "talk")
    assert [row.words for row in rows(session, entry, Tie.CONTACT)] == [WORDS]
    assert [(row.words, row.has_draft) for row in rows(session, entry, Tie.SELF)] == [(WORDS, True)]


def test_anothers_proposal_that_is_not_shared_is_hidden_from_the_citizen(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna)
    with database.writing() as writing:
        writing.exec(select(Entry).where(Entry.id == entry.id)).one().author_id = people.jonas.id
    assert rows(session, entry, Tie.SELF) == []
