"""A system gets a key that is shown once, and is shut out at the next request when it is stopped."""

import re

import pytest
from sqlmodel import Session, select

from app.access.act_kinds import ActKind
from app.access.models import AdministrationAct
from app.identity.models import SystemToken
from tests.cast import People
from tests.conftest import Browser
from tests.house.receipts import as_it_stands, words_of

URL = "/administration/noegler"
KEY = re.compile(r'dir="ltr">([\w-]{43})<')


@pytest.mark.both_databases
def test_a_key_is_shown_once_opens_the_api_and_sent_twice_the_last_one_works(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, system = browser_of(people.admin), browser_of(None)

    def opens(key: str) -> bool:
        answer = system.get("/api/v1/free", headers={"Authorization": f"Bearer {key}"})
        return answer.status_code != 401

    assert "Ingen nøgler" in browser.get(URL).text
    sent = as_it_stands(browser.get(f"{URL}/ny").text, "/ny", name="Fagsystemet")
    first, last = (KEY.findall(browser.post(sent[0], data=sent[1]).text)[0] for _twice in range(2))
    assert (opens(first), opens(last)) == (False, True)
    listed = browser.get(URL).text
    assert "Fagsystemet" in listed
    assert last not in listed + browser.get("/administration").text
    row = session.exec(select(SystemToken)).one()
    address = f"{URL}/{row.id}/spaer"
    assert "Systemet bliver lukket ude med det samme." in browser.get(address).text
    for told in ("Nøglen er spærret. Systemet er lukket ude.", ""):  # tapped twice it says no more
        assert told in browser.post(address, follow_redirects=True).text
    assert not opens(last)
    assert "Den blev spærret" in browser.get(address).text
    session.rollback()
    kinds = session.exec(select(AdministrationAct.kind).order_by(AdministrationAct.kind)).all()
    assert list(kinds) == [ActKind.KEY_ENDED, ActKind.KEY_MADE]
    done = words_of(browser.get("/administration").text)
    assert "Fagsystemet fik en nøgle." in done
    assert "Nøglen til Fagsystemet er spærret." in done


def test_what_is_wrong_is_said_and_a_name_that_is_taken_is_kept(browser_of: Browser, people: People) -> None:
    browser = browser_of(people.admin)
    empty = browser.post(f"{URL}/ny", data={"name": "", "scopes": []})
    assert empty.status_code == 422
    assert "Skriv systemets navn." in empty.text
    assert "Vælg mindst én ting." in empty.text
    unknown = browser.post(f"{URL}/ny", data={"name": "Fagsystemet", "scopes": ["alt"]})
    assert unknown.status_code == 422
    form = {"name": "Fagsystemet", "scopes": ["meetings"]}
    assert browser.post(f"{URL}/ny", data=form).status_code == 200
    taken = browser.post(f"{URL}/ny", data=form)
    assert taken.status_code == 409
    assert "Der er allerede en nøgle til det system." in taken.text
    assert 'value="Fagsystemet"' in taken.text
    assert browser.get(f"{URL}/{people.anna.id}/spaer").status_code == 404
