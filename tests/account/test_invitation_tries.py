"""How often one may try a code: fifty at once, from one address, and where tries can't be counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from sqlalchemy import text
from sqlmodel import Session, select

from app.config import Settings
from app.identity.credentials import Invitation, LoginAttempt
from app.identity.login_attempts import CODES_MOST
from app.store.db import Database
from tests.account.conftest import Invite, MovableClock, Phone
from tests.cast import People

JUST = timedelta(microseconds=1)

# --- fifty at once ---


def at_once(app: Flask, code: str, *, apart: bool) -> list[int]:
    """Return what fifty phones are answered that try the same code together, from one address or fifty."""

    def one(number: int) -> int:
        address = {"REMOTE_ADDR": f"192.0.2.{number}" if apart else "192.0.2.1"}
        return Phone(app.test_client()).try_code(code, environ_base=address).status_code

    with ThreadPoolExecutor(50) as crowd:
        return list(crowd.map(one, range(50)))


def test_of_fifty_with_the_right_code_one_wins(
    app: Flask, invite: Invite, people: People, session: Session
) -> None:
    codes = at_once(app, invite(people.anna).code, apart=True)
    assert (codes.count(303), codes.count(422)) == (1, 49)
    assert session.exec(select(Invitation.tries_left)).one() == 0


def test_from_one_address_twenty_an_hour_are_read_and_never_one_more(
    app: Flask, invite: Invite, people: People, session: Session, clock: MovableClock
) -> None:
    codes = at_once(app, "CFGH2345", apart=False)
    assert (codes.count(422), codes.count(429)) == (CODES_MOST, 50 - CODES_MOST)
    assert len(session.exec(select(LoginAttempt)).all()) == CODES_MOST
    here = {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    late = Phone(app.test_client())
    clock.now += timedelta(hours=1) - JUST
    assert late.try_code(invite(people.anna).code, **here).status_code == 429
    clock.now += JUST
    assert late.try_code(invite(people.anna).code, **here).status_code == 303


def test_a_whole_ipv6_line_is_one_address(app: Flask) -> None:
    phones = [Phone(app.test_client()) for _ in range(CODES_MOST + 1)]
    codes = [
        phone.try_code("CFGH2345", environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}).status_code
        for number, phone in enumerate(phones)
    ]
    assert codes == [422] * CODES_MOST + [429]


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
    assert "127.0.0.1" not in repr(session.exec(select(LoginAttempt)).one())
