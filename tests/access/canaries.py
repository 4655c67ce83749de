"""Meetings with a word of their own in every cell of free text, and what each reader is shown of them.

A word says which meeting and which cell it is of: "Kanariethea-why". Everything that can be read is read as
somebody, and the words in it are what that person sees.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.routing import Rule

from app.access.policy import Subject, SubjectReader, Tie
from app.availability.models import CalendarLimits
from app.availability.rules import TimeRule, WishKind
from app.availability.service import add_wish
from app.booking.cancel import cancel_meeting
from app.calendar_sync.feed import make_feed
from app.demo.cast import person_id
from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.meetings.models import Meeting
from app.minutes.rules import AgreementKind, AgreementLine, MinutesInput
from app.minutes.service import add_own_words, save_minutes
from app.reminders.service import add_reminder
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS, can_take_much
from tests.cast import NOW, People
from tests.conftest import Browser

WORD = re.compile(r"Kanarie([a-z]+)-([a-z]+)")
PEOPLE = People()
TELLS = ("title", "why", "place", "way", "bring", "companion", "people")
Seen = set[tuple[str, str]]  # which meeting, which cell
REMINDERS = {"line", "jonas"}  # who has something to remember about Anna: the cell is "husk"


@dataclass(frozen=True, slots=True)
class Planted:
    """A meeting of Anna's: who is in it besides her, and the cells that who may see it reads."""

    id: UUID
    who: frozenset[str]  # who is in it or called it: slugs
    cells: frozenset[str]


def word(name: str, cell: str) -> str:
    return f"Kanarie{name}-{cell}"


def plant(database: Database, booked: Booked) -> dict[str, Planted]:
    """Lay five meetings that those of Anna's team are in, or called, and one that has been."""
    can_take_much(database)
    made = {
        "line": _booked(database, booked, "line", "2026-03-04 09:00", "line", said_yes=True),
        "jonas": _booked(database, booked, "jonas", "2026-03-05 09:00", "jonas"),
        "thea": _booked(database, booked, "thea", "2026-03-06 09:00", "thea", said_yes=True),
        "called": _booked(
            database, booked, "called", "2026-03-09 09:00", "thea", organiser_id=person_id("jonas")
        ),
        "held": _booked(database, booked, "held", "2026-03-02 10:00", "thea", said_yes=True),
        "off": _booked(database, booked, "off", "2026-03-10 09:00", "ali", said_yes=True),
    }
    who = {name: {name} for name in ("line", "jonas", "thea")}
    who |= {"called": {"thea", "jonas"}, "held": {"thea"}, "off": {"ali"}}
    cells = {name: set(TELLS) for name in made}
    cells["held"] = {*TELLS, "minutes", "agreed", "own"}
    cells["off"] = {"title", "people", "reason"}  # nobody goes there: its page says no more
    _write_minutes(database, made["held"])
    with database.writing() as session:
        for slug in REMINDERS:
            by = person_id(slug)
            add_reminder(session, PEOPLE.anna.id, word(slug, "husk"), date(2026, 3, 2), by=by, now=NOW)
    _cancel(database, made["off"])
    with database.writing() as session:
        rule = TimeRule(starts_on=date(2026, 3, 20), ends_on=date(2026, 3, 20))
        add_wish(session, PEOPLE.anna.id, rule, WishKind.OTHER, hard=True, now=NOW)
        session.get_one(CalendarLimits, PEOPLE.anna.id).companion = word("wish", "companion")
    return {
        name: Planted(meeting, frozenset(who[name]), frozenset(cells[name])) for name, meeting in made.items()
    }


def _booked(database: Database, booked: Booked, name: str, starts: str, *people: str, **more: Any) -> UUID:
    """Book it with somebody whom nobody else knows, whose name is the word for who is in it."""
    other = Person(
        municipality_id=_municipality(database),
        name=word(name, "people"),
        sort_key=name,
        created_at=NOW,
    )
    with database.writing() as session:
        session.add(other)
        session.flush()
        other_id = other.id
        session.add(PersonRole(person_id=other_id, role=Role.PROFESSIONAL, starts_at=NOW - timedelta(days=9)))
    told = {
        "purpose": word(name, "title"),
        "why": word(name, "why"),
        "place": word(name, "place"),
        "directions": word(name, "way"),
        "bring": word(name, "bring"),
        "companion": word(name, "companion"),
    }
    with_ids = (*map(person_id, people), other_id)
    return booked(starts, 30, with_ids=with_ids, **(told | more))


def _municipality(database: Database) -> UUID:
    with database.reading() as session:
        return session.get_one(Person, PEOPLE.line.id).municipality_id


def _write_minutes(database: Database, meeting: UUID) -> None:
    thea = SubjectReader(
        PEOPLE.thea.id, Subject(PEOPLE.anna.id, frozenset({Tie.PROFESSIONAL}), team_ids=frozenset())
    )
    line = AgreementLine(AgreementKind.STEP, word("held", "agreed"), PEOPLE.anna.id, date(2026, 3, 9))
    written = MinutesInput(word("held", "minutes"), (line,), 0)
    with database.writing() as session:
        save_minutes(session, PEOPLE.anna.id, meeting, written, share=True, by=thea, now=NOW)
        add_own_words(session, PEOPLE.anna.id, meeting, word("held", "own"), seen=None, now=NOW)


def _cancel(database: Database, meeting: UUID) -> None:
    with database.writing() as session:
        seen, reason = session.get_one(Meeting, meeting).sequence, word("off", "reason")
        by, now = PEOPLE.ali.id, NOW
        cancel_meeting(session, meeting, sequence=seen, by=by, now=now, workdays=WORKDAYS, reason=reason)


class Crawl:
    """One reader who opens everything there is of Anna, and of each of her meetings."""

    def __init__(self, app: Flask, database: Database, browser_of: Browser, slug: str) -> None:
        self.app, self.database, self.own = app, database, slug == "anna"
        self.who = getattr(PEOPLE, slug)
        self.browser = browser_of(self.who)

    def read(self, meetings: Iterable[UUID]) -> Seen:
        """Return the words on everything that the reader can open."""
        found: Seen = set()
        for text in self.texts(meetings):
            found |= words(text)
        return found

    def texts(self, meetings: Iterable[UUID]) -> Iterator[str]:
        """Yield everything that the reader can open."""
        for address in (*self._addresses(list(meetings)), self._feed()):
            yield self.browser.get(address, follow_redirects=True).text
        for sent in () if self.own else self._proposals():
            yield self.browser.post(f"{PEOPLE.anna.url}/kalender/nyt", data=sent).text

    def _proposals(self) -> Iterator[dict[str, Any]]:
        """Yield the steps of a proposal: times that suit all, one that is taken, a fault, a series."""
        need = {"needed": str(self.who.id), "minutes": "45", "within": "14", "channel": "phone", "every": "0"}
        need |= {"purpose": "Praktik", "why": "Vi vælger en dag.", "duty": "nej", "key": str(uuid4())}
        yield need | {"trin": "tider"}
        yield need | {"trin": "send", "tid": "2026-03-06T09:00:00+01:00"}
        yield need | {"trin": "tider", "why": ""}
        yield need | {"trin": "serie", "every": "1", "times": "2", "tid": "2026-03-06T09:00:00+01:00"}

    def _feed(self) -> str:
        with self.database.writing() as session:
            secret = make_feed(session, self.who.id, "telefon", detailed=True, now=NOW)
        return f"/ics/{secret}.ics"

    def _addresses(self, meetings: list[UUID]) -> set[str]:
        rules = [one for one in self.app.url_map.iter_rules() if "GET" in (one.methods or ())]
        found = {address for rule in rules for address in self._of_rule(rule, meetings)}
        base = "" if self.own else PEOPLE.anna.url
        found |= set() if self.own else {"/dag", "/borgere", "/godkend"}
        days = [f"2026-03-{day:02}" for day in (2, 4, 5, 6, 9, 10)]
        found |= {f"{base}/kalender/uge?dato={day}" for day in days}
        found |= {f"{base}/kalender/dag?dato={day}" for day in days}
        found |= {f"{base}/kalender/nyt?som={one}" for one in meetings}
        return {one for one in found if "/log-af" not in one and not one.startswith(("/demo", "/static"))}

    def _of_rule(self, rule: Rule, meetings: list[UUID]) -> Iterable[str]:
        asks = set(rule.arguments) - set(rule.defaults or {})
        if self.own is ("citizen_id" in asks):
            return
        values: dict[str, Any] = {name: uuid4() if name.endswith("_id") else "x" for name in asks}
        if "citizen_id" in asks:
            values["citizen_id"] = PEOPLE.anna.id
        for meeting in meetings if "meeting_id" in asks else meetings[:1]:
            built = rule.build(values | ({"meeting_id": meeting} if "meeting_id" in asks else {}))
            if built:
                yield str(built[1])


def words(text: str) -> Seen:
    return {(name, cell) for name, cell in WORD.findall(text)}
