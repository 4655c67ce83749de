"""The page about the yes says what a no closes, and each sentence is true on the others' own pages."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from app.consent.rules import ActingScope, RepresentationKind
from app.demo.cast import add_acting, person_id
from app.messages.late_messages import mark_late_messages
from app.plan.consent_effects import withdraw_yes
from app.store.db import Database
from tests.access.canaries import Planted, plant, word
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.messages.thread import SECRET, asked

pytestmark = pytest.mark.both_databases

Text = Callable[[str, str], str]  # what somebody reads at an address under Anna's
Check = Callable[[Text, Planted], bool]
URL = People().anna.url
DAY = "/kalender/dag?dato=2026-03-20"


def closed(read: Text, *pages: str) -> bool:
    return all(read(who, page) == "403" for who in ("line", "jonas") for page in pages)


CLOSED: dict[str, Check] = {
    "Din plan: dine drømme, mål og skridt, og det, kommunen har lovet dig.": lambda read, _thea: closed(
        read, "/plan", "/plan/historie"
    ),
    "Dine svar på, hvordan det går.": lambda read, _thea: closed(read, "/fremgang"),
    "De møder, som de hverken er med i eller selv har foreslået. De ser kun, at tiden er optaget.": (
        lambda read, thea: (
            all(
                "Optaget" in read(who, "/kalender") and word("thea", "title") not in read(who, "/kalender")
                for who in ("line", "jonas")
            )
            and read("line", f"/kalender/{thea.id}") == "404"
        )
    ),
    "Det, du har skrevet under »Det passer mig«. Vi bruger det stadig, når vi finder tider.": (
        lambda read, _thea: (
            "Kan ikke" not in read("line", DAY)
            and word("wish", "companion") not in read("line", "/kalender/nyt")
        )
    ),
    "Dit telefonnummer, og hvem der ellers hjælper dig.": lambda read, _thea: (
        "tel:+4520304050" not in read("jonas", "/kalender")
        and "Sara Holm" not in read("jonas", "/kalender/nyt")
        and read("jonas", "/kontakt") == "403"
    ),
}
OPEN: dict[str, Check] = {
    "De møder, de er med i eller selv har foreslået, og om du har brug for tolk.": lambda read, thea: (
        word("thea", "title") in read("thea", f"/kalender/{thea.id}")
        and word("called", "title") in read("jonas", "/kalender")
    ),
    "Line kan se jeres beskeder og svare på dem.": lambda read, _thea: (
        SECRET in read("line", "/beskeder") and "<textarea" in read("line", "/beskeder")
    ),
    "Er Line væk, eller er svaret på en besked forsinket, gælder det samme for vikaren.": (
        lambda read, _thea: (
            SECRET in read("omar", "/beskeder")
            and "tel:+4520304050" in read("omar", "/kontakt")
            and "Sara Holm" in read("omar", "/kontakt")
        )
    ),
    "Line kan se dit telefonnummer, og hvem der hjælper dig.": lambda read, _thea: (
        "tel:+4520304050" in read("line", "/kontakt") and "Sara Holm" in read("line", "/kontakt")
    ),
}
# Shown to be true elsewhere: tests/access/test_who_sees_what.py, tests/api/test_without_a_yes.py.
SAID_TOO = (
    "Line kan også se et møde, mens der er noget at aftale. Det kan være en ny tid."
    " Ellers ser Line kun, at tiden er optaget.",
    "Kommunens andre systemer kan se, hvornår du har tid, og hvornår deres egne møder er."
    " Dem kan de aflyse, men de kan ikke aftale nye møder eller nye tider.",
)


@pytest.fixture
def planted(database: Database, booked: Booked, people: People) -> dict[str, Planted]:
    """Lay Anna's meetings, and a message whose answer is late."""
    asked(database, people.anna, at=NOW - timedelta(days=21))
    with database.writing() as session:
        mark_late_messages(session, now=NOW)
    return plant(database, booked)


def lines(page: str) -> set[str]:
    """Return what stands in the lists of the page."""
    found = re.findall(r'<ul class="lines">(.*?)</ul>', page, re.DOTALL)
    return {unescape(one).strip() for part in found for one in re.findall(r"<li>(.*?)</li>", part, re.DOTALL)}


def says_no(database: Database) -> None:
    with database.writing() as session:
        withdraw_yes(session, person_id("anna"), by=person_id("anna"), now=NOW)


def test_it_stands_there_before_and_after(browser_of: Browser, database: Database, people: People) -> None:
    anna = browser_of(people.anna)
    before = anna.get("/samtykke").text
    says_no(database)
    after = anna.get("/samtykke").text
    told = {*CLOSED, *OPEN, *SAID_TOO}
    assert (lines(before), lines(after)) == (told, told)
    assert ("Så kan de andre ikke se:" in before, "De andre kan ikke se:" in after) == (True, True)


def test_who_acts_for_somebody_is_named_and_sees_the_meetings(
    browser_of: Browser, database: Database, people: People, booked: Booked
) -> None:
    said = "Vibeke kan se alle dine møder, det, I aftalte, og hvem der hjælper dig."
    assert said in browser_of(people.bent).get("/samtykke").text
    assert "Vibeke" not in browser_of(people.anna).get("/samtykke").text
    booked("2026-03-05 10:00", 60, "thea", citizen="bent", purpose="Om din vinter")
    with database.writing() as session:
        withdraw_yes(session, people.bent.id, by=people.bent.id, now=NOW)
    vibeke = browser_of(people.vibeke)
    assert "Om din vinter" in vibeke.get(f"{people.bent.url}/kalender").text
    assert "Line Madsen" in vibeke.get(f"{people.bent.url}/kontakt").text
    assert "Om din vinter" not in browser_of(people.line).get(f"{people.bent.url}/kalender").text


def test_who_acts_for_somebody_reads_what_was_agreed_after_a_no(
    browser_of: Browser, database: Database, planted: dict[str, Planted], people: People
) -> None:
    with database.writing() as session:
        kind, whose, who = RepresentationKind.GUARDIAN, people.anna.id, people.vibeke.id
        add_acting(session, whose, who, kind, [ActingScope.MEETINGS], since=NOW.date())
    says_no(database)
    page = browser_of(people.vibeke).get(f"{URL}/kalender/{planted['held'].id}").text
    assert word("held", "minutes") in page


def test_own_words_say_who_reads_them_after_a_no(
    browser_of: Browser, database: Database, planted: dict[str, Planted], people: People
) -> None:
    held, anna = planted["held"].id, browser_of(people.anna)
    own = f"/kalender/{held}/mine-ord"
    assert "De, der var med, og din kontaktperson kan se dine ord." in anna.get(own).text
    says_no(database)
    assert "De, der var med, kan se dine ord." in anna.get(own).text
    assert "Det kan" not in anna.get(own).text  # nobody acts for her
    with database.writing() as session:
        kind, whose, who = RepresentationKind.GUARDIAN, people.anna.id, people.vibeke.id
        add_acting(session, whose, who, kind, [ActingScope.MEETINGS], since=NOW.date())
    assert "Det kan din værge Vibeke også." in anna.get(own).text
    pages = {
        who: browser_of(getattr(people, who)).get(f"{URL}/kalender/{held}").text for who in ("thea", "line")
    }
    assert {who: word("held", "own") in page for who, page in pages.items()} == {"thea": True, "line": False}


@pytest.mark.parametrize("said", [*CLOSED, *OPEN])
def test_it_is_true(
    browser_of: Browser, database: Database, planted: dict[str, Planted], people: People, said: str
) -> None:
    """What is closed was open while the yes stood: or the sentence would say nothing."""

    def read(who: str, page: str) -> str:
        answer = browser_of(getattr(people, who)).get(URL + page)
        return answer.text if answer.status_code == 200 else str(answer.status_code)

    check = (CLOSED | OPEN)[said]
    assert check(read, planted["thea"]) is (said in OPEN)
    says_no(database)
    assert check(read, planted["thea"])
