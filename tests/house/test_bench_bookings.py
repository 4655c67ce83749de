"""What is booked to measure is what it says: free times are free, overlaps are counted, answers are told."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

from app.dates.local_time import DANISH_TIME
from bench.bookings import CITIZENS, FREE_BETWEEN, LONG_SINCE, STAFF, WEEKS, _wishes
from bench.peers.work import BOOKINGS, SAME_DAY, STAGGERED_DAY, Span, overlapping, rush, wanted
from bench.server import ask, request

Wish = dict[str, Any]

TEN = datetime(2027, 3, 2, 10, tzinfo=DANISH_TIME)


def hour(minutes: int) -> Span:
    start = TEN + timedelta(minutes=minutes)
    return start, start + timedelta(hours=1)


def test_each_overlapping_pair_is_counted_once() -> None:
    assert overlapping([hour(0), hour(60), hour(120)]) == 0
    assert overlapping([hour(0), hour(30), hour(60)]) == 2
    assert overlapping([hour(0)] * 3) == 3
    assert overlapping([hour(0)] * BOOKINGS) == 19_900


def test_the_same_instant_in_another_zone_overlaps_too() -> None:
    utc = datetime.fromisoformat("2027-03-02T09:30:00+00:00")
    assert overlapping([hour(0), (utc, utc + timedelta(hours=1))]) == 1


class Careless:
    """A calendar that takes whatever comes."""

    name = "careless"

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def book(self, _number: int, span: Span) -> bool:
        self.spans.append(span)
        return True

    def stored(self, _day: date) -> list[Span]:
        return self.spans


class Careful(Careless):
    """One that looks first; each of its bookings is alone."""

    def book(self, number: int, span: Span) -> bool:
        return not self.spans and number == 7 and super().book(number, span)


def test_a_rush_tells_a_careless_calendar_from_a_careful_one() -> None:
    found = rush(Careless(), SAME_DAY)
    assert (found.accepted, found.stored, found.pairs) == (BOOKINGS, BOOKINGS, 19_900)
    found = rush(Careful(), SAME_DAY)
    assert (found.accepted, found.stored, found.pairs) == (1, 1, 0)


def test_staggered_hours_begin_at_every_quarter_of_the_day() -> None:
    starts = {wanted(STAGGERED_DAY, number)[0].strftime("%H.%M") for number in range(BOOKINGS)}
    assert (min(starts), max(starts), len(starts)) == ("08.00", "15.00", 29)
    assert {wanted(SAME_DAY, number) for number in range(BOOKINGS)} == {hour(0)}


def test_of_the_times_to_book_only_those_meant_to_are_taken() -> None:
    citizens, staff = [uuid4() for _ in range(CITIZENS)], [uuid4() for _ in range(STAFF)]
    wishes = list(_wishes(citizens, staff, date(2026, 11, 22)))
    free, taken, seen = list[Wish](), list[Wish](), set[tuple[str, str]]()
    for request_for in wishes:
        when = request_for["with"][0], request_for["starts_at"]
        (taken if when in seen else free).append(request_for)
        seen.add(when)
    assert (len(free), len(taken)) == (CITIZENS * WEEKS, (CITIZENS * WEEKS - LONG_SINCE) // FREE_BETWEEN)
    assert max(_times_taken(free).values()) == 1


def _times_taken(wishes: list[Wish]) -> Counter[tuple[str, str]]:
    return Counter(
        (one, request_for["starts_at"])
        for request_for in wishes
        for one in (*request_for["with"], request_for["citizen"])
    )


@contextmanager
def echo(*, closes: bool) -> Iterator[int]:
    """Serve each request its own path, on connections that stay open or don't."""
    ends = b"Connection: close\r\n" if closes else b""

    def serve(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            while line := lines.readline():
                path = line.split()[1]
                while lines.readline().strip():
                    pass
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\n" + ends + b"Content-Length: %d\r\n\r\n" % len(path) + path
                )
                if closes:
                    return

    def accept() -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_answers_come_back_in_the_order_of_the_requests() -> None:
    for closes in (False, True):
        with echo(closes=closes) as port:
            requests = [request("GET", port, f"/{number}", {}) for number in range(50)]
            answers = ask(port, requests, connections=4)
        assert [one.body.decode() for one in answers] == [f"/{number}" for number in range(50)]
        assert {one.status for one in answers} == {200}
