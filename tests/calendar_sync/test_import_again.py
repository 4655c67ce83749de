"""A file that comes again changes, cancels, or says what it could not do."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from app.booking.accept import accept_meeting
from app.booking.cancel import cancel_meeting, expire_proposals
from app.calendar_sync.import_booking import TAKEN
from app.calendar_sync.import_rules import key_before
from app.calendar_sync.import_service import MeetingImportReport, MeetingsRefused
from app.meetings.models import Meeting, Participant
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import at
from tests.calendar_sync.importing import (
    ANNA,
    LINE,
    WORKDAYS,
    give_mails,
    meeting,
    modified,
    move_here,
    said,
    standing,
    take_in,
    taken,
    told,
)
from tests.cast import NOW, People

Import = Callable[..., MeetingImportReport]


@pytest.fixture(autouse=True)
def mails(database: Database, people: People) -> None:
    give_mails(database, people)


@pytest.fixture
def taken_in(database: Database) -> Import:
    return partial(take_in, database)


def refused(taken_in: Import, *entries: str) -> list[str]:
    with pytest.raises(MeetingsRefused) as bad:
        taken_in(*entries)
    return [re.sub(r" \(linje \d+", "", str(one)) for one in bad.value.problems]


def only(session: Session) -> Meeting:
    session.rollback()
    return session.exec(select(Meeting)).one()


@pytest.mark.both_databases
@pytest.mark.parametrize("more", ["", "SEQUENCE:1"], ids=["the same sequence", "a higher one"])
def test_another_time_of_a_meeting_that_came_from_a_file_moves_it_as_staff_do(
    more: str, taken_in: Import, session: Session, people: People
) -> None:
    taken_in(meeting())
    report = taken_in(meeting("0306T1400", more))
    assert report.sentences() == ["Nye møder: 0.", "Var her i forvejen: 1.", "Flyttet til filens tid: 1."]
    assert standing(session) == [("03-06 14:00", "agreed")]
    assert taken(session) == {"03-06 14:00"}
    one = only(session)
    assert (one.sequence, one.moved_from) == (1, at("2026-03-05 10:00"))
    assert told(session, people.anna.id) == ["meeting_moved"]
    assert taken_in(meeting("0306T1400", more)).sentences() == ["Nye møder: 0.", "Var her i forvejen: 1."]
    assert told(session, people.anna.id) == ["meeting_moved"]


@pytest.mark.both_databases
def test_a_time_that_is_taken_is_named_and_nothing_has_changed(
    taken_in: Import, session: Session, booked: Booked, people: People
) -> None:
    taken_in(meeting(), meeting("0309T1000", uid="two"))
    booked("2026-03-06 14:00", 60, "line", citizen="bent", duty=True)
    found = refused(taken_in, meeting("0306T1430"), meeting("0309T1200", uid="two"))
    assert found == [f"Møde 1, den 6. marts 2026 kl. 14.30–15.30): {TAKEN}"]
    assert {"03-05 10:00", "03-09 10:00"} < taken(session)
    assert told(session, people.anna.id) == []


@pytest.mark.parametrize(
    ("start", "words"), [("0403T1000", "langfredag"), ("0302T1500", "foreslås")], ids=["a holiday", "today"]
)
def test_a_time_that_nobody_could_have_is_named(
    start: str, words: str, taken_in: Import, session: Session
) -> None:
    asked = f"{LINE}\n{ANNA.replace('ACCEPTED', 'NEEDS-ACTION')}"
    taken_in(meeting(who=asked))
    (found,) = refused(taken_in, meeting(start, who=asked))
    assert words in found
    assert standing(session) == [("03-05 10:00", "proposed")]


@pytest.mark.both_databases
def test_two_that_change_places_do_not_clash_with_each_other(taken_in: Import, session: Session) -> None:
    taken_in(meeting(), meeting("0305T1100", uid="two"))
    assert taken_in(meeting("0305T1100"), meeting(uid="two")).moved == 2
    assert standing(session) == [("03-05 10:00", "agreed"), ("03-05 11:00", "agreed")]


def test_a_proposal_is_held_at_the_new_time_and_asked_about(
    taken_in: Import, session: Session, people: People
) -> None:
    asked = f"{LINE}\n{ANNA.replace('ACCEPTED', 'NEEDS-ACTION')}"
    taken_in(meeting(who=asked))
    assert taken_in(meeting("0306T1000", who=asked)).moved == 1
    assert (standing(session), taken(session)) == ([("03-06 10:00", "proposed")], {"03-06 10:00"})


def test_a_yes_to_one_time_is_none_to_the_next(
    taken_in: Import, session: Session, database: Database, people: People
) -> None:
    """She said yes here; the file, whose change is newer, has no yes: she is asked about the new time."""
    asked = f"{LINE}\n{ANNA.replace('ACCEPTED', 'NEEDS-ACTION')}"
    taken_in(meeting(who=asked))
    one = only(session)
    with database.writing() as writing:
        accept_meeting(writing, people.anna.id, one.id, None, by=people.anna.id, now=NOW, workdays=WORKDAYS)
    later = f"LAST-MODIFIED:{NOW + timedelta(hours=1):%Y%m%dT%H%M%SZ}"
    assert said(taken_in(meeting("0306T1000", who=asked)))[0].startswith(
        "Her står det den 5. marts 2026 kl. 10.00–11.00, ændret eller besvaret siden."
    )
    assert standing(session) == [("03-05 10:00", "agreed")]
    assert taken_in(meeting("0306T1000", later, who=asked)).moved == 1
    assert standing(session) == [("03-06 10:00", "proposed")]


@pytest.mark.parametrize(
    ("more", "moves"),
    [("", False), (modified(-1), False), ("LAST-MODIFIED:i går", False), (modified(1), True)],
    ids=["not told", "before", "unreadable", "after"],
)
def test_what_was_changed_here_is_moved_only_by_a_change_that_is_newer(
    more: str, moves: bool, taken_in: Import, session: Session, database: Database, people: People
) -> None:
    taken_in(meeting())
    move_here(database, only(session).id, "03-06")
    report = taken_in(meeting("0309T1000", more))
    assert (report.moved, bool(said(report))) == (int(moves), not moves)
    assert standing(session) == [("03-09 10:00" if moves else "03-06 10:00", "agreed")]


@pytest.mark.parametrize(
    "more", ["", "LAST-MODIFIED:i går", modified(1)], ids=["not told", "unreadable", "later"]
)
def test_what_the_file_alone_has_changed_it_changes_again(
    more: str, taken_in: Import, session: Session, database: Database, people: People
) -> None:
    """Its time and its words, also from where no change is stamped, until somebody changes it here."""
    taken_in(meeting())
    for start, what in (
        ("0306T1000", "Om din bolig"),
        ("0309T1000", "Om dit job"),
        ("0310T1000", "Om dit job"),
    ):
        report = taken_in(meeting(start, more).replace("SUMMARY:", f"SUMMARY:{what} "))
        assert (report.moved, said(report)) == (1, [])
        one = only(session)
        assert (one.wall_start[5:10], one.purpose.startswith(what)) == (f"{start[:2]}-{start[2:4]}", True)
    # Time and words at once are told of once.
    assert told(session, people.anna.id) == ["meeting_moved"] * 3
    move_here(database, one.id, "03-11")
    stale = more.replace(modified(1), modified(-1))
    report = taken_in(meeting("0312T1000", stale).replace("SUMMARY:", "SUMMARY:Noget andet "))
    assert (report.moved, report.changed) == (0, 0)
    assert len(said(report)) == (1 if stale == modified(-1) else 2)
    assert standing(session) == [("03-11 10:00", "agreed")]


def test_a_file_that_has_the_old_time_still_moves_nothing_back(
    taken_in: Import, session: Session, database: Database, people: People
) -> None:
    taken_in(meeting())
    move_here(database, only(session).id, "03-06")
    (why,) = said(taken_in(meeting(more=modified(2))))  # its words may be newer
    assert why.startswith("Her står det den 6. marts 2026 kl. 10.00–11.00")
    assert standing(session) == [("03-06 10:00", "agreed")]


def test_what_is_called_off_here_is_not_booked_again_and_said(
    taken_in: Import, session: Session, database: Database, people: People
) -> None:
    taken_in(meeting())
    with database.writing() as writing:
        cancel_meeting(writing, only(session).id, sequence=0, by=people.anna.id, now=NOW, workdays=WORKDAYS)
    for start in ("0305T1000", "0306T1000"):
        assert said(taken_in(meeting(start))) == ["Det er aflyst i appen og bliver ikke booket igen."]
    assert standing(session) == [("03-05 10:00", "cancelled")]


def test_what_nobody_answered_in_time_is_said(taken_in: Import, session: Session, database: Database) -> None:
    asked = meeting("0319T1000", who=f"{LINE}\n{ANNA.replace('ACCEPTED', 'NEEDS-ACTION')}")
    taken_in(asked)
    later = NOW + timedelta(days=10)
    with database.writing() as writing:
        assert expire_proposals(writing, now=later, workdays=WORKDAYS) == 1
    (why,) = said(taken_in(asked, now=later))
    assert why.startswith("Borgeren svarede ikke i tide")
    assert standing(session) == [("03-19 10:00", "expired")]


def test_what_the_file_has_as_over_and_stands_here_is_said(taken_in: Import, session: Session) -> None:
    taken_in(meeting(), meeting("0306T1000", uid="two"))
    report = taken_in(meeting("0226T1000"), meeting("0306T1000", uid="two"))
    assert report.past == 1
    assert said(report) == [
        "Filen siger, at det har været. Her står det den 5. marts 2026 kl. 10.00–11.00: "
        "flyt eller aflys det i appen."
    ]
    assert standing(session) == [("03-05 10:00", "agreed"), ("03-06 10:00", "agreed")]


@pytest.mark.both_databases
def test_other_words_place_and_people_are_taken_over_while_nobody_has_changed_it_here(
    taken_in: Import, session: Session, people: People
) -> None:
    taken_in(meeting(more="X-ENPLAN-BRING:Pas"))
    jonas = "ATTENDEE:mailto:jonas@solbjerg.example\nLOCATION:Torvet 1"
    report = taken_in(meeting("0305T1100", jonas).replace("om bolig", "om penge"))
    assert report.sentences()[2:] == ["Flyttet til filens tid: 1.", "Rettet efter filen: 1."]
    one = only(session)
    assert (one.purpose, one.place, one.bring, one.channel) == (
        "Samtale om penge",
        "Torvet 1",
        None,
        "in_person",
    )
    assert people.jonas.id in set(session.exec(select(Participant.subject_id)))
    assert told(session, people.anna.id) == ["meeting_moved"]  # once, of both


def test_other_words_of_what_was_changed_here_are_said_unless_here_is_newer(
    taken_in: Import, session: Session, database: Database, people: People
) -> None:
    taken_in(meeting())
    move_here(database, only(session).id, "03-06")
    other = meeting("0306T1000", "LOCATION:Torvet 1").replace("om bolig", "om penge")
    assert said(taken_in(other)) == [
        "Filen siger noget andet om stedet og teksten, og mødet er ændret eller besvaret siden. "
        "Se, hvad der gælder."
    ]
    assert said(taken_in(other.replace("SUMMARY", f"{modified(-1)}\nSUMMARY"))) == []
    assert only(session).purpose == "Samtale om bolig"


@pytest.mark.both_databases
def test_what_came_before_keys_told_of_which_entry_they_are_is_known_still(
    taken_in: Import, session: Session, database: Database
) -> None:
    taken_in(meeting())
    with database.writing() as writing:
        row = writing.exec(select(Meeting)).one()
        row.request_key = key_before(row.request_key or "")
    assert taken_in(meeting()).sentences() == ["Nye møder: 0.", "Var her i forvejen: 1."]
    assert taken_in(meeting("0306T1000")).moved == 1
    assert standing(session) == [("03-06 10:00", "agreed")]
