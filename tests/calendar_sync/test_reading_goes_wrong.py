"""Whatever goes wrong on the way to an own calendar: what was known is kept, and the page says why."""

import gzip
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest
from sqlmodel import Session, col, select

from app.availability.models import BusyTime
from app.calendar_sync import busy, ical_reader
from app.calendar_sync.ical_reader import CalendarFault, UnreadableCalendar, read_calendar
from app.calendar_sync.import_service import FAULTS
from app.config import DEMO_SITE, read_site
from app.store.db import Database
from tests.calendar_sync.files import entry, file, romance
from tests.calendar_sync.publishing import MACHINE, OTHER, URL, Publisher, publishing
from tests.cast import NOW, People
from tests.conftest import Browser

SITE = read_site(DEMO_SITE)
PAGE = "/indstillinger/arbejdskalender"
KNOWN = entry(romance("20260305T100000", "20260305T110000"), "a")
GOOD = file(KNOWN, entry(romance("20260306T100000", "20260306T110000"), "b"))
BOMB = gzip.compress(bytes(50_000_000))
# The process that reads as it is, but after so many lines somebody ends it.
ENDED = """
import os, sys
class Half:
    def __init__(self, whole):
        self.whole = whole
        self.readline, self.read = whole.readline, whole.read
    def __iter__(self):
        for number, line in enumerate(self.whole):
            if number == 6:
                os.kill(os.getpid(), {signal})
            yield line
class Told:
    buffer = Half(sys.stdin.buffer)
sys.stdin = Told
"""


def end_reader(monkeypatch: pytest.MonkeyPatch, how: signal.Signals) -> None:
    """Let the process that reads be ended in the middle of the file."""
    monkeypatch.setattr(ical_reader, "START", ENDED.format(signal=int(how)) + ical_reader.START)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with publishing(tmp_path_factory.mktemp("machine")) as publisher:
        yield publisher


@pytest.fixture
def published(machine: Publisher, database: Database, people: People) -> Publisher:
    """Line's calendar, published, and its address told to us."""
    machine.reset()
    machine.body = GOOD
    with database.writing() as session:
        busy.add_source(session, people.line.id, URL, now=NOW)
    return machine


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        (signal.SIGKILL, CalendarFault.STOPPED),
        (signal.SIGTERM, CalendarFault.STOPPED),
        (signal.SIGXCPU, CalendarFault.SLOW),
    ],
    ids=["killed", "asked to end", "out of time"],
)
def test_a_reader_that_is_ended_in_the_middle_tells_nothing_and_why(
    how: signal.Signals, fault: CalendarFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(read_calendar(GOOD, NOW, NOW + timedelta(weeks=1)).entries) == 2
    end_reader(monkeypatch, how)
    with pytest.raises(UnreadableCalendar) as refused:
        read_calendar(GOOD, NOW, NOW + timedelta(weeks=1))
    assert refused.value.fault is fault


def test_a_file_of_meetings_has_a_sentence_for_whatever_can_be_wrong_with_it() -> None:
    assert set(FAULTS) == set(CalendarFault)


Wrong = Callable[[Publisher, pytest.MonkeyPatch], None]


def slow(publisher: Publisher, _patch: pytest.MonkeyPatch) -> None:
    """Answer, and send a byte now and then."""
    gone = Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while not gone.wait(0.05):
                request.wfile.write(b"B")
                request.wfile.flush()
        except OSError:
            gone.set()

    publisher.instead = drip


def sent_on(where: str) -> Wrong:
    def go(publisher: Publisher, _patch: pytest.MonkeyPatch) -> None:
        publisher.status, publisher.headers = 302, {"Location": where}
        publisher.first_addresses = [(MACHINE,)]
        publisher.addresses = ("192.168.1.7",)

    return go


def becomes_inner(publisher: Publisher, _patch: pytest.MonkeyPatch) -> None:
    publisher.addresses = ("169.254.169.254",)


def packed(body: bytes) -> Wrong:
    def go(publisher: Publisher, _patch: pytest.MonkeyPatch) -> None:
        publisher.body, publisher.headers = body, {"Content-Encoding": "gzip"}

    return go


WRONG: dict[str, tuple[str, Wrong]] = {
    "killed": (
        "Kalenderen kunne ikke læses. Vi prøver igen om lidt.",
        lambda _publisher, patch: end_reader(patch, signal.SIGKILL),
    ),
    "out of time": (
        "Kalenderen tager for lang tid at læse.",
        lambda _publisher, patch: end_reader(patch, signal.SIGXCPU),
    ),
    "slow": ("Kalenderen svarede ikke. Vi prøver igen om lidt.", slow),
    "sent to another's inner machine": ("Adressen sendte os videre", sent_on(f"https://{OTHER}/a.ics")),
    "sent away from https": ("Adressen sendte os videre", sent_on("http://1.1.1.1/a.ics")),
    "inner now": ("Adressen ligger ikke på internettet", becomes_inner),
    "a bomb": ("Kalenderen er for stor.", packed(BOMB)),
    "packed and cut off": ("Vi fik ikke hele kalenderen.", packed(gzip.compress(GOOD)[:-9])),
}


def test_whatever_goes_wrong_the_page_says_it_keeps_what_it_knew_and_is_well_again(
    database: Database, session: Session, published: Publisher, people: People, browser_of: Browser
) -> None:
    line = browser_of(people.line)

    def read(turn: int) -> int:
        now = NOW + turn * busy.EVERY
        return busy.fetch_due(database, SITE, now, fetcher=published.fetcher(seconds=1.0))

    assert read(0) == 1
    before = line.get(PAGE).text
    assert "Fra nu af er der 2 optagede tider." in before
    (age,) = [row for row in before.splitlines() if "Sidst læst:" in row]
    for turn, (sentence, goes_wrong) in enumerate(WRONG.values(), 1):
        published.reset()
        published.body = GOOD
        with pytest.MonkeyPatch.context() as patch:
            goes_wrong(published, patch)
            assert read(turn) == 0, sentence
        text = line.get(PAGE).text
        assert sentence in text
        assert "Vi beholder det, vi har læst før." in text
        assert age in text
        assert "Fra nu af er der 2 optagede tider." in text
        session.rollback()
        assert len(session.exec(select(col(BusyTime.id))).all()) == 2
    published.reset()
    packed(gzip.compress(file(KNOWN)))(published, pytest.MonkeyPatch())
    assert read(len(WRONG) + 1) == 1
    text = line.get(PAGE).text
    assert "Fra nu af er der én optaget tid." in text
    assert age not in text
    assert not [sentence for sentence, _wrong in WRONG.values() if sentence in text]
