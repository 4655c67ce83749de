"""Sharing, taking back and sharing again, on real rows."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import (
    AlreadyApproved,
    EntryEventKind,
    EntryNeedsConsent,
    EntryNeedsContact,
    EntryState,
    NothingNew,
    WaitsForAnswer,
)
from app.entries.service.authoring import revise_entry, take_back_entry
from app.entries.service.review import approve_entry
from app.errors import Missing
from app.notifications.models import Notice
from app.plan.models import Absence, ContactAssignment, Plan, PlanRevision
from app.store.db import Database
from tests.cast import NOW, People
from tests.writing import WORDS, YESTERDAY, share, wrote


def happenings(session: Session, entry: Entry) -> list[tuple[EntryEventKind, int]]:
    wanted = select(EntryEvent).where(EntryEvent.entry_id == entry.id)
    return [(one.what, one.version) for one in session.exec(wanted.order_by(col(EntryEvent.at)))]


def revision(session: Session, entry: Entry) -> int:
    return session.get_one(Plan, entry.plan_id).revision


def told(session: Session, entry: Entry) -> set[tuple[object, str]]:
    wanted = select(Notice).where(Notice.about_id == entry.id)
    return {(one.person_id, one.kind) for one in session.exec(wanted)}


def test_a_draft_is_told_to_nobody(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna)
    assert (entry.state, entry.version, entry.answer_by) == (EntryState.DRAFT, 1, None)
    assert told(session, entry) == set()


def test_sharing_tells_the_contact_person_and_gives_a_day(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna)
    before = revision(session, entry)
    with database.writing() as writing:
        share(writing, entry)
    session.rollback()
    now = session.get_one(Entry, entry.id)
    assert (now.state, now.shared_version, now.shared_at) == (EntryState.SHARED, 1, NOW)
    assert now.answer_by == date(2026, 3, 9)
    assert told(session, entry) == {(people.line.id, "entry_shared")}
    assert revision(session, entry) == before + 1
    assert session.exec(select(PlanRevision.what).where(PlanRevision.at == NOW)).all() == ["entry_shared"]


@pytest.mark.parametrize(
    ("shared_at", "answer_by"),
    [
        (datetime(2026, 3, 2, 22, 59, tzinfo=UTC), date(2026, 3, 9)),  # Monday evening in Denmark
        (datetime(2026, 3, 2, 23, 1, tzinfo=UTC), date(2026, 3, 10)),  # Tuesday there
        (
            datetime(2026, 3, 31, 9, tzinfo=UTC),
            date(2026, 4, 10),
        ),  # over Easter: 2, 3 and 6 April are holidays
        (
            datetime(2026, 12, 22, 9, tzinfo=UTC),
            date(2027, 1, 4),
        ),  # Christmas, with two days of the town's own
    ],
)
def test_the_day_is_counted_in_working_days(
    database: Database, people: People, shared_at: datetime, answer_by: date
) -> None:
    entry = wrote(database, people.anna)
    with database.writing() as writing:
        assert share(writing, entry, now=shared_at).answer_by == answer_by


def test_sharing_twice_is_sharing_once(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    with database.writing() as writing:
        share(writing, entry)
    assert [what for what, _ in happenings(session, entry)].count(EntryEventKind.SHARED) == 1


def test_while_the_contact_person_is_away_the_substitute_is_told_too(
    database: Database, session: Session, people: People
) -> None:
    with database.writing() as writing:
        until = NOW.replace(month=4)
        away, stands_in = people.line.id, people.omar.id
        writing.add(Absence(person_id=away, substitute_id=stands_in, starts_at=YESTERDAY, ends_at=until))
    entry = wrote(database, people.anna)
    with database.writing() as writing:
        share(writing, entry)
    assert {person for person, _ in told(session, entry)} == {people.line.id, people.omar.id}


def test_without_a_yes_it_stays_a_draft(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.ny)
    with pytest.raises(EntryNeedsConsent), database.writing() as writing:
        share(writing, entry)
    assert session.get_one(Entry, entry.id).state is EntryState.DRAFT


def test_without_a_contact_person_it_stays_a_draft(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna)
    with database.writing() as writing:
        mine = select(ContactAssignment).where(ContactAssignment.citizen_id == people.anna.id)
        writing.exec(mine).one().ends_at = NOW
    with pytest.raises(EntryNeedsContact), database.writing() as writing:
        share(writing, entry)
    assert session.get_one(Entry, entry.id).state is EntryState.DRAFT


def test_one_can_write_before_there_is_a_plan(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.fremmed)
    assert session.get_one(Plan, entry.plan_id).citizen_id == people.fremmed.id


def test_taken_back_nobody_waits_for_it(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    with database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
    now = session.get_one(Entry, entry.id)
    assert (now.state, now.shared_version, now.answer_by, now.shared_at) == (
        EntryState.DRAFT,
        None,
        None,
        None,
    )
    assert happenings(session, entry).count((EntryEventKind.TAKEN_BACK, 1)) == 1
    assert (people.line.id, "entry_taken_back") in told(session, entry)


def test_taking_back_too_late_says_who_answered(database: Database, people: People) -> None:
    entry = wrote(database, people.anna, "in_plan")
    with pytest.raises(AlreadyApproved) as refused, database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
    assert refused.value.params == {"name": "Line"}


def test_a_new_version_of_an_approved_one_leaves_it_standing(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna, "in_plan")
    with database.writing() as writing:
        revise_entry(writing, people.anna.id, entry.id, "Bo ved havet", by=people.anna.id, now=NOW)
        share(writing, entry)
    now = session.get_one(Entry, entry.id)
    assert (now.state, now.version, now.shared_version, now.approved_version) == (EntryState.SHARED, 2, 2, 1)
    with database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
    session.rollback()
    now = session.get_one(Entry, entry.id)
    assert (now.state, now.version, now.shared_version, now.approved_version) == (EntryState.IN_PLAN, 2, 1, 1)


def test_the_approved_words_are_not_shared_again(database: Database, people: People) -> None:
    entry = wrote(database, people.anna, "in_plan")
    with pytest.raises(NothingNew), database.writing() as writing:
        share(writing, entry)


def test_every_version_is_kept(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna)
    with database.writing() as writing:
        for words in ("To", "To", "Tre"):
            revise_entry(writing, people.anna.id, entry.id, words, by=people.anna.id, now=NOW)
    kept = select(EntryVersion).where(EntryVersion.entry_id == entry.id).order_by(col(EntryVersion.number))
    assert [one.words for one in session.exec(kept)] == [WORDS, "To", "Tre"]


def test_shared_words_wait_unchanged(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    with pytest.raises(WaitsForAnswer), database.writing() as writing:
        revise_entry(writing, people.anna.id, entry.id, "Andet", by=people.anna.id, now=NOW)
    assert session.get_one(Entry, entry.id).version == 1


def test_nobody_edits_shares_or_takes_back_anothers(database: Database, people: People) -> None:
    entry = wrote(database, people.anna, "talk")
    for citizen, by in ((people.anna.id, people.line.id), (people.karim.id, people.karim.id)):
        with pytest.raises(Missing), database.writing() as writing:
            revise_entry(writing, citizen, entry.id, "Rettet", by=by, now=NOW)
        with pytest.raises(Missing), database.writing() as writing:
            take_back_entry(writing, citizen, entry.id, by=by, now=NOW)


def test_an_entry_is_only_found_in_its_own_plan(database: Database, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    for citizen, entry_id in ((people.karim.id, entry.id), (people.anna.id, uuid4())):
        with pytest.raises(Missing), database.writing() as writing:
            approve_entry(writing, citizen, entry_id, version=1, by=people.line.id, now=NOW)
