"""Somebody at the door: an invitation, a phone that makes and signs passkeys, and a clock to move."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from app import create_app
from app.config import Settings
from app.identity import login_attempts
from app.identity.invitations import NewInvitation, make_invitation
from app.identity.login_attempts import BESIDE_OF_A_NETWORK, WRONG_CODES
from app.identity.models import LoginSession
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import ORIGIN, CarefulClient
from tests.identity.authenticator import Authenticator

Invite = Callable[[Someone], NewInvitation]


@dataclass
class MovableClock:
    """A clock the test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Phone:
    """A browser and the passkey on its phone."""

    client: FlaskClient
    key: Authenticator = field(default_factory=lambda: Authenticator(ORIGIN))

    def try_code(self, code: str, **more: Any) -> TestResponse:
        return self.client.post("/invitation", data={"code": code}, **more)

    def try_link(self, secret: str) -> TestResponse:
        return self.client.post("/invitation", data={"link": secret})

    def options(self, address: str) -> dict[str, Any]:
        answer = self.client.post(f"{address}/valg")
        assert answer.status_code == 200
        return cast(dict[str, Any], answer.json)

    def accept(self, answer: str | None = None) -> TestResponse:
        said = answer or self.key.make(self.options("/invitation"))
        return self.client.post("/invitation/adgangsnoegle", data={"credential": said})

    def sign_in(self, answer: str | None = None) -> TestResponse:
        said = answer or self.key.sign(self.options("/log-ind"))
        return self.client.post("/log-ind", data={"credential": said})

    def is_in(self) -> bool:
        return self.client.get("/indstillinger").status_code == 200


def few_codes(monkeypatch: pytest.MonkeyPatch, free: int, first: int = 1, *, beside: int = 0) -> None:
    """Let so many wrong codes of a network be free, in one lane, and so many be looked at beside its wait."""
    few = replace(WRONG_CODES, free=free, first=timedelta(seconds=first), longest=timedelta(seconds=30))
    monkeypatch.setattr(login_attempts, "LANES", 1)
    monkeypatch.setattr(login_attempts, "WRONG_CODES", few)
    monkeypatch.setattr(login_attempts, "BESIDE_OF_A_NETWORK", replace(BESIDE_OF_A_NETWORK, free=beside))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def app(settings: Settings, clock: MovableClock) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    app.test_client_class = CarefulClient
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    yield app
    app.extensions["db"].close()


@pytest.fixture
def invite(database: Database, settings: Settings, clock: MovableClock) -> Invite:
    def make(person: Someone) -> NewInvitation:
        with database.writing() as session:
            return make_invitation(session, settings.secret_key, person.id, by=None, now=clock())

    return make


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app.test_client())


@pytest.fixture
def other_phone(app: Flask) -> Phone:
    return Phone(app.test_client())


@pytest.fixture
def annas_phone(phone: Phone, invite: Invite, people: People) -> Phone:
    """Anna's phone with her passkey, signed off again."""
    assert phone.try_code(invite(people.anna).code).location == "/invitation"
    assert phone.accept().location == "/"
    phone.client.post("/log-af")
    return phone


def live_sessions(database: Database) -> list[UUID]:
    """Return whose sign-ins hold."""
    with database.reading() as session:
        return _live(session)


def _live(session: Session) -> list[UUID]:
    wanted = select(LoginSession.person_id).where(col(LoginSession.revoked_at).is_(None))
    return list(session.exec(wanted).all())
