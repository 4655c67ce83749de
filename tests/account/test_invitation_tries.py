"""How often one may try a code: fifty at once, from one address, and where tries can't be counted."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, text
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from app.account.routes import invitation
from app.config import Settings
from app.identity.credentials import Invitation, LoginAttempt
from app.identity.invitation_codes import GROUP, new_code
from app.identity.login_attempts import (
    WRONG_CODES,
    WRONG_HALVES,
    network_key,
    return_attempt,
    take_attempt,
)
from app.store.db import Database
from tests.account.conftest import Invite, MovableClock, Phone
from tests.cast import NOW, People
from tests.conftest import ORIGIN
from tests.identity.authenticator import Authenticator

pytestmark = pytest.mark.both_databases

JUST = timedelta(microseconds=1)
STRANGE = {"challenge": "A" * 43}

# --- fifty at once ---


def at_once(app: Flask, code: str | Callable[[], str], *, apart: bool) -> list[int]:
    """Return what fifty phones are answered that try a code together, from one address or fifty."""

    def one(number: int) -> int:
        address = {"REMOTE_ADDR": f"192.0.2.{number}" if apart else "192.0.2.1"}
        typed = code if isinstance(code, str) else code()
        return Phone(app.test_client()).try_code(typed, environ_base=address).status_code

    with ThreadPoolExecutor(50) as crowd:
        return list(crowd.map(one, range(50)))


def test_of_fifty_with_the_right_code_one_wins(app: Flask, invite: Invite, people: People) -> None:
    codes = at_once(app, invite(people.anna).code, apart=True)
    assert codes.count(303) == 1
    assert codes.count(422) <= WRONG_HALVES.free
    assert set(codes) <= {303, 422, 429}


def test_of_fifty_wrong_ones_from_one_network_only_the_free_are_read(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation, "WRONG_CODES", replace(WRONG_CODES, free=20))
    codes = at_once(app, new_code, apart=False)
    assert (codes.count(422), codes.count(429)) == (20, 30)
    assert len(session.exec(select(LoginAttempt)).all()) == 2 * 20  # each by its network, and by its code


def wrong_ones(app: Flask, count: int, address: str = "192.0.2.1") -> list[TestResponse]:
    """Return what somebody is answered who types so many codes that are nobody's."""
    here = {"REMOTE_ADDR": address}
    return [Phone(app.test_client()).try_code(new_code(), environ_base=here) for _ in range(count)]


def test_after_the_free_ones_it_is_a_wait_that_grows_and_never_a_stop(
    app: Flask, invite: Invite, people: People, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation, "WRONG_CODES", replace(WRONG_CODES, free=3))
    assert [one.status_code for one in wrong_ones(app, 3)] == [422] * 3
    waited = []
    for _ in range(8):
        (refused,) = wrong_ones(app, 1)
        assert refused.status_code == 429
        waited.append(int(refused.headers["Retry-After"]))
        clock.now += timedelta(seconds=waited[-1]) - JUST
        assert wrong_ones(app, 1)[0].status_code == 429
        clock.now += JUST
        assert wrong_ones(app, 1)[0].status_code == 422
    assert waited == [1, 2, 4, 8, 16, 30, 30, 30]
    phone, here = Phone(app.test_client()), {"REMOTE_ADDR": "192.0.2.1"}
    clock.now += timedelta(seconds=30)
    assert phone.try_code(invite(people.anna).code, environ_base=here).status_code == 303


def test_the_page_says_how_long_and_a_machine_is_told_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation, "WRONG_CODES", replace(WRONG_CODES, free=1, first=timedelta(seconds=9)))
    read, refused = wrong_ones(app, 2)
    assert "Efter fem forkerte forsøg skal du vente lidt" in read.text
    assert "Prøv igen om 9 sekunder." in refused.text
    assert refused.headers["Retry-After"] == "9"
    assert '<a class="button" href="/invitation" data-kind="main">Prøv igen</a>' in refused.text


def test_wrong_halves_of_one_code_wait_wherever_they_come_from(
    app: Flask, invite: Invite, people: People, clock: MovableClock
) -> None:
    code = invite(people.anna).code

    def wrong(number: int) -> TestResponse:
        half = new_code()[:GROUP]
        typed = code[:GROUP] + (half if half != code[GROUP:] else new_code()[:GROUP])
        here = {"REMOTE_ADDR": f"192.0.2.{number}"}
        return Phone(app.test_client()).try_code(typed, environ_base=here)

    assert [wrong(number).status_code for number in range(WRONG_HALVES.free)] == [422] * WRONG_HALVES.free
    refused = wrong(99)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "Prøv igen om 1 minut." in refused.text
    phone = Phone(app.test_client())
    assert phone.try_code(code).status_code == 429
    clock.now += timedelta(minutes=1)
    assert phone.try_code(code).status_code == 303


def test_a_code_that_is_nobodys_waits_as_one_that_is(app: Flask) -> None:
    """Else the wait would tell which first halves are out."""
    half = new_code()[:GROUP]
    codes = [
        Phone(app.test_client()).try_code(f"{half}{new_code()[:GROUP]}").status_code
        for _ in range(WRONG_HALVES.free + 1)
    ]
    assert codes == [422] * WRONG_HALVES.free + [429]


def test_a_launch_day_of_five_hundred_behind_one_address(database: Database, settings: Settings) -> None:
    """One in five types it wrong at first; nobody waits, and nobody who was right is counted."""
    here = network_key(settings.secret_key, WRONG_CODES, "192.0.2.1")
    with database.writing() as session:
        for number in range(500):
            now = NOW + timedelta(seconds=5 * number)
            if number % 5 == 0:
                assert not take_attempt(session, {here: WRONG_CODES}, now=now).wait_seconds
            right = take_attempt(session, {here: WRONG_CODES}, now=now)
            assert not right.wait_seconds
            return_attempt(session, right)
        assert session.exec(select(func.count()).select_from(LoginAttempt)).one() == 100


def test_a_link_is_taken_while_codes_have_to_wait(
    app: Flask, invite: Invite, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation, "WRONG_CODES", replace(WRONG_CODES, free=1))
    made = invite(people.anna)
    assert [one.status_code for one in wrong_ones(app, 2, "127.0.0.1")] == [422, 429]
    assert Phone(app.test_client()).try_link(made.link_secret).status_code == 303


def test_a_whole_ipv6_line_is_one_network(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation, "WRONG_CODES", replace(WRONG_CODES, free=3))
    codes = [wrong_ones(app, 1, f"2001:db8:1:2::{number:x}")[0].status_code for number in range(4)]
    assert codes == [422] * 3 + [429]
    assert wrong_ones(app, 1, "2001:db8:1:3::1")[0].status_code == 422


def test_what_is_made_up_opens_no_transaction_that_writes(
    phone: Phone, invite: Invite, people: People, database: Database
) -> None:
    phone.try_code(invite(people.anna).code)
    begun: list[int] = []
    begin = database.writing
    database.writing = lambda **more: begun.append(1) or begin(**more)  # type: ignore[method-assign, func-returns-value]
    made_up = ["", "x", "{}", "[" * 5000, json.dumps({"rawId": "AAAA"}), Authenticator(ORIGIN).sign(STRANGE)]
    for answer in made_up:
        assert phone.client.post("/log-ind", data={"credential": answer}).status_code == 422
        assert phone.client.post("/invitation/adgangsnoegle", data={"credential": answer}).status_code == 422
    phone.client.delete_cookie("i", domain="localhost")  # it is not on its way in any more
    assert phone.try_link("a-link-that-never-was-made").status_code == 422
    assert phone.try_code("nonsense").status_code == 422
    assert begun == []
    assert phone.try_code(new_code()).status_code == 422
    assert begun  # a code that could be one is counted


def test_where_tries_can_not_be_counted_none_is_let_through(
    phone: Phone, invite: Invite, people: People, database: Database
) -> None:
    code = invite(people.anna).code
    with database.writing() as session:
        session.connection().execute(text("ALTER TABLE door_try RENAME TO lost"))
    assert phone.try_code(code).status_code in (500, 503)
    with database.reading() as session:
        assert session.exec(select(Invitation.claimed_at)).one() is None


def test_addresses_are_not_kept(phone: Phone, session: Session, settings: Settings) -> None:
    phone.try_code("CFGH2345")
    assert "127.0.0.1" not in repr(session.exec(select(LoginAttempt)).all())
