"""A meeting that is proposed because of a message says so to those who read the thread, and no one else."""

import re
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from app.meetings.models import Meeting
from app.store.db import Database
from tests.calendar.staff.test_propose import carried
from tests.cast import People
from tests.conftest import Browser
from tests.messages.thread import SECRET, answered, asked, text_of
from tests.web.typed_forms import FormsOfPage

pytestmark = pytest.mark.both_databases

FROM = "Se, hvad I skrev om mødet"


def propose(client: FlaskClient, people: People, message_id: UUID) -> None:
    """Go from a message to a meeting that is sent."""
    url = f"/borgere/{people.anna.id}/kalender/nyt"
    first = FormsOfPage(client.get(f"{url}?besked={message_id}").text)
    form = next(one for one in first.forms if one.action == url)
    need = {"purpose": "Din bolig", "why": "Vi skal vælge en dag.", "channel": "phone", "minutes": "30"}
    need |= {"within": "14", "duty": "nej", "every": "0", "needed": str(people.line.id)}
    times = client.post(url, data=dict(form.hidden) | need | {"trin": "tider"}).text
    tid = re.findall(r'name="tid" value="([^"]+)"', times)[0]
    sent = client.post(url, data=carried(times) | {"tid": tid, "trin": "send"})
    assert sent.status_code == 303, sent.text


def proposed(session: Session) -> Meeting:
    session.rollback()
    return session.exec(select(Meeting).where(Meeting.purpose == "Din bolig")).one()


def test_it_says_where_it_came_from(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    message_id, line = asked(database, people.anna), browser_of(people.line)
    thread = text_of(line, f"/borgere/{people.anna.id}/beskeder")
    assert f'href="/borgere/{people.anna.id}/kalender/nyt?besked={message_id}"' in thread
    propose(line, people, message_id)
    meeting = proposed(session)
    assert meeting.message_id == message_id
    for client, page in (
        (browser_of(people.anna), f"/kalender/{meeting.id}"),
        (line, f"/borgere/{people.anna.id}/kalender/{meeting.id}"),
    ):
        text = text_of(client, page)
        assert FROM in text
        assert SECRET not in text


def test_a_message_of_another_thread_is_none(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    others = answered(database, people.bent, people.line.id)
    propose(browser_of(people.line), people, others)
    assert proposed(session).message_id is None


def test_an_address_that_names_nothing_is_a_proposal_as_any(people: People, browser_of: Browser) -> None:
    line = browser_of(people.line)
    for said in (uuid4(), "x"):
        assert line.get(f"/borgere/{people.anna.id}/kalender/nyt?besked={said}").status_code == 200
