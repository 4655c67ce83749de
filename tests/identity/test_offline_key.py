"""What a phone keeps for one person opens for nobody else, and is let go only when it has arrived."""

from base64 import b64decode
from uuid import uuid4

import pytest

from app.identity.offline_key import KEY_BYTES, device_owner_name, form_storage_key, sealing_key
from app.web.forms import new_key
from tests.cast import People
from tests.conftest import Browser

ANNA, BENT = uuid4(), uuid4()


def test_a_text_has_the_same_place_and_key_each_time() -> None:
    assert form_storage_key("site", ANNA, "droem") == form_storage_key("site", ANNA, "droem")


@pytest.mark.parametrize(
    ("site", "who", "place"), [("site", BENT, "droem"), ("site", ANNA, "maal"), ("b", ANNA, "droem")]
)
def test_another_person_form_or_site_has_another(site: str, who: object, place: str) -> None:
    one, other = form_storage_key("site", ANNA, "droem").split(), form_storage_key(site, who, place).split()  # type: ignore[arg-type]
    assert one[0] != other[0]
    assert one[1] != other[1]


def test_the_key_alone_is_the_one_of_the_place() -> None:
    _name, key = form_storage_key("site", ANNA, "droem").split()
    assert sealing_key("site", ANNA, "droem") == key
    assert len(b64decode(key)) == KEY_BYTES


def test_names_on_the_phone_say_nothing_of_who_it_is() -> None:
    name, _key = form_storage_key("site", ANNA, "droem").split()
    assert name.startswith(device_owner_name("site", ANNA))
    assert ANNA.hex not in name
    assert str(ANNA) not in name


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_server_names_the_sending_that_arrived(browser_of: Browser, people: People) -> None:
    anna, key = browser_of(people.anna), new_key()
    sent = {"key": key, "slags": "droem", "words": "Et lille hus", "gem": "kladde"}
    assert anna.post("/skriv", data=sent).status_code == 303
    kept = anna.get_cookie("gemt", domain="localhost")
    assert kept is not None
    assert kept.value == key
    assert not kept.http_only


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("words", "signed_in", "status"), [("", True, 422), ("Et lille hus", False, 401)])
def test_it_names_none_when_nothing_arrived(
    browser_of: Browser, people: People, words: str, signed_in: bool, status: int
) -> None:
    browser = browser_of(people.anna if signed_in else None)
    answer = browser.post("/skriv", data={"key": new_key(), "slags": "droem", "words": words})
    assert answer.status_code == status
    assert browser.get_cookie("gemt", domain="localhost") is None
