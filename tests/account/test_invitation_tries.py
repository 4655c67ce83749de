"""How often one may try a code: fifty at once, from one address, and where tries can't be counted."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, text
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from app.identity import login_attempts
from app.identity.credentials import Invitation, LoginAttempt
from app.identity.invitation_codes import GROUP, SIGNS, new_code
from app.identity.login_attempts import (
    BESIDE_OF_A_CODE,
    BESIDE_OF_A_NETWORK,
    LANES,
    LASTS,
    OWN_CODE,
    SECOND,
    WRONG_CODES,
    WRONG_HALVES,
    AttemptLimit,
    AttemptNames,
    code_names,
    return_attempt,
    take_attempt,
)
from app.store.db import Database
from tests.account.conftest import Invite, MovableClock, Phone, few_codes
from tests.cast import NOW, People
from tests.conftest import ORIGIN
from tests.identity.authenticator import Authenticator

pytestmark = pytest.mark.both_databases

JUST = timedelta(microseconds=1)
KEY = "only for tests, 32 bytes and more"
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
    assert set(codes) <= {303, 422, 429}


def test_of_fifty_wrong_ones_from_one_network_only_the_free_are_read(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_codes(monkeypatch, 20)
    codes = at_once(app, new_code, apart=False)
    assert (codes.count(422), codes.count(429)) == (20, 30)
    assert (
        len(session.exec(select(LoginAttempt)).all()) == 3 * 20
    )  # by the network, by the code, and by the code there


def wrong_ones(app: Flask, count: int, address: str = "192.0.2.1") -> list[TestResponse]:
    """Return what somebody is answered who types so many codes that are nobody's."""
    here = {"REMOTE_ADDR": address}
    return [Phone(app.test_client()).try_code(new_code(), environ_base=here) for _ in range(count)]


def test_after_the_free_ones_it_is_a_wait_that_grows_and_never_a_stop(
    app: Flask, invite: Invite, people: People, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_codes(monkeypatch, 3)
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
    few_codes(monkeypatch, 1, 9)
    read, refused = wrong_ones(app, 2)
    assert "Efter fem forkerte forsøg skal du vente lidt" in read.text
    assert "Prøv igen om 9 sekunder." in refused.text
    assert refused.headers["Retry-After"] == "9"
    assert '<a class="button" href="/invitation" data-kind="main">Prøv igen</a>' in refused.text


# --- a stranger keeps nobody else out ---

STRANGER, SHARED, ELSEWHERE = "198.51.100.7", "192.0.2.1", "203.0.113.9"


def wrong_half(app: Flask, code: str, address: str) -> int:
    """Return the status of the code's own first half with a second that is wrong."""
    half = code[GROUP:]
    while half == code[GROUP:]:
        half = new_code()[:GROUP]
    here = {"REMOTE_ADDR": address}
    return Phone(app.test_client()).try_code(code[:GROUP] + half, environ_base=here).status_code


def typed(app: Flask, code: str, address: str) -> int:
    return Phone(app.test_client()).try_code(code, environ_base={"REMOTE_ADDR": address}).status_code


def test_one_who_has_seen_half_of_a_code_shuts_out_nobody_elsewhere(
    app: Flask, invite: Invite, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = invite(people.anna).code
    tried = [wrong_half(app, code, STRANGER) for _ in range(WRONG_HALVES.free + 3)]
    assert tried == [422] * WRONG_HALVES.free + [429] * 3
    assert typed(app, code, STRANGER) == 429
    with monkeypatch.context() as control:
        control.setattr(login_attempts, "OWN_CODE", replace(OWN_CODE, free=0))
        assert typed(app, code, ELSEWHERE) == 429
    assert wrong_half(app, code, ELSEWHERE) == 422  # she too may type it wrong
    assert typed(app, code, ELSEWHERE) == 303


def test_from_however_many_networks_one_code_is_tried_only_so_often(
    app: Flask, invite: Invite, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_attempts, "BESIDE_OF_A_CODE", replace(BESIDE_OF_A_CODE, free=12))
    code = invite(people.anna).code
    tried = [wrong_half(app, code, f"198.51.100.{number // 3}") for number in range(60)]
    assert tried.count(422) == 12
    assert set(tried[-10:]) == {429}


def test_at_a_shared_address_a_right_code_goes_in_while_a_stranger_makes_it_wait(
    app: Flask, invite: Invite, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_codes(monkeypatch, 3, beside=10)
    codes = [invite(one).code for one in (people.anna, people.karim, people.bent)]
    nobodys = new_code()
    assert [one.status_code for one in wrong_ones(app, 3)] == [422] * 3
    # A first half that is out is answered as one that is not: the wait is no oracle.
    assert [wrong_half(app, nobodys, SHARED) for _ in range(3)] == [422, 422, 429]
    assert [wrong_half(app, codes[0], SHARED) for _ in range(3)] == [422, 422, 429]
    assert typed(app, codes[0], SHARED) == 429  # nor does a right one go in when its own tries are used up
    assert typed(app, codes[1], SHARED) == 303
    assert [one.status_code for one in wrong_ones(app, 7)] == [422] * 6 + [429]
    assert typed(app, codes[2], SHARED) == 429  # what is granted beside the wait has an end


def come_in(database: Database, names: AttemptNames, *, seed: int) -> bool:
    """Let somebody with a right code come to a network that a stranger has closed, and goes on asking.

    The stranger types a code that is nobody's each second. The other comes when told, four seconds late.
    """
    dice, now = Random(seed), NOW  # noqa: S311 — no secret
    with database.writing() as session:

        def stranger() -> None:
            half = "".join(dice.choices(SIGNS, k=GROUP))
            take_attempt(session, code_names(KEY, SHARED, half), now=now)

        for _ in range(60):
            stranger()
            now += timedelta(seconds=1)
        wait = take_attempt(session, names, now=now).wait_seconds
        assert wait
        for _ in range(wait + 4):
            stranger()
            now += timedelta(seconds=1)
        return not take_attempt(session, names, now=now).wait_seconds


@pytest.mark.parametrize(("lanes", "is_let_in"), [(32, True), (1, False)], ids=["lanes", "the control"])
def test_who_asks_without_a_pause_does_not_take_each_opening(
    database: Database, monkeypatch: pytest.MonkeyPatch, lanes: int, is_let_in: bool
) -> None:
    few_codes(monkeypatch, 1, 60)
    monkeypatch.setattr(login_attempts, "LANES", lanes)
    monkeypatch.setattr(login_attempts, "WRONG_CODES", AttemptLimit("x", 1, 64 * SECOND, 64 * SECOND))
    names = replace(code_names(KEY, SHARED, "CFGH"), own={})  # her own tries are used up: she has to wait
    assert come_in(database, names, seed=3) is is_let_in


def test_a_code_that_is_nobodys_waits_as_one_that_is(app: Flask) -> None:
    """Else the wait would tell which first halves are out."""
    half = new_code()[:GROUP]
    codes = [
        Phone(app.test_client()).try_code(f"{half}{new_code()[:GROUP]}").status_code
        for _ in range(WRONG_HALVES.free + 1)
    ]
    assert codes == [422] * WRONG_HALVES.free + [429]


def test_a_launch_day_of_five_hundred_behind_one_address(database: Database) -> None:
    """One in five types it wrong at first; nobody waits, and nobody who was right is counted."""
    with database.writing() as session:
        for number in range(500):
            now = NOW + timedelta(seconds=5 * number)
            names = code_names(KEY, SHARED, new_code()[:GROUP])
            if number % 5 == 0:
                assert not take_attempt(session, names, now=now).wait_seconds
            right = take_attempt(session, names, now=now)
            assert not right.wait_seconds
            return_attempt(session, right)
        kept = session.exec(select(func.count()).select_from(LoginAttempt)).one()
        assert kept == 3 * 100


def most_tries(limit: AttemptLimit) -> int:
    """Return how often somebody who wastes no second may try while an invitation lasts."""
    now, tried = timedelta(), list[timedelta]()
    while now < LASTS:
        counted = [at for at in tried if at > now - limit.period]
        opens = counted[-1] + limit.wait(len(counted)) if counted else now
        if opens > now:
            now = min(opens, counted[0] + limit.period)
        else:
            tried.append(now)
    return len(tried)


def test_what_may_be_tried_is_as_little_as_is_said() -> None:
    """The figures of `login_attempts`: 500 invitations are out, and a code is one of 20 ** 8."""
    wide = replace(WRONG_CODES, free=4 * WRONG_CODES.free, longest=WRONG_CODES.longest / 4)
    one, all_of_48 = (most_tries(each) * LANES for each in (WRONG_CODES, wide))
    codes = 20**8 / 500
    assert codes / (one + BESIDE_OF_A_NETWORK.free) > 2000
    assert codes / (all_of_48 + 2 * BESIDE_OF_A_NETWORK.free) > 850
    assert most_tries(WRONG_HALVES) + BESIDE_OF_A_CODE.free < 285


def test_a_link_is_taken_while_codes_have_to_wait(
    app: Flask, invite: Invite, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_codes(monkeypatch, 1)
    made = invite(people.anna)
    assert [one.status_code for one in wrong_ones(app, 2, "127.0.0.1")] == [422, 429]
    assert Phone(app.test_client()).try_link(made.link_secret).status_code == 303


def test_a_whole_ipv6_line_is_one_network(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    few_codes(monkeypatch, 3)
    codes = [wrong_ones(app, 1, f"2001:db8:1:2::{number:x}")[0].status_code for number in range(4)]
    assert codes == [422] * 3 + [429]
    assert wrong_ones(app, 1, "2001:db8:1:3::1")[0].status_code == 422


def test_who_has_a_whole_48_of_ipv6_does_not_try_without_end(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_codes(monkeypatch, 3)
    codes = [wrong_ones(app, 1, f"2001:db8:1:{number:x}::1")[0].status_code for number in range(20)]
    assert codes == [422] * 12 + [429] * 8
    assert wrong_ones(app, 1, "2001:db8:2::1")[0].status_code == 422


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


def test_addresses_are_not_kept(phone: Phone, session: Session) -> None:
    phone.try_code("CFGH2345")
    assert "127.0.0.1" not in repr(session.exec(select(LoginAttempt)).all())
