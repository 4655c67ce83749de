"""Files of meetings as the world writes them: what a message is, what comes again, words as typed ones."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlmodel import Session, col, select, update

from app.calendar_sync.import_service import MeetingImportReport, MeetingsRefused, import_meetings
from app.config import DEMO_SITE, read_site
from app.dates.local_time import danish_day
from app.identity.models import Person
from app.meetings.models import Meeting, Occupancy, Participant, Place
from app.notifications.models import Notice
from app.store.db import Database
from tests.calendar_sync.files import entry, file, romance
from tests.calendar_sync.world import alarm, whole
from tests.cast import NOW, People

WORKDAYS = read_site(DEMO_SITE).workdays
LINE = "ORGANIZER;CN=Line:mailto:line@solbjerg.example"
ANNA = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@solbjerg.example"
WHO = f"{LINE}\n{ANNA}\nSUMMARY:Samtale om bolig"
THURSDAY = romance("20260305T100000", "20260305T110000")
FRIDAY = romance("20260306T100000", "20260306T110000")
Import = Callable[[bytes], MeetingImportReport]


@pytest.fixture(autouse=True)
def mails(database: Database, people: People) -> None:
    with database.writing() as session:
        for slug in ("anna", "line", "jonas"):
            mail = update(Person).where(col(Person.id) == getattr(people, slug).id)
            session.exec(mail.values(email=f"{slug}@solbjerg.example"))


@pytest.fixture
def taken_in(database: Database) -> Import:
    return lambda raw: import_meetings(database, raw, now=NOW, workdays=WORKDAYS)


def refused(taken_in: Import, raw: bytes) -> list[str]:
    with pytest.raises(MeetingsRefused) as bad:
        taken_in(raw)
    return [str(one) for one in bad.value.problems]


def states(session: Session) -> list[str]:
    session.rollback()
    return [str(one) for one in session.exec(select(Meeting.state).order_by(col(Meeting.starts_at)))]


def test_what_is_not_used_refuses_nothing(taken_in: Import) -> None:
    odd = f"{THURSDAY}{WHO}\nSEQUENCE:\n{alarm('TRIGGER:et kvarter')}"
    assert taken_in(file(entry(odd, "a"), entry(f"{FRIDAY}{WHO}", "b"))).placed == 2


def test_what_can_not_be_read_is_named_by_number_and_line(taken_in: Import) -> None:
    short = f"DTSTART;TZID=Europe/Copenhagen:20260305T100000\nDURATION:-PT1H\n{WHO}"
    assert refused(taken_in, file(entry(f"{FRIDAY}{WHO}", "a"), entry(short, "b"))) == [
        "Møde 2 (linje 13): Det slutter, før det begynder."
    ]
    over = short.replace("20260305", "20250305")
    assert taken_in(file(entry(f"{FRIDAY}{WHO}", "a"), entry(over, "b"))).placed == 1


@pytest.mark.parametrize("method", ["CANCEL", "REPLY", "COUNTER", "REFRESH"])
def test_only_an_invitation_is_booked(method: str, taken_in: Import, session: Session) -> None:
    report = taken_in(whole(f"METHOD:{method}", entry(f"{THURSDAY}{WHO}")))
    assert (report.placed, report.cancelled + report.answers) == (0, 1)
    assert len(report.sentences()) == 2
    assert states(session) == []


def test_a_no_is_a_no_and_what_is_foreseen_is_a_proposal(
    taken_in: Import, session: Session, people: People
) -> None:
    no = f"{THURSDAY}{WHO}".replace("ACCEPTED", "DECLINED")
    assert taken_in(whole("METHOD:REQUEST", entry(no))).sentences() == [
        "Nye møder: 0.", "Har borgeren sagt nej til, og er ikke hentet: 1."
    ]  # fmt: skip
    jonas = "ATTENDEE;PARTSTAT=DECLINED:mailto:jonas@solbjerg.example"
    perhaps = f"{FRIDAY}{WHO}\n{jonas}\nSTATUS:TENTATIVE\nX-ENPLAN-DUTY:TRUE"
    said = taken_in(file(entry(perhaps, "b"))).sentences()
    assert said[0] == "Nye møder: 1."
    assert [one.partition("): ")[2] for one in said[1:]] == [
        "Det er kun foreløbigt i filen. Borgeren bliver spurgt.",
        "En, der er indbudt, har sagt nej og er ikke med.",
    ]
    assert states(session) == ["proposed"]
    assert people.jonas.id not in set(session.exec(select(Participant.subject_id)))


@pytest.mark.both_databases
@pytest.mark.parametrize("off", ["STATUS:CANCELLED", "SUMMARY:Aflyst: Samtale om bolig"])
def test_a_meeting_called_off_in_a_later_file_is_cancelled_here(
    off: str, taken_in: Import, session: Session, people: People
) -> None:
    kept = entry(f"{FRIDAY}{WHO}", "kept")
    taken_in(file(entry(f"{THURSDAY}{WHO}"), kept))
    gone = f"{THURSDAY}SEQUENCE:1\n{off}\n{WHO}"
    report = taken_in(file(entry(gone), kept))
    assert report.sentences() == ["Nye møder: 0.", "Var her i forvejen: 1.", "Var her og er aflyst nu: 1."]
    assert states(session) == ["cancelled", "agreed"]
    taken = {danish_day(one) for one in session.exec(select(Occupancy.starts_at))}
    assert taken == {date(2026, 3, 6)}
    assert "meeting_cancelled" in set(
        session.exec(select(Notice.kind).where(Notice.person_id == people.anna.id))
    )
    again = taken_in(file(entry(gone), kept))
    assert (again.called_off, again.cancelled) == (0, 1)


def test_where_the_citizen_says_no_later_it_is_said_that_it_still_stands(
    taken_in: Import, session: Session
) -> None:
    taken_in(file(entry(f"{THURSDAY}{WHO}")))
    (_count, said) = taken_in(file(entry(f"{THURSDAY}{WHO}".replace("ACCEPTED", "DECLINED")))).sentences()
    assert said.endswith("Mødet står her endnu: tal med borgeren, og aflys det i appen.")
    assert states(session) == ["agreed"]


def test_a_single_that_becomes_a_series_is_known_and_back_again(taken_in: Import, session: Session) -> None:
    single, series = entry(f"{THURSDAY}{WHO}"), entry(f"{THURSDAY}{WHO}\nRRULE:FREQ=WEEKLY;COUNT=3")
    assert taken_in(file(single)).placed == 1
    report = taken_in(file(series))
    assert (report.placed, report.known) == (2, 1)
    assert (taken_in(file(series)).placed, taken_in(file(single)).placed) == (0, 0)
    assert states(session) == ["agreed"] * 3


def test_a_changed_time_of_a_series_is_known_by_day_too(taken_in: Import) -> None:
    series = entry(f"{THURSDAY}{WHO}\nRRULE:FREQ=WEEKLY;COUNT=2")
    assert taken_in(file(series)).placed == 2
    same = entry(f"RECURRENCE-ID;VALUE=DATE:20260312\n{THURSDAY.replace('0305', '0312')}{WHO}")
    assert taken_in(file(series, same)).known == 2


def test_words_come_as_typed_ones_do(taken_in: Import, session: Session) -> None:
    more = (
        f"{THURSDAY}{LINE}\n{ANNA}\nSUMMARY:  Bolig\\, penge\\; mad\\n\\u200b \x07om  alt\n"
        "X-ENPLAN-BRING:Pas\\, brev\\nog penge\nX-ENPLAN-WHY:Vi ser på A\\; B\\\\n"
    ).replace("\\u200b", "\u200d")
    taken_in(file(entry(more)))
    one = session.exec(select(Meeting)).one()
    assert one.purpose == "Bolig, penge; mad \u200d om alt"
    assert (one.bring, one.why) == ("Pas, brev\nog penge", "Vi ser på A; B\\n")


def test_letters_as_windows_writes_them_are_read_or_refused(taken_in: Import, session: Session) -> None:
    raw = file(entry(f"{THURSDAY}{LINE}\n{ANNA}\nSUMMARY:Møde på rådhuset – kl. 10"))
    taken_in(raw.decode().encode("cp1252"))
    assert session.exec(select(Meeting.purpose)).one() == "Møde på rådhuset – kl. 10"
    broken = raw.replace("Møde".encode(), b"M\x81de")
    assert refused(taken_in, broken) == ["Møde 1 (linje 4): Bogstaverne kan ikke læses. Gem filen som UTF-8."]


def test_counts_tell_the_truth(taken_in: Import) -> None:
    far = romance("20281229T100000", "20281229T110000")
    over = romance("20200305T100000", "20200305T110000")
    report = taken_in(
        file(entry(f"{far}{WHO}", "far"), entry(f"{over}{WHO}", "over"), entry(f"{over}{WHO}", "c"))
    )
    assert report.sentences() == [
        "Nye møder: 0.", "Er forbi og ikke hentet: 2.", "Er mere end to år ude i fremtiden og ikke hentet: 1."
    ]  # fmt: skip


@pytest.fixture
def hall(database: Database, people: People) -> UUID:
    with database.writing() as writing:
        home = writing.get_one(Person, people.anna.id).municipality_id
        made = Place(municipality_id=home, name="Rådhuset", address="Torvet 1")
        writing.add(made)
        return made.id


@pytest.mark.parametrize(
    "written", ["RÅDHUSET", "Raadhuset", "rådhuset\\, Torvet 1", " Ra\u030adhuset. ", "Rådhuset;"]
)
def test_a_place_is_one_place_however_it_is_spelled(
    written: str, taken_in: Import, session: Session, hall: UUID
) -> None:
    taken_in(file(entry(f"{THURSDAY}{WHO}\nLOCATION:{written}")))
    one = session.exec(select(Meeting)).one()
    assert (one.channel, one.place_id) == ("in_person", hall)


LINK = "https://teams.microsoft.com/l/meetup-join/19"


@pytest.mark.parametrize(
    ("said", "link"),
    [
        (f"LOCATION:Microsoft Teams-møde\nX-MICROSOFT-SKYPETEAMSMEETINGURL:{LINK}", LINK),
        (f"LOCATION:Google Meet: {LINK}", LINK),
        ("LOCATION:Zoom", None),
        ("LOCATION:Cisco Webex", None),
        (f"X-GOOGLE-CONFERENCE:{LINK}", LINK),
    ],
)
def test_what_is_on_a_screen_is_video(
    said: str, link: str | None, taken_in: Import, session: Session
) -> None:
    taken_in(file(entry(f"{THURSDAY}{WHO}\n{said}")))
    one = session.exec(select(Meeting)).one()
    assert (one.channel, one.link) == ("video", link)
