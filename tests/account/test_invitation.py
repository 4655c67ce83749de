"""An invitation is a way in for one person, once: all else that is tried opens nothing and tells nothing."""

from collections.abc import Callable
from datetime import timedelta
from threading import Lock

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, select

from app.identity.credentials import Invitation, LoginAttempt, Passkey
from app.identity.invitation_codes import LASTS, SIGNS, format_code, new_code, read_code
from app.identity.rules import SEEN_STEP
from app.notifications.models import Notice
from app.store.db import Database
from tests.account.conftest import Invite, MovableClock, Phone, live_sessions
from tests.cast import People
from tests.conftest import ORIGIN, Browser
from tests.identity.authenticator import Authenticator

pytestmark = pytest.mark.both_databases

JUST = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


def another(code: str) -> str:
    """Return a code with the same first half that is not this one."""
    return code[:-1] + next(sign for sign in SIGNS if sign != code[-1])


# --- the code ---


@pytest.mark.parametrize("typed", ["CFGH2345", "cfgh 2345", " c f g h-2345 ", "CFGH–2345", "cfgh.2345"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "CFGH2345"


@pytest.mark.parametrize(
    "typed", ["", "CFGH234", "CFGH23455", "CFGH2340", "AFGH2345", "CFGH234é", "CFGH234²"]
)
def test_what_is_no_code_costs_nothing(typed: str, phone: Phone, session: Session) -> None:
    answer = phone.try_code(typed)
    assert answer.status_code == 422
    assert "Skriv de otte tegn" in answer.text
    assert session.exec(select(LoginAttempt)).all() == []


def test_codes_are_shown_in_two_groups_without_signs_that_look_alike() -> None:
    codes = [new_code() for _ in range(200)]
    assert len(set(codes)) == len(codes)
    assert all(set(code) <= set(SIGNS) and len(format_code(code)) == 9 for code in codes)
    assert not set("01OIL") & set(SIGNS)


@pytest.mark.parametrize("typed", ["/invitation/", "/Invitation", "/INVITATION", "/Invitation/"])
def test_the_address_is_found_as_phones_and_people_write_it(typed: str, browser_of: Browser) -> None:
    answer = browser_of(None).get(typed)
    assert (answer.status_code, answer.location) == (308, "/invitation")


def test_a_phone_offers_the_code_and_mends_none_of_its_signs(browser_of: Browser) -> None:
    page = browser_of(None).get("/invitation").text
    told = 'autocomplete="one-time-code" autocapitalize="characters" autocorrect="off" spellcheck="false"'
    assert told in " ".join(page.split())


# --- the way in ---


def test_from_code_to_signed_in(phone: Phone, invite: Invite, people: People, database: Database) -> None:
    made = invite(people.anna)
    assert phone.try_code(format_code(made.code).lower()).location == "/invitation"
    page = phone.client.get("/invitation").text
    assert "Hej. Lav din adgangsnøgle på denne telefon" in page
    assert "Anna" not in page  # who holds the phone is not known yet
    assert phone.accept().location == "/"
    assert live_sessions(database) == [people.anna.id]


class OneWriteAtATime:
    """SQLite's line of writers, which says so when one who is in it stands in line again: they would wait."""

    def __init__(self) -> None:
        self.lock = Lock()

    def acquire(self, timeout: float) -> bool:
        assert self.lock.acquire(blocking=False), "a write inside a write"
        return timeout > 0

    def release(self) -> None:
        self.lock.release()


def test_that_somebody_was_seen_is_not_written_inside_another_write(
    phone: Phone, invite: Invite, people: People, app: Flask, clock: MovableClock
) -> None:
    """Asking who is signed in may write, and the phone that comes with an invitation may be signed in."""
    made = invite(people.anna)
    phone.client.post("/demo/log-ind", data={"person": "anna"})
    phone.try_code(made.code)
    answer = phone.key.make(phone.options("/invitation"))
    clock.now += SEEN_STEP
    app.extensions["db"]._line = OneWriteAtATime()
    assert phone.accept(answer).location == "/"
    clock.now += SEEN_STEP
    assert phone.sign_in().location == "/"


def test_from_link_to_signed_in(phone: Phone, invite: Invite, people: People, database: Database) -> None:
    made = invite(people.anna)
    assert len(made.link_secret) >= 22  # 128 bits
    assert phone.try_link(made.link_secret).location == "/invitation"
    assert phone.accept().location == "/"
    assert live_sessions(database) == [people.anna.id]


def test_the_phone_makes_a_key_that_needs_no_name_and_asks_who_it_is(
    phone: Phone, invite: Invite, people: People
) -> None:
    phone.try_code(invite(people.anna).code)
    options = phone.options("/invitation")
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert options["attestation"] == "none"
    assert options["rp"] == {"id": "localhost", "name": "Én plan"}


def test_no_secret_is_stored(phone: Phone, invite: Invite, people: People, session: Session) -> None:
    made = invite(people.anna)
    phone.try_code(made.code)
    row = session.exec(select(Invitation)).one()
    kept = f"{row!r}{row.model_dump()}"
    claim = phone.client.get_cookie("i")
    assert claim is not None
    assert made.code not in kept
    assert made.link_secret not in kept
    assert claim.value not in kept


def test_the_contact_person_is_told_of_the_new_way_in(
    phone: Phone, invite: Invite, people: People, session: Session
) -> None:
    phone.try_code(invite(people.anna).code)
    phone.accept()
    (notice,) = session.exec(select(Notice).where(Notice.kind == "device_new")).all()
    assert (notice.person_id, notice.citizen_id) == (people.line.id, people.anna.id)


def test_it_stands_on_the_first_page_of_her_contact_person_for_two_weeks(
    phone: Phone, invite: Invite, browser_of: Browser, people: People, clock: MovableClock
) -> None:
    phone.try_code(invite(people.anna).code)
    phone.accept()
    told = "Anna fik en ny adgangsnøgle mandag den 2. marts 2026 kl. 10.00"
    assert told in browser_of(people.line).get("/dag").text
    for other in (people.omar, people.jonas, people.lone):
        assert told not in browser_of(other).get("/", follow_redirects=True).text
    clock.now += timedelta(days=14)
    assert told not in browser_of(people.line).get("/dag").text


@pytest.mark.parametrize(("who", "is_told"), [("anna", True), ("line", False), ("fremmed", False)])
def test_nobody_is_said_to_be_told_where_there_is_no_contact_person(
    phone: Phone, invite: Invite, people: People, who: str, is_told: bool
) -> None:
    phone.try_code(invite(getattr(people, who)).code)
    pages = phone.client.get("/invitation"), phone.accept("no passkey at all")
    assert [answer.status_code for answer in pages] == [200, 422]
    assert ["Din kontaktperson får at vide" in answer.text for answer in pages] == [is_told, is_told]


# --- what opens nothing, and how little it tells ---


def _used(phone: Phone, invite: Invite, people: People, clock: MovableClock) -> str:
    code = invite(people.anna).code
    other = Phone(phone.client.application.test_client())
    other.try_code(code)
    other.accept()
    other.client.post("/log-af")
    return code


def _expired(phone: Phone, invite: Invite, people: People, clock: MovableClock) -> str:
    code = invite(people.anna).code
    clock.now += LASTS
    return code


def _taken_back(phone: Phone, invite: Invite, people: People, clock: MovableClock) -> str:
    code = invite(people.anna).code
    invite(people.anna)
    return code


def _wrong(phone: Phone, invite: Invite, people: People, clock: MovableClock) -> str:
    return another(invite(people.anna).code)


def _unknown(phone: Phone, invite: Invite, people: People, clock: MovableClock) -> str:
    return "CFGH2345"


def _somebody_elses(phone: Phone, invite: Invite, people: People, clock: MovableClock) -> str:
    phone.client.post("/demo/log-ind", data={"person": "bent"})
    return invite(people.anna).code


def _being_used(phone: Phone, invite: Invite, people: People, clock: MovableClock) -> str:
    code = invite(people.anna).code
    Phone(phone.client.application.test_client()).try_code(code)
    return code


Case = Callable[[Phone, Invite, People, MovableClock], str]
CASES = (_unknown, _wrong, _used, _expired, _taken_back, _being_used)


@pytest.mark.parametrize("case", [*CASES, _somebody_elses], ids=lambda case: case.__name__)
def test_a_code_that_does_not_count_opens_nothing(
    case: Case, phone: Phone, invite: Invite, people: People, clock: MovableClock, database: Database
) -> None:
    code = case(phone, invite, people, clock)
    before = live_sessions(database)
    answer = phone.try_code(code)
    assert answer.status_code == 422
    assert "Koden virker ikke." in answer.text
    assert phone.client.get_cookie("i") is None
    assert phone.client.post("/invitation/valg").status_code == 409
    assert live_sessions(database) == before


def test_why_it_does_not_count_is_told_to_nobody(
    phone: Phone, invite: Invite, people: People, clock: MovableClock, database: Database
) -> None:
    """The same bytes but for what was typed, and the same statements in the same order."""
    asked: list[str] = []
    listened = lambda _c, _cu, statement, *_: asked.append(statement.partition("VALUES")[0])  # noqa: E731
    answers: set[tuple[str, ...]] = set()
    for case in CASES:
        code = case(phone, invite, people, clock)
        asked.clear()
        event.listen(database.engine, "before_cursor_execute", listened)
        page = phone.try_code(code).text
        event.remove(database.engine, "before_cursor_execute", listened)
        answers.add((page.replace(code, ""), *asked))
    assert len(answers) == 1


def test_right_is_right_until_the_last_moment(
    phone: Phone, invite: Invite, people: People, clock: MovableClock
) -> None:
    code = invite(people.anna).code
    clock.now += LASTS - JUST
    assert phone.try_code(code).status_code == 303


def test_a_phone_that_gives_up_does_not_use_up_the_invitation(
    phone: Phone, other_phone: Phone, invite: Invite, people: People, clock: MovableClock
) -> None:
    code = invite(people.anna).code
    phone.try_code(code)
    clock.now += 15 * MINUTE
    assert other_phone.try_code(code).status_code == 303
    assert phone.client.post("/invitation/valg").status_code == 409


def test_the_same_form_twice_is_one_try_and_a_right_one_is_not_counted(
    phone: Phone, invite: Invite, people: People, session: Session
) -> None:
    code = invite(people.anna).code
    assert [phone.try_code(code).status_code for _ in range(3)] == [303, 303, 303]
    assert session.exec(select(LoginAttempt)).all() == []


def wrong_origin(key: Authenticator) -> None:
    key.origin = "https://en-plan.example"


def wrong_site(key: Authenticator) -> None:
    key.rp_id = "en-plan.example"


def not_verified(key: Authenticator) -> None:
    key.flags = 1


@pytest.mark.parametrize("lie", [wrong_origin, wrong_site, not_verified], ids=lambda lie: lie.__name__)
def test_a_passkey_made_wrongly_is_not_kept(
    lie: Callable[[Authenticator], None],
    phone: Phone,
    invite: Invite,
    people: People,
    database: Database,
    session: Session,
) -> None:
    phone.try_code(invite(people.anna).code)
    lie(phone.key)
    answer = phone.accept()
    assert answer.status_code == 422
    assert "Adgangsnøglen blev ikke lavet." in answer.text
    assert session.exec(select(Passkey)).all() == []
    assert live_sessions(database) == []
    phone.key = Authenticator(ORIGIN)
    assert phone.accept().status_code == 303  # the invitation is still good


def test_a_challenge_for_another_person_makes_no_passkey(
    phone: Phone, other_phone: Phone, invite: Invite, people: People, database: Database
) -> None:
    phone.try_code(invite(people.anna).code)
    other_phone.try_code(invite(people.bent).code)
    assert phone.accept(phone.key.make(other_phone.options("/invitation"))).status_code == 422
    assert live_sessions(database) == []


def test_another_persons_passkey_can_not_be_taken_over(
    annas_phone: Phone, other_phone: Phone, invite: Invite, people: People, database: Database
) -> None:
    other_phone.try_code(invite(people.bent).code)
    other_phone.key.id = annas_phone.key.id
    assert other_phone.accept().status_code == 422
    assert live_sessions(database) == []
    assert annas_phone.sign_in().status_code == 303


def test_an_invitation_that_was_used_makes_no_second_passkey(
    phone: Phone, invite: Invite, people: People, database: Database
) -> None:
    phone.try_code(invite(people.anna).code)
    claim = phone.client.get_cookie("i")
    second = phone.key.make(phone.options("/invitation"))
    phone.key.id = b"another key"
    phone.accept()
    assert claim is not None
    phone.client.set_cookie("i", claim.value, domain="localhost")
    assert phone.accept(second).location == "/invitation"
    assert len(live_sessions(database)) == 1


# --- who may invite ---


def test_the_contact_person_makes_one_and_sees_it_once(
    browser_of: Browser, people: People, phone: Phone, session: Session
) -> None:
    line = browser_of(people.line)
    address = f"{people.anna.url}/invitation"
    assert "ingen adgangsnøgle endnu" in line.get(address).text
    shown_once = line.post(address).text
    code = shown_once.partition('class="code" dir="ltr">')[2].partition("<")[0]
    assert "<svg" in shown_once
    assert code not in line.get(address).text
    assert phone.try_code(code).status_code == 303
    assert session.exec(select(Invitation.made_by)).one() == people.line.id


def test_a_new_invitation_closes_the_one_before(
    browser_of: Browser, people: People, session: Session
) -> None:
    line = browser_of(people.line)
    for _ in range(3):
        line.post(f"{people.anna.url}/invitation")
    open_ones = [one for one in session.exec(select(Invitation)).all() if one.revoked_at is None]
    assert len(open_ones) == 1


def test_the_contact_page_leads_there_for_those_who_may(browser_of: Browser, people: People) -> None:
    link = f'href="{people.anna.url}/invitation"'
    assert link in browser_of(people.line).get(f"{people.anna.url}/kontakt").text
    assert link not in browser_of(people.jonas).get(f"{people.anna.url}/kontakt").text
    assert "/invitation" not in browser_of(people.anna).get("/kontakt").text
