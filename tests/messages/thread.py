"""A thread with messages in it, made by the verbs themselves, and what somebody reads of it."""

from datetime import datetime
from html import unescape
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from app.messages.models import Message
from app.messages.service import send_to_citizen, send_to_contact
from app.store.db import Database
from tests.cast import NOW, Someone
from tests.writing import SITE

SECRET = "Min mor drikker. Hun må ikke vide, at jeg siger det."
ANSWER = "Tak, fordi du skrev. Vi taler om det, når vi ses."


def asked(database: Database, who: Someone, words: str = SECRET, *, at: datetime = NOW) -> UUID:
    """Let a citizen write to their contact person."""
    with database.writing() as session:
        return send_to_contact(session, who.id, words, now=at, workdays=SITE.workdays).id


def answered(database: Database, who: Someone, by: UUID, words: str = ANSWER, *, at: datetime = NOW) -> UUID:
    with database.writing() as session:
        return send_to_citizen(session, who.id, words, by=by, now=at).id


def write(client: FlaskClient, words: str, where: str = "/beskeder", **more: Any) -> TestResponse:
    data = {"key": uuid4().hex, "words": words, "gem": "del"} | more
    return client.post(where, data=data)


def messages(session: Session) -> list[Message]:
    session.rollback()
    session.expire_all()
    return list(session.exec(select(Message).order_by(col(Message.sent_at), col(Message.id))))


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return unescape(answer.text)


def draft_in(page: str) -> str:
    """Return the draft that a page's form was made from, as it carries it."""
    return page.partition('name="kladde" value="')[2].partition('"')[0]
