"""Whatever is typed or chosen in any form comes back from every refusal, to the one who sent it.

The forms are those of the demo's pages, found on the pages themselves; tests/demo/test_states.py sees that no
page has one that isn't swept here. The refusals are real: an ended sign-in, no tie, a body that is too large,
a database that can't be written, one that fails, rules that say no.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from app.assessments.models import Assessment
from app.demo.cast import person_id
from app.demo.state_list import PAGES
from app.demo.states import find_state
from app.errors import Refused
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import revoke_session_by_token, token_hash
from app.store.db import Database
from app.web.form_recovery import SENDER
from tests.conftest import enter
from tests.databases import Templates
from tests.demo.tapping import seed_demo_day, tap
from tests.web.broken import read_only
from tests.web.typed_forms import FIELDS, SECRET, FilledForm, FormsOfPage, endpoint_of, fill, lost, numbers

SWEPT = (
    *("husk-fuld", "husk-ret-fuld", "dag-husk-fuld"),
    *("maal-ret-fuld", "skridt-stop-fuld", "loefte-ret-fuld", "nyt-skridt-fuld", "nyt-loefte-fuld"),
    "foreslaa-skridt-fuld",
    *("maal-fuld", "skriv-felt", "skrevet-ret", "oenske-valg", "oenske-felt", "passer-ikke-hvor-meget"),
    *(
        "telefon-fuld",
        "arbejdskalender-fuld",
        "telefontid-fuld",
        "referat-fuld",
        "mine-ord-fuld",
        "fremgang-spoerg",
    ),
    *("indstillinger-fuld", "foreslaa-fuld", "foreslaa-tider", "klares-tider", "klares-imens"),
    *("fravaer-fuld", "fravaer-leder", "ret-fravaer-fuld", "overdragelse-fuld", "overdrag-leder-fuld"),
    *("beskeder-fuld", "spoergsmaal-fuld", "traad-fuld"),
    *("klares-byt", "klares-raekke-tider"),
    *("personer-fuld", "ny-medarbejder-fuld", "ny-borger-fuld", "rolle-fuld", "slut-fejl"),
    *("noegler-ny", "hent-ind-fuld", "giv-kontakt-fuld"),
    *("klares-raekke", "klares-svaret", "ret-fuld", "ret-optaget", "godkend-fuld", "samtykke-fagperson"),
)
EVERYBODYS = {"account.save_settings", "account.add_passkey", "feed.make"}  # nobody signed in is refused them
TAKEN = {("feed.make", "too long")}  # a phone's name is cut short, and the page says what it is called
ASKS = {"administration_people.find"}  # looks somebody up: nothing is written that could be refused
LARGER = {"administration_import.preview"}  # takes a larger request than the others, with a file
TOO_LONG = " x" * 3000
TOO_LARGE = [("fyld", "x" * 300_000)]

# What a refusal is answered with; 422 or 409 where there is something to say before it is tried.
STATUS = {
    "signed out": {401},
    "too large": {413},
    "too large, signed out": {401},
    "too long": {422},
    "no right": {403, 404},
    "the rules say no": {409, 422},
    "a fault of ours": {500, 422, 409},
    "can't be written": {503, 422, 409},
}

# (endpoint, refusal, field): what is missing. A row that is mended is red, and goes.
KNOWN: dict[tuple[str, str, str], str] = {}


LEADERS = {
    "absence.register",
    "absence.change",
    "absence.end",
    "handover_led.confirm",
}  # a leader may, for those they lead


@dataclass(frozen=True, slots=True)
class SweptForm:
    """A form of a page, filled in; who fills it in, and somebody who may not."""

    endpoint: str
    who: str
    stranger: str
    filled: FilledForm
    too_long: FilledForm


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, seed_demo_day) as url:
        yield url


def pages(app: Flask, database: Database) -> Iterator[tuple[str, str]]:
    """Yield the pages whose forms are swept, and whose they are."""
    for key in SWEPT:
        found = find_state(PAGES, key)
        assert found is not None
        yield found[1].who, tap(app.test_client(), found[1])[1].text
    line = signed_in(app, "line")
    with database.reading() as session:
        shown = select(Assessment.id).where(Assessment.citizen_id == person_id("bent"))
        unread = session.exec(shown.where(col(Assessment.shown_at).is_not(None))).first()
    yield "line", line.get(f"/godkend?vis={unread}").text
    yield "line", series_page(line)
    yield "jonas", proposal_page(signed_in(app, "jonas"))


def series_page(line: FlaskClient) -> str:
    """Return the last step of a series of meetings."""
    address, asked = f"/borgere/{person_id('karim')}/kalender/nyt", {"trin": "tider", "within": "56"}
    asked |= {
        "purpose": "Kurset",
        "why": "Vi skal vælge.",
        "minutes": "30",
        "channel": "phone",
        "duty": "nej",
    }
    asked |= {"needed": str(person_id("line")), "every": "1", "times": "3"}
    times = FormsOfPage(line.post(address, data=asked).text)
    first = next(one.value for one in times.controls if one.name == "tid")
    return line.post(address, data=asked | {"trin": "serie", "tid": first}).text


def proposal_page(jonas: FlaskClient) -> str:
    """Return the page of a proposal that was taken back, and can be written anew."""
    address = f"/borgere/{person_id('anna')}/plan/foreslaa-skridt"
    sent = jonas.post(address, data={"words": "Ringe til skolen", "due": "", "goal": ""}).location
    there = sent.partition("?")[0]
    jonas.post(f"{there}/tilbage")
    return jonas.get(there).text


def signed_in(app: Flask, slug: str, *, ended: bool = False) -> FlaskClient:
    client, token = app.test_client(), enter(app, slug)
    client.set_cookie(DEMO_COOKIE, token, domain="localhost")
    if ended:
        with app.extensions["db"].writing() as session:
            revoke_session_by_token(session, token_hash(token), now=app.extensions["clock"]())
    return client


def swept_forms(app: Flask, database: Database) -> list[SweptForm]:
    words, found = numbers(), dict[object, SweptForm]()
    for who, html in pages(app, database):
        page = FormsOfPage(html)
        for form in page.forms:
            key = (endpoint_of(app, form), frozenset(form.fields))
            if form.visible and key not in found and key[0] not in SECRET:
                filled = [fill(form, page.labels, words=words, more=more) for more in ("", TOO_LONG)]
                stranger = "anna" if who == "jonas" or key[0] in LEADERS else "lone"
                found[key] = SweptForm(key[0], who, stranger, *filled)
    return list(found.values())


@contextmanager
def failing(database: Database, problem: Callable[[], Exception]) -> Iterator[None]:
    """The database answers each attempt to write with this."""

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            raise problem()

    event.listen(database.engine, "before_cursor_execute", fail)
    yield
    event.remove(database.engine, "before_cursor_execute", fail)


def send(client: FlaskClient, filled: FilledForm, more: list[tuple[str, str]] = []) -> TestResponse:  # noqa: B006
    data: dict[str, list[str]] = {}
    for name, value in filled.pairs + more:
        data.setdefault(name, []).append(value)
    return client.post(filled.form.action, data=data)


def without_writer(filled: FilledForm) -> FilledForm:
    """Return the form as if it stood on the page of whoever sends it: their right has ended since."""
    return replace(filled, pairs=[pair for pair in filled.pairs if pair[0] != SENDER])


def refusals(app: Flask, forms: list[SweptForm]) -> Iterator[tuple[str, SweptForm, TestResponse]]:
    database: Database = app.extensions["db"]
    own = {who: signed_in(app, who) for who in {one.who for one in forms}}
    ended = {who: signed_in(app, who, ended=True) for who in own}
    strangers = {who: signed_in(app, who) for who in ("anna", "lone")}
    for one in forms:
        yield "signed out", one, send(ended[one.who], one.filled)
        if one.endpoint not in LARGER:
            yield "too large", one, send(own[one.who], one.filled, TOO_LARGE)
        yield "too large, signed out", one, send(ended[one.who], one.filled, TOO_LARGE)
        if one.too_long.typed and (one.endpoint, "too long") not in TAKEN:
            yield "too long", one, send(own[one.who], one.too_long)
        if one.endpoint not in EVERYBODYS:
            yield "no right", one, send(strangers[one.stranger], without_writer(one.filled))
    writing = [one for one in forms if one.endpoint not in ASKS]
    with failing(database, Refused):
        for one in writing:
            yield "the rules say no", one, send(own[one.who], one.filled)
    with failing(database, lambda: RuntimeError("a fault of ours")):
        for one in writing:
            yield "a fault of ours", one, send(own[one.who], one.filled)
    with read_only(database):
        for one in writing:
            yield "can't be written", one, send(own[one.who], one.filled)


@pytest.mark.slow
def test_every_field_of_every_form_comes_back_from_every_refusal(app: Flask, session: Session) -> None:
    forms = swept_forms(app, app.extensions["db"])
    swept = dict[str, set[str]]()
    for one in forms:
        swept[one.endpoint] = swept.get(one.endpoint, set()) | one.filled.form.fields
    assert swept == FIELDS
    gone = set[tuple[str, str, str]]()
    for refusal, one, answer in refusals(app, forms):
        filled = one.too_long if refusal == "too long" else one.filled
        assert answer.status_code in STATUS[refusal], (one.endpoint, refusal)
        gone |= {(one.endpoint, refusal, name) for name in lost(filled, answer.text)}
    assert gone == set(KNOWN)
