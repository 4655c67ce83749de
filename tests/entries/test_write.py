"""/skriv: one choice, one field, one button; nothing that was typed is ever lost."""

from html import unescape
from re import search
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from app.entries.models import Entry, EntryVersion
from app.entries.rules import WORDS_MOST, EntryKind, EntryState
from app.plan.models import ContactAssignment
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import REPLY, WORDS, wrote

FORM = "/skriv?slags=droem"


def key_in(response: TestResponse) -> str:
    found = search(r'name="key" value="([0-9a-f]+)"', response.text)
    assert found
    return found[1]


def send(client: FlaskClient, words: str = WORDS, button: str = "del", **more: str) -> TestResponse:
    return client.post(
        "/skriv", data={"key": uuid4().hex, "slags": "droem", "words": words, "gem": button} | more
    )


def entries(session: Session) -> list[Entry]:
    session.rollback()
    return list(session.exec(select(Entry).order_by(col(Entry.written_at))))


def newest(session: Session) -> str:
    return session.exec(select(EntryVersion.words).order_by(col(EntryVersion.number).desc())).first() or ""


@pytest.fixture
def anna(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.anna)


NOBODYS = UUID("00000000-0000-4000-8000-000000000000")


@pytest.mark.parametrize("path", ["/skriv", FORM, f"/skriv/{NOBODYS}", f"/skriv/{NOBODYS}/ret"])
@pytest.mark.parametrize("who", ["line", "jonas", "lone", "vibeke"])
def test_it_is_for_citizens_alone(people: People, browser_of: Browser, path: str, who: str) -> None:
    assert browser_of(getattr(people, who)).get(path).status_code == 404


@pytest.mark.parametrize("rest", ["", "/ret"])
@pytest.mark.parametrize("who", ["karim", "fremmed"])
def test_another_citizen_learns_nothing(
    database: Database, people: People, browser_of: Browser, rest: str, who: str
) -> None:
    entry = wrote(database, people.anna, "shared")
    stranger = browser_of(getattr(people, who))
    known, unknown = (stranger.get(f"/skriv/{one}{rest}") for one in (entry.id, uuid4()))
    assert known.status_code == 404
    assert known.data == unknown.data
    assert stranger.post(f"/skriv/{entry.id}/tag-tilbage").status_code == 404


def test_one_big_choice_first(anna: FlaskClient) -> None:
    text = anna.get("/skriv").text
    for word in ("droem", "maal", "skridt"):
        assert f'href="/skriv?slags={word}"' in text
    assert 'href="/beskeder#skriv"' in text  # a question is no entry
    assert "<textarea" not in text


NOBODYS = UUID("00000000-0000-4000-8000-000000000000")


@pytest.mark.parametrize("path", ["/skriv", FORM])
def test_one_is_told_whom_to_call(anna: FlaskClient, path: str) -> None:
    text = anna.get(path).text
    assert 'Vi læser ikke det her med det samme. Er det akut: ring <a href="tel:112">112.</a>' in text
    said = text.index("Er det akut")
    assert "<textarea" not in text or said < text.index("<textarea") < text.index('href="tel:+4570113131"')


def test_who_will_see_it_is_said_before_by_name_and_unfolded(anna: FlaskClient) -> None:
    text = anna.get(FORM).text
    now = "Når du deler: Line ser det. En vikar ser det, hvis Line er væk, eller svaret er forsinket."
    later = "Når det er med i planen: Jonas, Sara, Thea og Ali ser det også."
    assert "<details" not in text.partition("Del med Line")[0].partition('<form class="form"')[2]
    assert "skal kommunen gemme" in text
    places = [text.index(words) for words in (now, later, "Del med Line")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("slug", "named"),
    [("emil", "Ali og Mette (har forældremyndigheden) ser"), ("bent", "din værge Vibeke")],
)
def test_who_acts_for_somebody_is_named_by_what_they_are(
    people: People, browser_of: Browser, slug: str, named: str
) -> None:
    assert named in browser_of(getattr(people, slug)).get(FORM).text


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("droem", EntryKind.DREAM),
        ("maal", EntryKind.GOAL),
        ("skridt", EntryKind.STEP),
    ],
)
def test_what_is_shared_stands_with_its_day(
    anna: FlaskClient, session: Session, word: str, kind: EntryKind
) -> None:
    there = anna.post("/skriv", data={"slags": word, "words": WORDS, "gem": "del", "key": uuid4().hex})
    (entry,) = entries(session)
    assert (entry.kind, entry.state) == (kind, EntryState.SHARED)
    assert (there.status_code, there.location) == (303, f"/skriv/{entry.id}?nyt=delt")
    text = anna.get(there.location).text
    assert "Dit forslag – Line svarer senest mandag den 9. marts" in text
    assert "Du har delt det med Line." in text


def test_a_draft_is_seen_by_its_author_alone(
    anna: FlaskClient, session: Session, people: People, browser_of: Browser
) -> None:
    there = send(anna, button="kladde")
    assert entries(session)[0].state is EntryState.DRAFT
    assert "Kladde. Kun du kan se den." in anna.get(there.location).text
    assert WORDS in anna.get("/skriv").text
    assert WORDS not in browser_of(people.line).get("/godkend").text


@pytest.mark.both_databases
def test_a_double_tap_makes_one_entry(anna: FlaskClient, session: Session) -> None:
    key = key_in(anna.get(FORM))
    answers = [send(anna, key=key) for _ in range(3)]
    assert len(entries(session)) == 1
    assert len({(answer.status_code, answer.location) for answer in answers}) == 1


def test_line_breaks_of_another_kind_are_the_same_words(anna: FlaskClient, session: Session) -> None:
    key = uuid4().hex
    send(anna, "Et\r\nto\x00 ", key=key)
    send(anna, "Et\nto", key=key)
    assert len(entries(session)) == 1
    assert newest(session) == "Et\nto"


def test_back_with_other_words_keeps_both(anna: FlaskClient, session: Session) -> None:
    key = key_in(anna.get(FORM))
    send(anna, key=key)
    again = send(anna, "Helt andre ord", key=key)
    assert again.status_code == 422
    assert "Helt andre ord" in again.text
    assert "Det første, du sendte, er gemt." in again.text
    assert key_in(again) != key
    send(anna, "Helt andre ord", key=key_in(again))
    assert len(entries(session)) == 2


def test_a_draft_shared_by_going_back_is_shared(anna: FlaskClient, session: Session) -> None:
    key = uuid4().hex
    send(anna, button="kladde", key=key)
    there = send(anna, button="del", key=key)
    assert there.location.endswith("?nyt=delt")
    assert [entry.state for entry in entries(session)] == [EntryState.SHARED]


def test_a_late_resend_does_not_share_what_was_taken_back(anna: FlaskClient, session: Session) -> None:
    key = uuid4().hex
    there = send(anna, key=key).location.partition("?")[0]
    anna.post(f"{there}/tag-tilbage")
    send(anna, key=key)
    assert [entry.state for entry in entries(session)] == [EntryState.DRAFT]


@pytest.mark.parametrize("nothing", ["", " \r\n ", "\x00"])
def test_nothing_written_is_said_kindly(anna: FlaskClient, session: Session, nothing: str) -> None:
    answer = send(anna, nothing)
    assert answer.status_code == 422
    assert "Der er problemer" in answer.text
    assert "Skriv det, du vil fortælle." in answer.text
    assert entries(session) == []


def test_too_long_everything_stands(anna: FlaskClient, session: Session) -> None:
    words = "å" * (WORDS_MOST + 7)
    answer = send(anna, words)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Din tekst er 7 tegn for lang." in answer.text
    assert entries(session) == []
    assert send(anna, "å\r\n" * (WORDS_MOST // 2)).status_code == 303  # counted as they are kept


def test_what_is_written_is_never_markup(anna: FlaskClient) -> None:
    hostile = '</textarea><img src=x onerror=alert(1)> <b data-hx-get="/x">'
    text = anna.get(send(anna, hostile).location).text
    assert "<img" not in text
    assert hostile in unescape(text)


@pytest.mark.parametrize("who", ["ny", "fremmed"])
def test_before_the_yes_one_can_write_but_not_share(
    people: People, browser_of: Browser, session: Session, who: str
) -> None:
    client = browser_of(getattr(people, who))
    text = client.get(FORM).text
    assert "Del med" not in text
    assert "når din plan er åben" in text
    there = send(client)  # the button of an old page
    assert [entry.state for entry in entries(session)] == [EntryState.DRAFT]
    assert "Din kladde er gemt." in client.get(there.location).text


def test_without_a_contact_person_one_is_told_whom_to_call(
    anna: FlaskClient, database: Database, people: People, session: Session
) -> None:
    with database.writing() as writing:
        mine = select(ContactAssignment).where(ContactAssignment.citizen_id == people.anna.id)
        writing.exec(mine).one().ends_at = NOW
    text = anna.get(FORM).text
    assert "når du har en kontaktperson" in text
    assert "Del med" not in text
    send(anna)
    assert [entry.state for entry in entries(session)] == [EntryState.DRAFT]


def test_taken_back_and_corrected(
    anna: FlaskClient, database: Database, people: People, session: Session
) -> None:
    here = f"/skriv/{wrote(database, people.anna, 'shared').id}"
    assert anna.get(f"{here}/ret").location == here  # what is being read does not change
    assert "Du har taget det tilbage." in anna.get(anna.post(f"{here}/tag-tilbage").location).text
    form = anna.get(f"{here}/ret")
    assert WORDS in form.text
    anna.post(f"{here}/ret", data={"key": key_in(form), "words": "Nye ord", "gem": "del"})
    (entry,) = entries(session)
    assert (entry.state, entry.shared_version) == (EntryState.SHARED, 2)


def test_corrected_while_shared_keeps_the_words(
    anna: FlaskClient, database: Database, people: People
) -> None:
    entry = wrote(database, people.anna, "shared")
    answer = anna.post(
        f"/skriv/{entry.id}/ret", data={"key": uuid4().hex, "words": "Fra et andet vindue", "gem": "del"}
    )
    assert answer.status_code == 409
    assert "Fra et andet vindue" in answer.text
    assert "Tag det tilbage først." in answer.text


def test_after_a_talk_one_reads_the_sentence_and_shares_again(
    anna: FlaskClient, database: Database, people: People, session: Session
) -> None:
    here = f"/skriv/{wrote(database, people.anna, 'talk').id}"
    text = anna.get(here).text
    assert "Line skrev til dig" in text
    assert REPLY in text
    anna.post(f"{here}/del")
    assert entries(session)[0].state is EntryState.SHARED


def test_taking_back_too_late_says_what_happened(
    anna: FlaskClient, database: Database, people: People
) -> None:
    entry = wrote(database, people.anna, "in_plan")
    answer = anna.post(f"/skriv/{entry.id}/tag-tilbage")
    assert answer.status_code == 409
    assert "Line har allerede svaret og taget det med i planen." in answer.text


def test_a_new_version_leaves_the_approved_one_standing(
    anna: FlaskClient, database: Database, people: People
) -> None:
    here = f"/skriv/{wrote(database, people.anna, 'in_plan').id}"
    anna.post(f"{here}/ret", data={"key": uuid4().hex, "words": "Nye ord", "gem": "kladde"})
    draft = anna.get(here).text
    assert "Din nye kladde" in draft
    anna.post(f"{here}/del")
    shared = anna.get(here).text
    assert "Det her står i planen nu" in shared
    assert WORDS in shared


def test_the_history_has_every_step_and_every_version(
    anna: FlaskClient, database: Database, people: People
) -> None:
    here = f"/skriv/{wrote(database, people.anna, 'talk').id}"
    anna.post(f"{here}/ret", data={"key": uuid4().hex, "words": "Nye ord", "gem": "del"})
    text = anna.get(here).text
    said = ["Du skrev det.", "Du delte det.", "Line vil gerne tale med dig om det.", "Du skrev en ny udgave."]
    assert [text.count(one) for one in said] == [1, 2, 1, 1]
    assert text.count(WORDS) == 1
    assert text.count(REPLY) == 1


def test_no_words_stand_in_an_address(anna: FlaskClient) -> None:
    there = send(anna).location
    assert UUID(there.removeprefix("/skriv/").partition("?")[0])
    assert there.endswith("?nyt=delt")


def test_a_status_says_nothing_that_is_not_so(anna: FlaskClient, database: Database, people: People) -> None:
    draft = wrote(database, people.anna)
    assert "Du har delt det" not in anna.get(f"/skriv/{draft.id}?nyt=delt").text
