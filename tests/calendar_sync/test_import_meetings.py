"""Meetings from a file: all of them, or none and a list that names each."""

import re
from collections.abc import Callable, Collection
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select, update

from app.booking.locking import lock_subjects
from app.calendar_sync import import_service
from app.calendar_sync.import_booking import TAKEN
from app.calendar_sync.import_service import MeetingImportReport, MeetingsRefused, import_meetings
from app.config import DEMO_SITE, read_site
from app.identity.models import Person
from app.meetings.models import CalendarSubject, Meeting, Occupancy, Participant, Place
from app.meetings.rules import Channel, SubjectKind
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.calendar_sync.files import entry, file, romance
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

WORKDAYS = read_site(DEMO_SITE).workdays
Import = Callable[..., MeetingImportReport]
LINE = "ORGANIZER;CN=Line:mailto:line@solbjerg.example"
WHO = f"{LINE}\nATTENDEE;PARTSTAT=ACCEPTED:MAILTO:Anna@solbjerg.example"


@pytest.fixture(autouse=True)
def mails(database: Database, people: People) -> None:
    with database.writing() as session:
        for slug in ("anna", "bent", "line", "jonas"):
            mail = update(Person).where(col(Person.id) == getattr(people, slug).id)
            session.exec(mail.values(email=f"{slug}@solbjerg.example"))


@pytest.fixture
def taken_in(database: Database) -> Import:
    return lambda *entries: import_meetings(database, file(*entries), now=NOW, workdays=WORKDAYS)


@pytest.fixture
def refused(database: Database) -> Callable[..., list[str]]:
    """Import what can't be taken; nothing must have changed. Return what is said."""

    def go(*entries: str) -> list[str]:
        with database.reading() as session:
            before = len(session.exec(select(Occupancy)).all()), len(session.exec(select(Meeting)).all())
        with pytest.raises(MeetingsRefused) as bad:
            import_meetings(database, file(*entries), now=NOW, workdays=WORKDAYS)
        with database.reading() as session:
            after = len(session.exec(select(Occupancy)).all()), len(session.exec(select(Meeting)).all())
        assert before == after
        return [str(one) for one in bad.value.problems]

    return go


def meeting(start: str = "20260305T100000", end: str = "", more: str = WHO, uid: str = "one") -> str:
    times = romance(start, end or f"{start[:9]}{int(start[9:11]) + 1:02}0000")
    return entry(f"{times}SUMMARY:Samtale om din bolig\n{more}", uid)


def test_an_entry_becomes_a_meeting_of_those_it_names(
    taken_in: Import, session: Session, people: People, database: Database
) -> None:
    with database.writing() as writing:
        home = writing.get_one(Person, people.anna.id).municipality_id
        hall = Place(municipality_id=home, name="Rådhuset", address="Torvet 1")
        room = CalendarSubject(id=uuid4(), kind=SubjectKind.ROOM, name="Lokale 2")
        writing.add_all([hall, room])
    more = (
        f"{WHO}\nATTENDEE;ROLE=OPT-PARTICIPANT:mailto:jonas@solbjerg.example\nLOCATION:Rådhuset\n"
        "ATTENDEE;CUTYPE=ROOM;CN=Lokale 2:mailto:lokale2@solbjerg.example\n"
        "DESCRIPTION:Internt: husk sagen\nX-ENPLAN-WHY:I finder en bolig.\nX-ENPLAN-BRING:Brevet"
    )
    assert taken_in(meeting(more=more)).sentences() == ["Nye møder: 1."]
    one = session.exec(select(Meeting)).one()
    assert (one.citizen_id, one.organiser_id, one.state) == (people.anna.id, people.line.id, "agreed")
    assert (one.purpose, one.why, one.bring) == ("Samtale om din bolig", "I finder en bolig.", "Brevet")
    assert (one.wall_start, one.channel, one.place_id) == ("2026-03-05T10:00", Channel.IN_PERSON, hall.id)
    roles = {row.subject_id: row.role for row in session.exec(select(Participant))}
    assert roles[people.jonas.id] == "optional"
    assert {people.line.id, room.id} <= set(roles)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ("agreed", "phone")),
        ("LOCATION:https://video.example.dk/1", ("agreed", "video")),
        ("X-ENPLAN-CHANNEL:home", ("agreed", "home")),
        ("X-ENPLAN-DUTY:TRUE", ("agreed", "phone")),
    ],
    ids=["a call", "video", "home", "a duty"],
)
def test_what_is_said_of_the_way_is_kept(
    more: str, expected: tuple[str, str], taken_in: Import, session: Session
) -> None:
    taken_in(meeting(more=f"{WHO}\n{more}"))
    one = session.exec(select(Meeting)).one()
    assert (one.state, one.channel) == expected
    said = more.removeprefix("LOCATION:")
    assert (one.link, one.place) == ((said, None) if said.startswith("https") else (None, None))


def test_without_a_yes_it_is_a_proposal(taken_in: Import, session: Session, people: People) -> None:
    asked = f"{LINE}\nX-ENPLAN-CITIZEN:{people.anna.id}"
    taken_in(meeting(more=asked))
    assert session.exec(select(Meeting.state)).one() == "proposed"


def test_the_same_file_twice_changes_nothing(taken_in: Import, session: Session) -> None:
    assert taken_in(meeting()).placed == 1
    again = taken_in(meeting())
    assert (again.placed, again.known) == (0, 1)
    assert len(session.exec(select(Meeting)).all()) == 1


def test_one_that_repeats_gives_a_meeting_each_time(
    taken_in: Import, session: Session, refused: Callable[..., list[str]]
) -> None:
    fortnightly = "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"
    (said,) = refused(meeting(more=f"{WHO}\n{fortnightly}"))
    assert "den 2. april 2026" in said
    assert "skærtorsdag" in said
    assert taken_in(meeting("20260310T100000", more=f"{WHO}\n{fortnightly}")).placed == 3
    starts = sorted(session.exec(select(Meeting.wall_start)))
    assert starts == ["2026-03-10T10:00", "2026-03-24T10:00", "2026-04-07T10:00"]


def test_what_is_cancelled_or_over_is_left_out_and_counted(taken_in: Import) -> None:
    report = taken_in(
        meeting(),
        meeting("20260226T100000", uid="over"),
        meeting("20200226T100000", uid="long over"),
        meeting("20260306T100000", more=f"{WHO}\nSTATUS:CANCELLED", uid="off"),
    )
    assert (report.placed, report.past, report.cancelled) == (1, 2, 1)


def test_of_two_with_one_name_none_is_lost(refused: Callable[..., list[str]]) -> None:
    (said,) = refused(meeting(), meeting("20260306T100000"), meeting("20260309T100000", uid="fine"))
    assert said == "Møde 2 (linje 13): Et møde før det i filen har samme UID."


def test_everybody_and_everything_is_locked_before_the_first_is_booked(
    taken_in: Import, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else two imports that name the same rooms in another order would wait for each other."""
    room = CalendarSubject(id=uuid4(), kind=SubjectKind.ROOM, name="Lokale 2")
    with database.writing() as writing:
        writing.add(room)
    locked: list[set[UUID]] = []

    def lock_and_tell(session: Session, ids: Collection[UUID]) -> None:
        known = select(CalendarSubject.id).where(col(CalendarSubject.id).in_(ids))
        locked.append(set(session.exec(known)))
        lock_subjects(session, ids)

    monkeypatch.setattr(import_service, "lock_subjects", lock_and_tell)
    more = (
        f"{WHO}\nATTENDEE;ROLE=OPT-PARTICIPANT:mailto:jonas@solbjerg.example\n"
        "ATTENDEE;CUTYPE=ROOM;CN=Lokale 2:mailto:lokale2@solbjerg.example"
    )
    assert taken_in(meeting(), meeting("20260309T100000", uid="two", more=more)).placed == 2
    with database.reading() as reading:
        assert locked == [set(reading.exec(select(Participant.subject_id)))]


def test_every_clash_is_reported_and_nothing_is_squeezed_in(
    refused: Callable[..., list[str]], booked: Booked
) -> None:
    booked("2026-03-09 10:00", 60, "line", citizen="bent", duty=True)
    said = refused(
        meeting(uid="fine"),
        meeting("20260305T103000", "20260305T113000", uid="against the first"),
        meeting("20260309T100000", uid="against Bent's"),
        meeting("20260310T100000", uid="fine too"),
    )
    assert [one.partition("): ")[::2] for one in said] == [
        ("Møde 2 (linje 13, den 5. marts 2026 kl. 10.30–11.30", TAKEN),
        ("Møde 3 (linje 22, den 9. marts 2026 kl. 10.00–11.00", TAKEN),
    ]
    assert not any("Bent" in one or "bolig" in one for one in said)


def test_each_bad_entry_is_named_and_no_word_of_it_is_repeated(
    refused: Callable[..., list[str]], people: People
) -> None:
    said = refused(
        meeting(uid="fine"),
        entry(f"DTSTART;VALUE=DATE:20260305\nSUMMARY:Hemmelig\n{WHO}", "all day"),
        meeting(more=LINE, uid="whose"),
        meeting(more=f"{LINE}\nX-ENPLAN-CITIZEN:{uuid4()}", uid="nobody"),
        meeting(more=f"{LINE}\nX-ENPLAN-CITIZEN:{people.jonas.id}", uid="no citizen"),
        meeting(more=f"X-ENPLAN-CITIZEN:{people.anna.id}", uid="alone"),
        meeting(more=f"{WHO}\nATTENDEE:mailto:ukendt@andet.example", uid="a stranger"),
        meeting(more=f"{WHO}\nX-ENPLAN-CHANNEL:brev", uid="a letter"),
        meeting(more=WHO, uid="no words").replace("SUMMARY:Samtale om din bolig\n", ""),
        meeting(more=f"{WHO}\nLOCATION:{'x' * 201}", uid="long"),
        meeting(more=f"{WHO}\nATTENDEE;CUTYPE=ROOM;CN=Intet:mailto:x@y.example", uid="room"),
        meeting(more=f"{WHO}\nRRULE:FREQ=DAILY", uid="for ever"),
        entry(f"DTSTART;TZID=Ingen:20260305T100000\nDURATION:PT1H\nSUMMARY:x\n{WHO}", "zone"),
    )
    assert sorted({int(re.findall(r"\d+", one)[0]) for one in said}) == list(range(2, 14))
    assert not any("Hemmelig" in one or "ukendt" in one or "bolig" in one for one in said)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("20260403T100000", "20260403T110000", "langfredag"),
        ("20260305T100000", "20260306T100000", "12 timer"),
        ("20260305T100030", "20260305T110000", "hele minutter"),
    ],
    ids=["a holiday", "too long", "seconds"],
)
def test_what_nobody_could_have_is_refused_as_everywhere(
    start: str, end: str, words: str, refused: Callable[..., list[str]]
) -> None:
    (said,) = refused(meeting(start, end))
    assert words in said


def test_a_closing_day_is_taken_and_said(taken_in: Import) -> None:
    day = min(one for one in WORKDAYS.closing_days if one > NOW.date())
    report = taken_in(meeting(f"{day:%Y%m%d}T100000"))
    assert report.placed == 1
    assert "lukkedag" in report.sentences()[-1]


def test_a_file_that_is_none_is_refused_in_one_sentence(database: Database) -> None:
    with pytest.raises(MeetingsRefused) as bad:
        import_meetings(database, b"x", now=NOW, workdays=WORKDAYS)
    (said,) = bad.value.problems
    assert str(said) == "Filen er ikke en kalender. Gem den som .ics, og prøv igen."
