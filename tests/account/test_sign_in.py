"""A passkey opens the door for its owner alone; every other answer opens nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, update
from sqlmodel import Session, col, select

from app.identity import login_attempts
from app.identity.challenges import CHALLENGE_LASTS
from app.identity.credentials import LoginAttempt, Passkey, WebauthnChallenge
from app.identity.login import WANTED_COOKIE
from app.identity.login_attempts import CHALLENGES, OWN_PASSKEY, WRONG_ANSWERS
from app.identity.models import PersonRole
from app.store.db import Database
from tests.account.conftest import Invite, MovableClock, Phone, live_sessions
from tests.cast import NOW, People
from tests.conftest import ORIGIN
from tests.identity.authenticator import BACKED_UP, BACKUP_ELIGIBLE, PRESENT, VERIFIED, Authenticator

JUST = timedelta(microseconds=1)


def test_a_passkey_lets_its_owner_in(annas_phone: Phone, people: People, database: Database) -> None:
    assert annas_phone.sign_in().location == "/"
    assert live_sessions(database) == [people.anna.id]
    assert annas_phone.is_in()


def test_one_who_helps_begins_with_the_citizens(phone: Phone, invite: Invite, people: People) -> None:
    phone.try_code(invite(people.line).code)
    assert phone.accept().location == "/dag"


def test_nothing_is_asked_that_tells_who_is_a_citizen(annas_phone: Phone) -> None:
    options = annas_phone.options("/log-ind")
    assert options["allowCredentials"] == []
    assert (options["rpId"], options["userVerification"]) == ("localhost", "required")
    assert len(options["challenge"]) >= 43  # 256 bits


def test_only_a_hash_of_the_challenge_is_stored(annas_phone: Phone, session: Session) -> None:
    """That of a passkey being made when it is given, that of a sign-in when it is answered."""
    stored = select(WebauthnChallenge.challenge_hash)
    options = annas_phone.options("/log-ind")
    assert len(session.exec(stored).all()) == 1
    annas_phone.sign_in(annas_phone.key.sign(options))
    session.rollback()
    found = session.exec(stored).all()
    assert len(found) == 2
    assert options["challenge"] not in found


# --- what opens nothing ---


def wrong_origin(key: Authenticator) -> None:
    key.origin = "https://en-plan.example"


def wrong_port(key: Authenticator) -> None:
    key.origin = "http://localhost:5001"


def wrong_site(key: Authenticator) -> None:
    key.rp_id = "en-plan.example"


def not_verified(key: Authenticator) -> None:
    key.flags = PRESENT


def not_present(key: Authenticator) -> None:
    key.flags = VERIFIED


def copied_earlier(key: Authenticator) -> None:
    key.count = 0


def counter_stands_still(key: Authenticator) -> None:
    key.step = 0


def another_private_key(key: Authenticator) -> None:
    key.key = Authenticator(ORIGIN).key


def unknown_passkey(key: Authenticator) -> None:
    key.id = b"never seen before"


def another_owner(key: Authenticator) -> None:
    key.handle = People().bent.id.bytes


def no_owner(key: Authenticator) -> None:
    key.handle = b""


LIES = (
    wrong_origin, wrong_port, wrong_site, not_verified, not_present, copied_earlier, counter_stands_still,
    another_private_key, unknown_passkey, another_owner, no_owner,
)  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_wrong_answer_opens_nothing(
    lie: Callable[[Authenticator], None], annas_phone: Phone, database: Database
) -> None:
    annas_phone.sign_in()
    annas_phone.client.post("/log-af")
    lie(annas_phone.key)
    answer = annas_phone.sign_in()
    assert answer.status_code == 422
    assert "Du blev ikke logget ind." in answer.text
    assert live_sessions(database) == []


def test_an_answer_works_once(annas_phone: Phone, other_phone: Phone, database: Database) -> None:
    said = annas_phone.key.sign(annas_phone.options("/log-ind"))
    assert annas_phone.sign_in(said).status_code == 303
    annas_phone.client.post("/log-af")
    assert other_phone.sign_in(said).status_code == 422
    assert live_sessions(database) == []


def test_a_challenge_is_used_up_by_a_wrong_answer(annas_phone: Phone, database: Database) -> None:
    options = annas_phone.options("/log-ind")
    liar = replace(annas_phone.key, origin="https://en-plan.example")
    assert annas_phone.sign_in(liar.sign(options)).status_code == 422
    annas_phone.key.count += 5
    assert annas_phone.sign_in(annas_phone.key.sign(options)).status_code == 422
    assert live_sessions(database) == []


def test_a_challenge_we_never_gave_opens_nothing(annas_phone: Phone, database: Database) -> None:
    own = {"challenge": "b3VyIG93biBjaGFsbGVuZ2UsIDMyIGJ5dGVzIGxvbmc"}
    assert annas_phone.sign_in(annas_phone.key.sign(own)).status_code == 422
    assert live_sessions(database) == []


def test_a_challenge_for_making_a_passkey_is_none_for_signing_in(
    annas_phone: Phone, invite: Invite, people: People, database: Database
) -> None:
    annas_phone.try_code(invite(people.anna).code)
    other = annas_phone.options("/invitation")
    assert annas_phone.sign_in(annas_phone.key.sign(other)).status_code == 422
    assert live_sessions(database) == []


@pytest.mark.parametrize(("late", "status"), [(CHALLENGE_LASTS - JUST, 303), (CHALLENGE_LASTS, 422)])
def test_a_challenge_lasts_five_minutes(
    late: timedelta, status: int, annas_phone: Phone, clock: MovableClock
) -> None:
    said = annas_phone.key.sign(annas_phone.options("/log-ind"))
    clock.now += late
    assert annas_phone.sign_in(said).status_code == status


def test_a_passkey_that_does_not_count_stays_welcome(
    phone: Phone, invite: Invite, people: People, database: Database
) -> None:
    """Those that come along to the next phone report 0 for good."""
    phone.key.step = 0
    phone.try_code(invite(people.anna).code)
    phone.accept()
    assert phone.sign_in().status_code == 303
    assert phone.sign_in().status_code == 303
    assert live_sessions(database) == [people.anna.id]


def test_a_passkey_that_was_taken_away_opens_nothing(annas_phone: Phone, database: Database) -> None:
    with database.writing() as session:
        session.exec(update(Passkey).values(revoked_at=NOW))
    assert annas_phone.sign_in().status_code == 422
    assert live_sessions(database) == []


def test_one_without_a_role_has_nothing_to_sign_in_to(
    annas_phone: Phone, people: People, database: Database, clock: MovableClock
) -> None:
    with database.writing() as session:
        held = update(PersonRole).where(col(PersonRole.person_id) == people.anna.id)
        session.exec(held.values(ends_at=NOW))
    clock.now += timedelta(minutes=1)
    assert annas_phone.sign_in().status_code == 422
    assert live_sessions(database) == []


JUNK = (
    *("", "{}", "[]", "null", "[" * 20_000, '{"response": 1}'),
    '{"rawId": 5, "response": {"clientDataJSON": "é"}}',
)


@pytest.mark.parametrize("junk", [*JUNK, "x" * 40_000], ids=lambda junk: junk[:12])
def test_junk_opens_nothing(junk: str, phone: Phone, database: Database) -> None:
    assert phone.client.post("/log-ind", data={"credential": junk}).status_code == 422
    assert live_sessions(database) == []


def test_a_new_sign_in_ends_the_one_before_on_this_phone(annas_phone: Phone, database: Database) -> None:
    annas_phone.sign_in()
    annas_phone.sign_in()
    assert len(live_sessions(database)) == 1


# --- the page ---


def test_the_demo_offers_both_ways(app: Flask) -> None:
    html = app.test_client().get("/log-ind").text
    assert 'href="/demo"' in html
    assert 'href="/invitation"' in html
    assert 'action="/log-ind" hidden' in html
    assert "<noscript>" in html


def test_to_be_asked_to_sign_in_writes_nothing_and_is_never_refused(
    app: Flask, annas_phone: Phone, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger who asks without end takes nothing from those who share the address."""
    asked.clear()
    stranger = Phone(app.test_client())
    for _ in range(50):
        stranger.options("/log-ind")
    assert {one.split()[0] for one in asked} <= {"SELECT"}
    assert annas_phone.sign_in().status_code == 303


def test_challenges_to_make_a_passkey_are_not_given_without_end(
    app: Flask, phone: Phone, invite: Invite, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And who has used up their own takes none from another invited one at the same address."""
    monkeypatch.setattr(login_attempts, "CHALLENGES", replace(CHALLENGES, free=2))
    phone.try_code(invite(people.anna).code)
    for _ in range(2):
        phone.options("/invitation")
    refused = phone.client.post("/invitation/valg")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    other = Phone(app.test_client())
    other.try_code(invite(people.karim).code)
    other.options("/invitation")


def test_who_is_not_invited_is_given_no_challenge_and_nothing_is_written(
    phone: Phone, asked: list[str]
) -> None:
    phone.client.set_cookie("i", "made up", domain="localhost")
    asked.clear()
    assert phone.client.post("/invitation/valg").status_code == 409
    assert {one.split()[0] for one in asked} <= {"SELECT"}


def test_wrong_answers_of_a_phone_are_counted_and_right_ones_are_not(
    annas_phone: Phone, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_attempts, "WRONG_ANSWERS", replace(WRONG_ANSWERS, free=2))
    monkeypatch.setattr(login_attempts, "OWN_PASSKEY", replace(OWN_PASSKEY, free=2))
    counted = select(func.count()).select_from(LoginAttempt)
    before = session.exec(counted).one()
    assert annas_phone.sign_in().status_code == 303
    session.rollback()
    assert session.exec(counted).one() == before
    annas_phone.client.post("/log-af")
    annas_phone.key.count = 0
    assert [annas_phone.sign_in().status_code for _ in range(3)] == [422, 422, 429]


def test_a_passkey_signs_in_though_a_stranger_makes_the_network_wait(
    app: Flask, annas_phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_attempts, "WRONG_ANSWERS", replace(WRONG_ANSWERS, free=1))
    stranger = Phone(app.test_client())
    stranger.key.id = b"one that he made up"
    codes = [stranger.sign_in().status_code for _ in range(OWN_PASSKEY.free + 1)]
    assert codes == [422] * OWN_PASSKEY.free + [429]
    assert annas_phone.sign_in().status_code == 303
    monkeypatch.setattr(login_attempts, "OWN_PASSKEY", replace(OWN_PASSKEY, free=0))  # the control
    annas_phone.client.post("/log-af")
    assert annas_phone.sign_in().status_code == 429


def test_a_synced_passkey_whose_counter_stands_still_is_no_copy(
    phone: Phone, invite: Invite, people: People, database: Database
) -> None:
    """It lies on several phones by right, and many makers count nothing, or each phone for itself."""
    phone.key.flags |= BACKUP_ELIGIBLE | BACKED_UP
    phone.key.count, phone.key.step = 7, 0
    phone.try_code(invite(people.anna).code)
    assert phone.accept().status_code == 303
    for _ in range(2):
        phone.client.post("/log-af")
        assert phone.sign_in().status_code == 303
    assert live_sessions(database) == [people.anna.id]


@pytest.mark.parametrize(
    ("asked", "lands"),
    [
        ("/plan?nyt=gjort", "/plan"),  # nothing has just happened
        ("/kalender", "/kalender"),
        ("/indstillinger", "/indstillinger"),
        ("/borgere", "/"),  # a page of those who help
        ("/", "/"),
    ],
)
def test_one_lands_where_one_was_going(annas_phone: Phone, asked: str, lands: str) -> None:
    annas_phone.client.post("/log-af")
    assert annas_phone.client.get(asked).location == "/log-ind"
    assert annas_phone.sign_in().location == lands
    assert annas_phone.client.get("/log-ind").location == "/"  # once


@pytest.mark.parametrize("planted", ["//evil.example", "/\\evil.example", "https://evil.example", "/\nplan"])
def test_nobody_is_led_elsewhere(annas_phone: Phone, planted: str) -> None:
    annas_phone.client.set_cookie(WANTED_COOKIE, planted, domain="localhost")
    assert annas_phone.sign_in().location == "/"


def test_what_a_script_asks_for_is_no_page_to_land_on(annas_phone: Phone) -> None:
    annas_phone.client.post("/log-af")
    annas_phone.client.get("/kalender/paa-telefonen", headers={"Accept": "*/*"})
    assert annas_phone.sign_in().location == "/"
