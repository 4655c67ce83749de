"""A phone that has the page for when there is no line is sent a page without what stands in that one.

Decoded is with the page as the phone fetched it; in a browser: e2e/test_second_visit.py.
"""

import hashlib
import sys
from base64 import b64encode
from dataclasses import replace
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.dates.clock import fixed_clock
from app.identity.login import DEMO_COOKIE
from app.web import dictionary
from tests.cast import NOW, People
from tests.conftest import ORIGIN, enter

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OFFLINE = "/uden-forbindelse"
ACCEPTS = "gzip, deflate, br, zstd, dcb, dcz"
FORM = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}


class Phone:
    """A browser with a worker: it has fetched the page for when there is no line, and says so."""

    def __init__(self, app: Flask, person: str | None = "anna", language: str = "da") -> None:
        self.client = FlaskClient(app)  # the careful one proof-reads only what is plain
        if person:
            self.client.set_cookie(DEMO_COOKIE, enter(app, person), domain="localhost")
        self.client.set_cookie("sprog", language, domain="localhost")
        self.kept = self.client.get(OFFLINE).data

    def ask(self, address: str, *, kept: bytes | None = None, accepts: str = ACCEPTS, **more: Any) -> Any:
        headers = {"Accept-Encoding": accepts, "Available-Dictionary": name_of(kept or self.kept)}
        return self.client.open(address, headers=headers | more.pop("headers", {}), **more)

    def plain(self, address: str, **more: Any) -> Any:
        return self.client.open(address, **more)

    def read(self, body: bytes) -> bytes:
        return zstd.decompress(body, zstd_dict=zstd.ZstdDict(self.kept, is_raw=True))


def name_of(page: bytes) -> str:
    return f":{b64encode(hashlib.sha256(page).digest()).decode()}:"


@pytest.fixture
def anna(app: Flask) -> Phone:
    return Phone(app)


@pytest.mark.parametrize("language", ["da", "en", "ar"])
@pytest.mark.parametrize("address", ["/", "/plan", "/kalender", "/findes-ikke", OFFLINE])
def test_what_is_decoded_is_the_page_byte_for_byte(app: Flask, address: str, language: str) -> None:
    phone = Phone(app, language=language)
    for _ in range(2):  # the second one may be kept
        answer = phone.ask(address)
        assert answer.headers["Content-Encoding"] == "dcz"
        assert answer.data[:40] == bytes.fromhex("5e2a4d1820000000") + hashlib.sha256(phone.kept).digest()
        assert phone.read(answer.data) == phone.plain(address).data
    assert len(answer.data) < len(brotli.compress(phone.plain(address).data)) / 2


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_first_page_after_a_start_is_in_the_language_of_its_reader(
    settings: Settings, people: People, language: str
) -> None:
    """The pages that phones keep are fetched while it is answered, in every language, and change nothing."""
    phone = Phone(create_app(settings, clock=fixed_clock(NOW)), "line", language)
    for _ in range(2):  # the second one is kept
        answer = phone.ask(f"/borgere/{people.anna.id}/plan")
        assert f'<html lang="{language}"'.encode() in phone.read(answer.data)


def test_so_is_the_answer_to_a_form_that_is_refused(anna: Phone) -> None:
    words = "a" * 4001
    answer = anna.ask("/skriv", method="POST", headers=FORM, data={"slags": "droem", "words": words})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (422, "dcz")
    assert words in anna.read(answer.data).decode()


@pytest.mark.parametrize("address", ["/plan", "/kalender"])  # one that is kept, and one that is not
@pytest.mark.parametrize(
    "asked",
    [
        {"kept": b"the page of another release"},
        {"headers": {"Available-Dictionary": "nonsense"}},
        {"headers": {"Available-Dictionary": ""}},
        {"accepts": "gzip, deflate, br, zstd"},
        {"accepts": "br, dcz;q=0"},
    ],
)
def test_who_has_no_page_of_ours_is_answered_as_ever(
    anna: Phone, address: str, asked: dict[str, Any]
) -> None:
    anna.ask(address)  # kept in one form is not given in another
    answer = anna.ask(address, **asked)
    assert answer.headers["Content-Encoding"] == "br"
    assert brotli.decompress(answer.data) == anna.plain(address).data
    assert anna.ask(address).headers["Content-Encoding"] == "dcz"


def test_a_page_with_somebodys_words_is_no_dictionary(anna: Phone) -> None:
    """Named by its hash, as the phone itself could: what is compressed with is never of anybody's."""
    own = anna.plain("/plan").data
    assert anna.ask("/plan", kept=own).headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("person", [None, "line", "karim"])
def test_what_all_phones_keep_is_the_same_and_holds_nothing_of_who_fetched_it(
    app: Flask, anna: Phone, person: str | None
) -> None:
    assert Phone(app, person).kept == anna.kept
    assert b"Anna" not in anna.kept


def test_only_that_page_may_be_kept_and_compressed_with(anna: Phone) -> None:
    page = anna.plain(OFFLINE)
    assert page.headers["Use-As-Dictionary"] == 'match="/*", match-dest=("document")'
    assert page.headers["Cache-Control"] == "private, max-age=31536000"
    for address in ("/", "/plan", "/kalender", "/findes-ikke", f"{OFFLINE}?sprog=en"):
        answer = anna.plain(address)
        assert "Use-As-Dictionary" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/", "/plan", "/findes-ikke", OFFLINE])
def test_whoever_keeps_answers_is_told_what_they_hang_on(anna: Phone, address: str) -> None:
    for kept in (None, None, b"of another release", b"of another release"):  # the second one may be kept
        answer = anna.ask(address, kept=kept)
        assert {"Accept-Encoding", "Available-Dictionary"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize("address", ["/", "/plan", "/findes-ikke"])
def test_who_can_not_read_it_gets_not_a_byte_more(anna: Phone, address: str) -> None:
    """What such a request is answered hangs on no dictionary, whatever it names."""
    named = dict(anna.ask(address, accepts="gzip, br").headers)
    assert named == dict(anna.plain(address, headers={"Accept-Encoding": "gzip, br"}).headers)
    assert "Dictionary" not in "".join([*named, *named.values()])


def test_head_says_the_same_and_sends_nothing(anna: Phone) -> None:
    asked, head = anna.ask("/kalender"), anna.ask("/kalender", method="HEAD")
    assert (dict(head.headers), head.data) == (dict(asked.headers), b"")


@pytest.mark.own_app
def test_after_a_change_of_the_page_the_old_one_is_of_no_use(settings: Settings, anna: Phone) -> None:
    changed = create_app(
        replace(settings, site=replace(settings.site, phone="70101010")), clock=fixed_clock(NOW)
    )
    after = Phone(changed)
    assert after.kept != anna.kept
    assert after.ask("/", kept=anna.kept).headers["Content-Encoding"] == "br"
    assert after.ask("/").headers["Content-Encoding"] == "dcz"
    changed.extensions["db"].close()


@pytest.mark.own_app
def test_a_python_without_the_coding_answers_as_ever(
    settings: Settings, anna: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionary, "zstd", None)
    bare = create_app(settings, clock=fixed_clock(NOW))
    assert Phone(bare).ask("/").headers["Content-Encoding"] == "br"
    bare.extensions["db"].close()
