"""What measures is whole, and the slow line it measures on is as slow as it says."""

import socket
from pathlib import Path
from threading import Thread

import pytest

from bench import pages_served
from bench.__main__ import measurements
from bench.plan_changes import Changes
from bench.slow_line import FIRST_FLIGHT, Flight, Speed, Way, slow_line
from bench.table import Row, as_table

pytestmark = pytest.mark.slow

SPEED = Speed(round_trip=0.4, rate=50_000)
SOON = Speed(round_trip=0.002, rate=50_000_000)
ANSWER = b"x" * 40_000


def test_every_figure_of_the_readme_has_its_module() -> None:
    assert {"bookings", "durability", "guard", "lix", "pages", "people", "start", "visit"} <= set(
        measurements()
    )


def test_bytes_take_the_rate_and_half_a_round_trip() -> None:
    assert Flight(Way(SPEED)).arrives(5_000, now=10) == pytest.approx(10 + 5_000 / 50_000 + 0.2)


def test_the_second_flight_waits_for_the_first_to_be_acknowledged() -> None:
    within, beyond = Flight(Way(Speed(0.4, 1e9))), Flight(Way(Speed(0.4, 1e9)))
    assert within.arrives(FIRST_FLIGHT, now=10) == pytest.approx(10.2, abs=0.001)
    assert beyond.arrives(FIRST_FLIGHT + 1, now=10) == pytest.approx(10.6, abs=0.001)


def test_connections_share_the_line() -> None:
    way = Way(SPEED)
    first, second = Flight(way).arrives(5_000, now=10), Flight(way).arrives(5_000, now=10)
    assert second - first == pytest.approx(5_000 / 50_000)


def test_the_line_carries_every_byte_and_counts_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, slow_line(server.getsockname()[1], SOON) as line:
        Thread(target=_answer_once, args=(server,), daemon=True).start()
        with socket.create_connection(("127.0.0.1", line.port)) as phone:
            phone.sendall(b"GET / HTTP/1.0\r\n\r\n")
            received = b"".join(iter(lambda: phone.recv(65536), b""))
    assert received == ANSWER
    assert (line.requests, line.up.carried, line.down.carried) == (1, 18, len(ANSWER))


def _answer_once(server: socket.socket) -> None:
    connection, _address = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(ANSWER)


def test_what_could_not_be_measured_is_neither_kept_nor_broken() -> None:
    kept, broken, unknown = Row("a", "1", "2"), Row("b", "1", "2", holds=False), Row("c", "–", "", holds=None)
    assert [line.split("|")[5].strip() for line in as_table([kept, broken, unknown]).splitlines()[2:]] == [
        "yes",
        "NO",
        "",
    ]


def test_a_page_measured_after_a_change_shows_one_card_anew(tmp_path: Path) -> None:
    app, cookies = pages_served.demos([tmp_path / "one.db"])
    changes, browser = Changes(tmp_path / "one.db"), app.test_client(use_cookies=False)

    def cards() -> list[str]:
        page = browser.get("/plan", headers={"Cookie": cookies[0]}).text
        return [one for one in page.split('<section class="card')[1:] if not one.startswith(" off-paper")]

    shown = cards()
    assert changes.cards == len(shown)
    for number in range(changes.cards):
        changes.make_one()
        before, shown = shown, cards()
        (other,) = [now for was, now in zip(before, shown, strict=True) if was != now]
        assert f"Det er ændret {number} gange nu" in other
