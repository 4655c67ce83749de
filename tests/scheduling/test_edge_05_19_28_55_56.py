"""Edge cases 5, 19, 20, 22, 24, 28, 55 and 56: what is offered, and wishes that meet meetings."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from app.availability.models import BusySource, BusyTime, CalendarLimits, CalendarWish
from app.availability.queries import list_conflicting_meetings
from app.availability.rules import PartOfDay, TimeRule, WishKind
from app.availability.service import add_wish, change_limits
from app.booking.book import book_meeting
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import CalendarSubject, Meeting, Place, Travel
from app.meetings.rules import Channel, Clash, SubjectKind
from app.scheduling.rules import SearchRequest, TimeOffer
from app.scheduling.service import best_alternatives, find_blockers, find_times
from app.scheduling.texts import reasons_text, uncertain_text
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS, at, can_take_much, request_for
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

ALL_DAY = TimeRule()


def search_request(people: People, first: str, last: str, **more: object) -> SearchRequest:
    """Return what is asked: an hour by phone with Line, on the days named, without regard to notice."""
    made = {
        "citizen_id": people.anna.id,
        "with_ids": (people.line.id,),
        "minutes": 60,
        "from_": at(f"{first} 00:00"),
        "to": at(f"{last} 23:45"),
        "channel": Channel.PHONE,
        "notice": False,
    }
    return SearchRequest(**(made | more))  # type: ignore[arg-type]


def found(database: Database, asked: SearchRequest, now: datetime = NOW) -> list[TimeOffer]:
    with database.reading() as session:
        return find_times(session, asked, now=now, workdays=WORKDAYS)


def starts(offers: list[TimeOffer]) -> list[datetime]:
    return sorted(one.slot.start for one in offers)


def wished(database: Database, who: UUID, rule: TimeRule, *, hard: bool = True) -> None:
    with database.writing() as session:
        add_wish(session, who, rule, WishKind.OTHER, hard=hard, now=NOW)


@pytest.fixture
def places(database: Database) -> tuple[UUID, UUID]:
    """The town hall and the health house, with 20 minutes between them."""
    town_hall, health_house = uuid4(), uuid4()
    with database.writing() as session:
        home = session.exec(select(Person.municipality_id)).first()
        assert home is not None
        for id_, name in ((town_hall, "Rådhuset"), (health_house, "Sundhedshuset")):
            session.add(Place(id=id_, municipality_id=home, name=name, address="Torvet 1"))
        session.flush()
        session.add(Travel(from_id=town_hall, to_id=health_house, minutes=20))
    return town_hall, health_house


def test_case_05_the_first_offer_leaves_time_for_the_way(
    database: Database, people: People, booked: Booked, places: tuple[UUID, UUID]
) -> None:
    can_take_much(database)
    booked("2026-03-05 10:00", place_id=places[0])
    there = {"channel": Channel.IN_PERSON, "place_id": places[1], "with_ids": (people.jonas.id,)}
    offered = starts(found(database, search_request(people, "2026-03-05", "2026-03-05", **there)))
    assert offered[0] == at("2026-03-05 11:30")  # not 09.00: then 10.00 at the town hall can't be reached
    refused = request_for("2026-03-05 11:00", 60, "jonas", place_id=places[1])
    with pytest.raises(Clash) as caught:
        book_meeting(database, refused, now=NOW, workdays=WORKDAYS)
    assert caught.value.alternatives[0].start == at("2026-03-05 11:30")


@pytest.mark.parametrize("longer", ["there", "back"])
def test_a_way_that_is_known_twice_is_the_longer_to_who_offers_and_to_who_books(
    database: Database, people: People, booked: Booked, places: tuple[UUID, UUID], longer: str
) -> None:
    town_hall, health_house = places
    with database.writing() as session:
        session.get_one(Travel, places).minutes = 90 if longer == "there" else 20
        back = 20 if longer == "there" else 90
        session.add(Travel(from_id=health_house, to_id=town_hall, minutes=back))
    can_take_much(database)
    booked("2026-03-05 09:30", place_id=town_hall)
    there = {"channel": Channel.IN_PERSON, "place_id": health_house, "with_ids": (people.jonas.id,)}
    offered = starts(found(database, search_request(people, "2026-03-05", "2026-03-05", **there)))
    assert offered[0] == at("2026-03-05 12:00")
    booked("2026-03-05 12:00", 60, "jonas", place_id=health_house)


def test_case_19_kan_ikke_over_a_meeting_is_saved_and_asks(
    database: Database, browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-05 10:00", said_yes=True)
    client = browser_of(people.anna)
    client.post("/kalender/oensker/ny", data={"dag": "3", "tid": "foer-12", "hard": "nej"})
    assert "Du har et møde der" not in client.get("/kalender/oensker").text
    saved = client.post("/kalender/oensker/ny", data={"dag": "3", "tid": "foer-12", "hard": "ja"})
    page = client.get(saved.location).text
    assert "Du har et møde på den tid. Skal vi finde en anden tid?" in page
    assert f'href="/kalender/{meeting}"' in page
    assert "Se mødet torsdag den 5. marts 2026 kl. 10.00" in page
    assert session.get_one(Meeting, meeting).state is MeetingState.AGREED


def test_case_20_two_wishes_may_overlap(database: Database, people: People, session: Session) -> None:
    wished(database, people.anna.id, TimeRule(weekday=1, from_time=time(8), until_time=time(12)))
    wished(database, people.anna.id, TimeRule(weekday=1, from_time=time(10), until_time=time(14)))
    offered = starts(found(database, search_request(people, "2026-03-03", "2026-03-03")))
    assert offered == [at("2026-03-03 14:00")]
    assert len(session.exec(select(CalendarWish)).all()) == 2


def test_case_22_a_fourth_is_not_offered_and_is_booked_when_the_citizen_says_yes(
    database: Database, people: People, booked: Booked
) -> None:
    for day in (3, 4, 5):
        booked(f"2026-03-0{day} 10:00", said_yes=True)
    week = search_request(people, "2026-03-03", "2026-03-06")
    assert found(database, week) == []
    with database.reading() as session:
        blocking = find_blockers(session, week, now=NOW, workdays=WORKDAYS)
    assert any(one.words.startswith("Spørg Anna, om der er plads til et møde mere: ") for one in blocking)
    with pytest.raises(Clash):
        booked("2026-03-06 10:00")
    assert booked("2026-03-06 10:00", said_yes=True)


def test_case_24_a_quarter_past_midnight_is_on_the_local_day(
    database: Database, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-05 00:15", 30, said_yes=True)  # in UTC it is still the fourth
    with database.writing() as session:
        change_limits(session, people.anna.id, {"per_day": 1}, now=NOW)
        rule = TimeRule(starts_on=date(2026, 3, 5), ends_on=date(2026, 3, 5))
        said = add_wish(session, people.anna.id, rule, WishKind.OTHER, hard=True, now=NOW)
        under = list_conflicting_meetings(session, people.anna.id, [said], now=NOW)
        assert [one.id for one in under[said.id]] == [meeting]
    days = {
        one.slot.start.date() for one in found(database, search_request(people, "2026-03-04", "2026-03-06"))
    }
    assert days == {date(2026, 3, 4), date(2026, 3, 6)}


def test_case_28_the_24th_of_december_is_not_offered(database: Database, people: People) -> None:
    days = {
        one.slot.start.date()
        for one in found(database, search_request(people, "2026-12-21", "2026-12-31"), at("2026-12-18 10:00"))
    }
    assert days == {date(2026, 12, day) for day in (21, 22, 23, 28, 29, 30)}


def test_case_55_with_the_only_interpreter_busy_nothing_is_offered(
    database: Database, people: People, booked: Booked
) -> None:
    with database.writing() as session:
        interpreter = CalendarSubject(id=uuid4(), kind=SubjectKind.INTERPRETER, language="ar", name="Tolken")
        session.add(interpreter)
        only = interpreter.id
    booked("2026-03-05 09:00", 360, "jonas", interpreter_id=only)
    for named in (None, only):
        karims = search_request(
            people, "2026-03-05", "2026-03-06", citizen_id=people.karim.id, interpreter_id=named
        )
        offers = found(database, karims)
        assert {one.slot.start.date() for one in offers} == {date(2026, 3, 6)}
        assert {one.interpreter_id for one in offers} == {only if named is None else None}
    assert "Der skal tolk med" not in " ".join(map(uncertain_text, offers[0].warnings))


def test_an_interpreter_we_know_nothing_of_is_told_to_staff(database: Database, people: People) -> None:
    offers = found(database, search_request(people, "2026-03-05", "2026-03-05", citizen_id=people.karim.id))
    assert "Der skal tolk med. Vi kender ikke tolkens kalender." in map(uncertain_text, offers[0].warnings)


def test_case_56_without_a_calendar_one_is_offered_and_staff_are_told(
    database: Database, people: People
) -> None:
    day = search_request(people, "2026-03-05", "2026-03-05")
    assert [uncertain_text(one) for one in found(database, day)[0].warnings] == [
        "Line: Vi kender ikke kalenderen."
    ]
    with database.writing() as session:
        source = BusySource(
            person_id=people.line.id, url="https://example.org/a", added_at=NOW, fetched_at=NOW
        )
        session.add(source)
        session.flush()
        session.add_all(
            BusyTime(
                source_id=source.id,
                person_id=people.line.id,
                starts_at=at(f"2026-03-05 {first}"),
                ends_at=at(f"2026-03-05 {last}"),
                tentative=tentative,
            )
            for first, last, tentative in (("08:00", "11:00", False), ("12:00", "15:00", True))
        )
    offers = found(database, day)
    assert [one.slot.start for one in offers] == [at("2026-03-05 11:00")]
    assert offers[0].warnings == ()
    book_meeting(
        database, request_for("2026-03-05 09:00"), now=NOW, workdays=WORKDAYS
    )  # it advises, and refuses nothing
    later = found(database, search_request(people, "2026-03-05", "2026-03-05"), NOW + timedelta(hours=7))
    assert uncertain_text(later[0].warnings[0]).startswith("Line: kalenderen er ikke opdateret siden mandag")


def test_three_different_times_each_say_why_and_staff_read_no_wish(
    database: Database, people: People
) -> None:
    with database.writing() as session:
        change_limits(session, people.anna.id, {"part_of_day": PartOfDay.AFTERNOON}, now=NOW)
        add_wish(session, people.anna.id, TimeRule(weekday=3), WishKind.ENERGY, hard=False, now=NOW)
    offers = found(database, search_request(people, "2026-03-05", "2026-03-20"))
    three = best_alternatives(offers)
    assert [one.slot.start for one in three] == [
        at("2026-03-06 13:00"),
        at("2026-03-09 13:00"),
        at("2026-03-06 09:00"),
    ]
    assert reasons_text(three[0], for_staff=False) == (
        "Om eftermiddagen, som du helst vil, og en dag uden andre møder."
    )
    assert reasons_text(three[0], for_staff=True) == "En dag uden andre møder, og ikke dagen efter et møde."
    assert {one.slot.start.weekday() for one in offers[-20:]} == {3}  # rather not comes last, and is there


def test_a_notice_and_a_moved_meeting_are_thought_of(
    database: Database, people: People, booked: Booked
) -> None:
    with_notice = found(database, search_request(people, "2026-03-03", "2026-03-10", notice=True))
    assert starts(with_notice)[0] == at("2026-03-05 09:00")
    meeting = booked("2026-03-05 10:00", said_yes=True, channel=Channel.PHONE)
    day = ("2026-03-05", "2026-03-05")
    assert at("2026-03-05 10:30") not in starts(found(database, search_request(people, *day)))
    assert at("2026-03-05 10:30") in starts(found(database, search_request(people, *day, instead_of=meeting)))


def test_what_a_forgotten_proposal_held_is_free(database: Database, people: People, booked: Booked) -> None:
    meeting = booked("2026-03-12 10:00", 60, channel=Channel.PHONE)
    day = search_request(people, "2026-03-12", "2026-03-12")
    assert at("2026-03-12 10:00") not in starts(found(database, day))
    with database.writing() as session:
        expires = session.get_one(Meeting, meeting).expires_at
    assert expires is not None
    assert at("2026-03-12 10:00") in starts(found(database, day, expires.astimezone(UTC)))


def test_the_blockers_name_who_and_how_many(database: Database, people: People, booked: Booked) -> None:
    can_take_much(database)
    booked("2026-03-05 09:00", 360, "jonas", citizen="karim", said_yes=True, channel=Channel.PHONE)
    both = search_request(people, "2026-03-05", "2026-03-05", with_ids=(people.line.id, people.jonas.id))
    with database.reading() as session:
        words = [one.words for one in find_blockers(session, both, now=NOW, workdays=WORKDAYS)]
    assert "Uden Jonas: 21 tider" in words
    assert not any(one.startswith("Uden Line") for one in words)
    can_take = CalendarLimits(citizen_id=people.anna.id, per_day=1, per_week=1, notice_days=0, updated_at=NOW)
    with database.writing() as session:
        session.merge(can_take)
    wished(database, people.anna.id, ALL_DAY)
    with database.reading() as session:
        assert find_blockers(session, both, now=NOW, workdays=WORKDAYS) == []
