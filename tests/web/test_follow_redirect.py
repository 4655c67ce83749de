"""A form that htmx sends is answered with the page that its 303 leads to; everybody else is sent there."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest
from flask import Response
from sqlmodel import Session, select
from werkzeug.test import Client, TestResponse
from werkzeug.wsgi import ClosingIterator

from app.access.models import AccessLogEntry
from app.pwa.outbox import SENT_COOKIE
from app.store.db import Database
from app.web.follow_redirect import follow_see_other
from app.web.forms import new_key
from tests.booking.fixtures import Booked
from tests.cast import People
from tests.conftest import Browser
from tests.goals.plans import lay_plan
from tests.writing import wrote

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HTMX = {"HX-Request": "true"}
WHOLE = HTMX | {"HX-Target": "indhold"}
DRAFT = {"slags": "droem", "words": "Jeg vil lære at svømme", "gem": "kladde"}


def test_a_region_comes_with_the_tap(database: Database, people: People, browser_of: Browser) -> None:
    step, anna = lay_plan(database).step, browser_of(people.anna)
    verb = f"/plan/skridt/{step}/gjort"
    tapped = anna.post(verb, data={"fra": "i-dag"}, headers=HTMX | {"HX-Target": "next-step"})
    assert tapped.status_code == 200
    assert tapped.text.startswith('<div class="stack" id="next-step" data-status="Skridtet er gjort."')
    assert "HX-Push-Url" not in tapped.headers  # the reader is where they were
    assert "Location" not in tapped.headers
    plain = anna.post(verb, data={"fra": "i-dag"})
    assert (plain.status_code, plain.location) == (303, f"/?nyt=gjort&skridt={step}")


def test_a_page_comes_with_the_tap_and_says_its_address(people: People, browser_of: Browser) -> None:
    anna, sent = browser_of(people.anna), DRAFT | {"key": new_key()}
    tapped = anna.post("/skriv", data=sent, headers=WHOLE)
    led_to = anna.post("/skriv", data=sent)  # the same sending once more: it leads to the same
    assert (tapped.status_code, tapped.headers["HX-Push-Url"]) == (200, led_to.location)
    assert tapped.text == anna.get(led_to.location, headers=WHOLE).text
    assert tapped.headers["Cache-Control"] == "no-store"


def test_the_phone_is_told_which_sending_is_done(people: People, booked: Booked, browser_of: Browser) -> None:
    key = new_key()
    tapped = browser_of(people.anna).post(
        f"/kalender/{booked()}/svar",
        data={"reply": "coming", "key": key},
        headers=HTMX | {"HX-Target": "meeting"},
    )
    assert (tapped.status_code, tapped.headers["Outbox"]) == (200, f"{key} done")
    [cookie] = [one for one in tapped.headers.getlist("Set-Cookie") if one.startswith(SENT_COOKIE)]
    assert cookie.startswith(f"{SENT_COOKIE}={key};")
    assert 'id="meeting"' in tapped.text


def test_what_is_refused_is_answered_as_before(people: People, browser_of: Browser) -> None:
    anna, long = browser_of(people.anna), DRAFT | {"key": new_key(), "words": "x" * 4_100}
    tapped, plain = anna.post("/skriv", data=long, headers=WHOLE), anna.post("/skriv", data=long)
    assert (tapped.status_code, plain.status_code) == (422, 422)
    assert tapped.text == plain.text
    nobody = browser_of(None).post("/skriv", data=DRAFT, headers=WHOLE)
    assert (nobody.status_code, nobody.headers["HX-Push-Url"]) == (401, "false")


def test_each_look_is_logged_once(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    """The answer to one entry, and the look at the next in the queue: as when the browser asks for it."""
    for times, headers in enumerate((WHOLE, {}), 1):
        line = browser_of(people.line)
        entry = wrote(database, people.anna, "shared")
        wrote(database, people.karim, "shared")
        answer = line.post(
            f"/borgere/{people.anna.id}/forslag/{entry.id}/godkend", data={"version": 1}, headers=headers
        )
        if not headers:
            line.get(answer.location)
        session.rollback()
        looks = Counter(one.action for one in session.exec(select(AccessLogEntry)))
        assert looks == {"entry:answer": times, "queue:read": times}


# -- what a site of two lines is asked, and in what order ---

Answers = dict[str, Callable[[], Response]]


class Notes:
    """A site that answers as it is told, and notes what it is asked."""

    def __init__(self, **answers: Callable[[], Response]) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []
        self.happened: list[str] = []

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        name = environ["PATH_INFO"].strip("/") or "front"
        body = environ["wsgi.input"].read() if environ["REQUEST_METHOD"] == "GET" else None
        self.asked.append({**environ, "body": body})
        self.happened.append(f"asked {name}")
        answer = self.answers[name]()
        return ClosingIterator(answer(environ, start), lambda: self.happened.append(f"over {name}"))

    def tap(self, headers: dict[str, str] = WHOLE) -> TestResponse:
        phone = Client(follow_see_other(self))
        phone.set_cookie("stays", "1")
        phone.set_cookie("goes", "2")
        return phone.post("/form", data={"words": "x"}, headers=headers)


def leads_to(address: str, *cookies: tuple[str, str]) -> Callable[[], Response]:
    def answer() -> Response:
        response = Response(status=303, headers={"Location": address, "Outbox": "its-key"})
        for name, value in cookies:
            if value:
                response.set_cookie(name, value)
            else:
                response.delete_cookie(name)
        return response

    return answer


def says(text: str, status: int = 200, **headers: str) -> Callable[[], Response]:
    return lambda: Response(
        text, status, headers={name.replace("_", "-"): one for name, one in headers.items()}
    )


def test_the_next_request_is_the_one_a_browser_would_send() -> None:
    site = Notes(
        form=leads_to("/s%C3%A5?a=1&b=%2F#c", ("new", "3"), ("goes", "")), **{"s\xc3\xa5": says("Så")}
    )
    answer = site.tap()
    sent, led = site.asked
    assert (led["REQUEST_METHOD"], led["QUERY_STRING"], led["body"]) == ("GET", "a=1&b=%2F", b"")
    assert led["HTTP_COOKIE"] == "stays=1; new=3"
    assert [name for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if led.get(name)] == []
    same = ("HTTP_HX_REQUEST", "HTTP_HX_TARGET", "HTTP_HOST", "REMOTE_ADDR", "wsgi.url_scheme")
    assert [led.get(name) for name in same] == [sent.get(name) for name in same]
    assert (answer.text, answer.headers["HX-Push-Url"]) == ("Så", "/s%C3%A5?a=1&b=%2F")


def test_the_first_is_over_before_the_next_is_asked() -> None:
    site = Notes(form=leads_to("/page"), page=says("Her"))
    site.tap()
    assert site.happened == ["asked form", "over form", "asked page", "over page"]


def test_both_answers_leave_their_cookies_and_the_page_has_the_last_word() -> None:
    site = Notes(
        form=leads_to("/page", ("who", "first"), ("more", "1")),
        page=says("Her", Set_Cookie="who=second", Outbox="the pages own"),
    )
    answer = site.tap()
    assert [one.partition(";")[0] for one in answer.headers.getlist("Set-Cookie")] == [
        *("who=first", "more=1"),
        "who=second",
    ]
    assert answer.headers.getlist("Outbox") == ["the pages own"]


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "http://localhost/page",
        "",
    ],
)
def test_the_browser_itself_goes_to_another_host(address: str) -> None:
    site = Notes(form=leads_to(address), page=says("Her"))
    answer = site.tap()
    assert (answer.status_code, answer.headers.get("Location")) == (303, address)
    assert site.happened == ["asked form", "over form"]


@pytest.mark.parametrize("status", [200, 404, 500, 503])
def test_whatever_is_there_is_the_answer(status: int) -> None:
    answer = Notes(form=leads_to("/page"), page=says("Her", status, HX_Push_Url="false")).tap()
    assert (answer.status_code, answer.text) == (status, "Her")
    assert (answer.headers["HX-Push-Url"], answer.headers["Outbox"]) == ("false", "its-key")


def test_one_step_is_taken_and_another_is_left_to_the_browser() -> None:
    site = Notes(form=leads_to("/page"), page=leads_to("/on", ("b", "2")), on=says("Her"))
    answer = site.tap()
    assert (answer.status_code, answer.location, len(site.asked)) == (303, "/on", 2)
    assert "HX-Push-Url" not in answer.headers


def test_who_has_no_htmx_is_sent_there() -> None:
    site = Notes(form=leads_to("/page"), page=says("Her"))
    assert (site.tap(headers={}).location, len(site.asked)) == ("/page", 1)
