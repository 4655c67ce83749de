"""Answering: into the plan, or a talk first; and what happens when two answer at once."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlmodel import Session, select

from app.entries.models import Entry, EntryEvent
from app.entries.rules import (
    AlreadyApproved,
    AlreadyInTalk,
    EntryEventKind,
    EntryState,
    NewerWords,
    TakenBack,
)
from app.entries.service.authoring import revise_entry, take_back_entry
from app.entries.service.review import approve_entry, talk_about_entry
from app.errors import Refused
from app.notifications.models import Notice
from app.store.db import Database
from tests.cast import NOW, People
from tests.writing import REPLY, share, wrote


def yes(session: Session, entry: Entry, by: object, version: int = 1) -> Entry:
    return approve_entry(session, entry.author_id, entry.id, version=version, by=by, now=NOW)  # type: ignore[arg-type]


def talk(session: Session, entry: Entry, by: object, reply: str = REPLY) -> Entry:
    return talk_about_entry(session, entry.author_id, entry.id, reply, version=1, by=by, now=NOW)  # type: ignore[arg-type]


def test_approved_it_is_in_the_plan(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "in_plan")
    now = session.get_one(Entry, entry.id)
    assert (now.state, now.approved_version, now.answer_by) == (EntryState.IN_PLAN, 1, None)
    assert (now.answered_by, now.answered_at) == (people.line.id, NOW)
    notice = session.exec(select(Notice).where(Notice.person_id == people.anna.id)).one()
    assert (notice.kind, notice.actor_id) == ("entry_approved", people.line.id)


def test_a_talk_carries_the_sentence(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "talk")
    assert session.get_one(Entry, entry.id).reply == REPLY
    event = session.exec(select(EntryEvent).where(EntryEvent.what == EntryEventKind.TALK)).one()
    assert (event.words, event.actor_id) == (REPLY, people.line.id)
    assert session.exec(select(Notice.kind).where(Notice.person_id == people.anna.id)).all() == ["entry_talk"]


def test_shared_again_after_a_talk_the_sentence_is_history(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna, "talk")
    with database.writing() as writing:
        revise_entry(writing, people.anna.id, entry.id, "Nye ord", by=people.anna.id, now=NOW)
        share(writing, entry)
    now = session.get_one(Entry, entry.id)
    assert (now.state, now.reply, now.shared_version) == (EntryState.SHARED, None, 2)
    assert session.exec(select(EntryEvent.words).where(EntryEvent.what == EntryEventKind.TALK)).all() == [
        REPLY
    ]


def test_the_same_answer_twice_is_one(database: Database, session: Session, people: People) -> None:
    approved, talked = wrote(database, people.anna, "in_plan"), wrote(database, people.karim, "talk")
    with database.writing() as writing:
        yes(writing, approved, people.line.id)
        talk(writing, talked, people.line.id)
    answers = select(EntryEvent).where(
        EntryEvent.what.in_([EntryEventKind.APPROVED, EntryEventKind.TALK])  # type: ignore[attr-defined]
    )
    assert len(session.exec(answers).all()) == 2


@pytest.mark.parametrize(("to", "says"), [("in_plan", AlreadyApproved), ("talk", AlreadyInTalk)])
def test_the_second_is_told_who_was_first(
    database: Database, session: Session, people: People, to: str, says: type[Refused]
) -> None:
    entry = wrote(database, people.anna, to)
    for answer in (yes, talk):
        with pytest.raises(says) as refused, database.writing() as writing:
            answer(writing, entry, people.omar.id)
        assert refused.value.params == {"name": "Line"}
    assert session.get_one(Entry, entry.id).answered_by == people.line.id


def test_one_who_answers_what_was_taken_back_is_told_so(database: Database, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    with database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
    with pytest.raises(TakenBack) as refused, database.writing() as writing:
        yes(writing, entry, people.line.id)
    assert refused.value.params == {"name": "Anna"}


def test_newer_words_must_be_read_first(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    with database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
        revise_entry(writing, people.anna.id, entry.id, "Nye ord", by=people.anna.id, now=NOW)
        share(writing, entry)
    with pytest.raises(NewerWords) as refused, database.writing() as writing:
        yes(writing, entry, people.line.id)
    assert refused.value.params == {"name": "Anna"}
    assert session.get_one(Entry, entry.id).state is EntryState.SHARED


@pytest.mark.both_databases
@pytest.mark.parametrize("second", [yes, talk])
def test_of_two_who_answer_at_once_one_wins(
    database: Database, session: Session, people: People, second: Callable[..., Entry]
) -> None:
    entry = wrote(database, people.anna, "shared")
    gate, won, lost = Barrier(2), [], []

    def answer(how: Callable[..., Entry], by: object, name: str) -> None:
        gate.wait(10)
        try:
            with database.writing() as writing:
                how(writing, entry, by)
            won.append(name)
        except Refused as refused:
            lost.append(refused.params["name"])

    both = [
        Thread(target=answer, args=(yes, people.line.id, "Line")),
        Thread(target=answer, args=(second, people.omar.id, "Omar")),
    ]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert len(won) == 1
    assert lost == won  # the one who came second is told the name of the first
    assert len(session.exec(select(Notice).where(Notice.person_id == people.anna.id)).all()) == 1
