"""What a phone sends later is taken once, in its own sign-in alone, and the answer names the sending."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.booking.models import MeetingTask
from app.identity.offline_key import device_owner_name
from app.meetings.models import Participant
from app.meetings.rules import Reply
from app.web.forms import new_key
from tests.booking.fixtures import Booked
from tests.cast import People, Someone
from tests.conftest import Browser


def outbox_of(app: Flask, somebody: Someone, sign_in: str = "") -> dict[str, str]:
    secret = app.extensions["settings"].secret_key
    return {"Outbox": f"{device_owner_name(secret, somebody.id)} {sign_in}"}


def reply_of(session: Session, meeting_id: UUID, people: People) -> Reply | None:
    session.rollback()  # as it stands now
    return session.get_one(Participant, (meeting_id, people.anna.id)).reply


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", ["/", "/log-ind", "/findes-ikke", "/healthz", "/sw.js"])
def test_all_that_we_answer_bears_our_mark(browser_of: Browser, address: str) -> None:
    assert browser_of(None).get(address).headers["Enplan"] == "1"


def test_the_outbox_is_told_which_sending_is_done_and_is_given_the_page_that_tells_of_it(
    app: Flask, browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting_id, key = booked(), new_key()
    sent = {"reply": "call_me", "key": key}
    headers = outbox_of(app, people.anna) | {"HX-Request": "true"}
    answer = browser_of(people.anna).post(f"/kalender/{meeting_id}/svar", data=sent, headers=headers)
    assert (answer.status_code, answer.headers["Outbox"]) == (200, f"{key} done")
    assert 'data-status="' in answer.text
    assert reply_of(session, meeting_id, people) is Reply.CALL_ME


def test_the_same_answer_again_changes_nothing_more(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    """Sent again hours later: what was asked for has been done meanwhile, and is not asked for anew."""
    meeting_id, anna, sent = booked(), browser_of(people.anna), {"reply": "call_me", "key": new_key()}
    address = f"/kalender/{meeting_id}/svar"
    assert anna.post(address, data=sent).status_code == 303
    task = session.exec(select(MeetingTask)).one()
    session.delete(task)
    session.commit()
    assert anna.post(address, data=sent).status_code == 303
    session.rollback()
    assert session.exec(select(MeetingTask)).all() == []
    session.rollback()
    assert anna.post(address, data=sent | {"key": new_key()}).status_code == 303  # a new answer is one
    assert len(session.exec(select(MeetingTask)).all()) == 1


@pytest.mark.both_databases
def test_a_key_is_not_taken_for_another_answer(browser_of: Browser, people: People, booked: Booked) -> None:
    address, anna, key = f"/kalender/{booked()}/svar", browser_of(people.anna), new_key()
    assert anna.post(address, data={"reply": "call_me", "key": key}).status_code == 303
    assert anna.post(address, data={"reply": "cannot", "key": key}).status_code == 409


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("who", "sign_in"), [("bent", ""), ("anna", "another")])
def test_nothing_is_taken_from_another_sign_ins_outbox(
    app: Flask, browser_of: Browser, people: People, booked: Booked, who: str, sign_in: str
) -> None:
    meeting_id = booked()
    answer = browser_of(people.anna).post(
        f"/kalender/{meeting_id}/svar",
        data={"reply": "coming", "key": new_key()},
        headers=outbox_of(app, getattr(people, who), sign_in),
    )
    assert answer.status_code == 401
    assert "Outbox" not in answer.headers
    with app.extensions["db"].reading() as session:
        assert reply_of(session, meeting_id, people) is None


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_refused_for_good_is_named_and_what_may_pass_later_is_not(
    app: Flask, browser_of: Browser, people: People, booked: Booked
) -> None:
    anna, key, headers = browser_of(people.anna), new_key(), outbox_of(app, people.anna)
    asks = {"reply": "coming", "key": key, "seen": "9"}
    address = f"/kalender/{booked()}/svar"
    changed = anna.post(address, data=asks, headers=headers)
    missing = anna.post(f"/kalender/{uuid4()}/svar", data=asks, headers=headers)
    nobody = browser_of(None).post(address, data=asks, headers=headers)
    assert [one.status_code for one in (changed, missing, nobody)] == [409, 404, 401]
    assert [one.headers.get("Outbox") for one in (changed, missing, nobody)] == [key, key, None]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_each_sign_in_has_a_name_that_the_phone_can_read_and_opens_nothing(browser_of: Browser) -> None:
    client = browser_of(None)
    names = set()
    for _ in range(2):
        client.post("/demo/log-ind", data={"person": "anna"})
        named = client.get_cookie("inde", domain="localhost")
        assert named is not None
        assert not named.http_only
        names.add(named.value)
    assert len(names) == 2
    client.post("/log-af")
    assert client.get_cookie("inde", domain="localhost") is None
