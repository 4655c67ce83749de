"""What tells somebody that another has been told, and all it takes to see whether that is so."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from app.dates.clock import fixed_clock
from app.demo.cast import person_id
from app.identity.login import DEMO_COOKIE
from app.meetings.rules import Channel
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.conftest import enter
from tests.web.typed_forms import FormsOfPage

FOLLOW = {"follow_redirects": True}


@dataclass
class Stage:
    """The people, each at a phone, and a meeting to talk about."""

    app: Flask
    booked: Booked
    phones: dict[str, FlaskClient] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions["db"]
        return found

    def phone(self, slug: str) -> FlaskClient:
        if slug not in self.phones:
            client = self.phones[slug] = self.app.test_client()
            client.set_cookie(DEMO_COOKIE, enter(self.app, slug), domain="localhost")
        return self.phones[slug]

    def first_page(self, slug: str) -> str:
        """Return the words of somebody's own first page."""
        return words_of(self.read(slug, "/"))

    def read(self, slug: str, address: str) -> str:
        answer = self.phone(slug).get(address, **FOLLOW)
        assert answer.status_code == 200
        return answer.text

    def go_to(self, moment: datetime) -> None:
        """Let it be that time; who was signed in is so no longer."""
        self.phones.clear()
        self.app.extensions["clock"] = fixed_clock(moment)

    def meeting(self, starts: str = "2026-03-05 10:00", *, agreed: bool = True, **more: Any) -> UUID:
        """A call of Anna's that Jonas called, with Line and Thea in it."""
        asked = {"said_yes": agreed, "organiser_id": person_id("jonas"), "channel": Channel.PHONE}
        return self.booked(starts, 45, "jonas", "line", "thea", **asked | more)

    def reply(self, meeting: UUID, answer: str) -> str:
        """Let Anna answer the meeting, and return what she then reads."""
        answered = self.phone("anna").post(f"/kalender/{meeting}/svar", data={"reply": answer}, **FOLLOW)
        assert answered.status_code == 200
        return answered.text

    def press(self, slug: str, address: str, action: str, *, status: int = 200, **said: Any) -> str:
        """Send one form of a page with some fields changed; return that page and the one that follows."""
        page = self.read(slug, address)
        return page + self.send(slug, *as_it_stands(page, action, **said), status=status)

    def send(self, slug: str, address: str, data: Mapping[str, Any], *, status: int = 200) -> str:
        answer = self.phone(slug).post(address, data=data, **FOLLOW)
        assert answer.status_code == status, words_of(answer.text)
        return answer.text


def as_it_stands(page: str, action: str, **said: Any) -> tuple[str, dict[str, Any]]:
    """Return where the form of that action goes and what it sends, with some fields changed.

    Of a list that is the first, unless another is chosen.
    """
    form = next(one for one in FormsOfPage(page).forms if one.action.endswith(action))
    sent: dict[str, Any] = {}
    for one in form.controls:
        if one.on or one.kind not in ("radio", "checkbox", "option"):
            sent.setdefault(one.name, []).append(one.value)
    for one in form.controls:
        if one.kind == "option":
            sent.setdefault(one.name, [one.value])
    return form.action, sent | said


def words_of(html: str) -> str:
    """Return the text of a page, on one line."""
    shown = re.sub(r"<(style|script|svg)\b.*?</\1>|<[^>]+>", " ", html, flags=re.S)
    return " ".join(unescape(shown).replace("\xad", "").split())


def is_said(sentence: str, page: str) -> bool:
    """Say whether a page says a sentence, whatever stands in its places."""
    parts = re.split(r"%\(\w+\)s", " ".join(sentence.split()))
    return re.search(".{1,80}?".join(map(re.escape, parts)), words_of(page)) is not None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Sentences that say, or promise, that others are told; what brings them about; what those then read.

    `does` gets what `given` returns, and returns the pages that say it. `told`: by whom it is read on the own
    first page, and what: it stood there not before.
    """

    name: str
    says: tuple[str, ...]
    told: Mapping[str, str]
    does: Callable[[Stage, Any], str]
    given: Callable[[Stage], Any] = lambda _stage: None

    def __str__(self) -> str:
        return self.name
