"""The list of one's own passkeys: seen at any time, changed only just after signing in."""

from datetime import timedelta

from sqlmodel import Session, select

from app.identity.credentials import Passkey
from app.identity.rules import FRESH
from app.store.db import Database
from tests.account.conftest import Invite, MovableClock, Phone, live_sessions
from tests.cast import People
from tests.conftest import ORIGIN, Browser
from tests.identity.authenticator import Authenticator

HERE = "/indstillinger"
KEYS = "/indstillinger/adgangsnoegler"
JUST = timedelta(microseconds=1)


def only_key(session: Session) -> Passkey:
    return session.exec(select(Passkey)).one()


def test_the_list_says_what_when_and_last_used(annas_phone: Phone, clock: MovableClock) -> None:
    clock.now += timedelta(days=1)
    annas_phone.sign_in()
    html = annas_phone.client.get(HERE).text
    assert "Telefon eller computer" in html
    assert "Lavet mandag den 2. marts 2026 kl. 10.00." in html
    assert "Sidst brugt: tirsdag den 3. marts 2026 kl. 10.00." in html
    assert "Det er din eneste." in html


def test_a_machine_is_called_what_people_call_it(phone: Phone, invite: Invite, people: People) -> None:
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"
    phone.try_code(invite(people.anna).code)
    phone.accept()
    assert '<h3 dir="auto">iPhone</h3>' in phone.client.get(HERE).text


def test_one_more_with_a_name_of_ones_own(annas_phone: Phone, database: Database) -> None:
    annas_phone.sign_in()
    options = annas_phone.options(KEYS)
    assert len(options["excludeCredentials"]) == 1  # the same phone is not asked twice
    tablet = Authenticator(ORIGIN)
    data = {"credential": tablet.make(options), "name": " Min\u0000 <b>tavle</b>\n" + "x" * 80}
    assert annas_phone.client.post(KEYS, data=data).location == f"{HERE}?gemt=noegle"
    assert "Min &lt;b&gt;tavle&lt;/b&gt; xxx" in annas_phone.client.get(HERE).text
    annas_phone.client.post("/log-af")
    annas_phone.key = tablet
    assert annas_phone.sign_in().status_code == 303


def test_five_minutes_later_one_signs_in_again_first(
    annas_phone: Phone, clock: MovableClock, session: Session
) -> None:
    annas_phone.sign_in()
    remove = f"{KEYS}/{only_key(session).id}/fjern"
    made = annas_phone.key.make(annas_phone.options(KEYS))
    clock.now += FRESH
    assert annas_phone.client.post(f"{KEYS}/valg").status_code == 409
    for answer in (annas_phone.client.post(remove), annas_phone.client.post(KEYS, data={"credential": made})):
        assert answer.location == "/log-ind?igen=indstillinger"
    page = annas_phone.client.get("/log-ind?igen=indstillinger").text
    assert "Log ind igen" in page
    assert "Fjern den" not in annas_phone.client.get(HERE).text
    again = annas_phone.key.sign(annas_phone.options("/log-ind"))
    answer = annas_phone.client.post("/log-ind?igen=indstillinger", data={"credential": again})
    assert answer.location == HERE
    assert annas_phone.client.post(remove).location == f"{HERE}?gemt=fjernet"


def test_a_moment_before_it_is_still_fresh(annas_phone: Phone, clock: MovableClock, session: Session) -> None:
    annas_phone.sign_in()
    clock.now += FRESH - JUST
    answer = annas_phone.client.post(f"{KEYS}/{only_key(session).id}/fjern")
    assert answer.location == f"{HERE}?gemt=fjernet"


def test_one_that_is_removed_opens_nothing_and_is_out_everywhere_else(
    annas_phone: Phone, browser_of: Browser, people: People, session: Session, database: Database
) -> None:
    lost = browser_of(people.anna)  # the phone that was lost, still signed in
    annas_phone.sign_in()
    annas_phone.client.post(f"{KEYS}/{only_key(session).id}/fjern")
    assert lost.get(HERE).status_code == 303
    assert len(live_sessions(database)) == 1
    annas_phone.client.post("/log-af")
    assert annas_phone.sign_in().status_code == 422
    assert live_sessions(database) == []


def test_anothers_passkey_is_not_there_to_be_removed(
    annas_phone: Phone, browser_of: Browser, people: People, session: Session
) -> None:
    remove = f"{KEYS}/{only_key(session).id}/fjern"
    assert browser_of(people.bent).post(remove).status_code == 404
    assert browser_of(people.line).post(remove).status_code == 404
    assert annas_phone.sign_in().status_code == 303


def test_a_phone_that_makes_nothing_is_told_so(browser_of: Browser, people: People) -> None:
    answer = browser_of(people.anna).post(KEYS, data={"credential": "{}"})
    assert answer.status_code == 422
    assert "Adgangsnøglen blev ikke lavet." in answer.text
