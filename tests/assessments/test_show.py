"""Private until shown, read and never scored, and gone at the next request when it is hidden again."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app.access.models import AccessLogEntry
from app.assessments.models import AssessmentReading
from app.assessments.rules import DECLINE, REPLY_MOST, SKIP, StepChoice
from app.assessments.service import hide_assessment
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Absence
from app.plan.service import assign_contact
from app.store.db import Database
from tests.assessments.answers import REPLY, WORDS, told
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import wrote


@pytest.fixture
def anna(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.anna)


@pytest.fixture
def line(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.line)


def all_that_line_sees(line: FlaskClient, people: People) -> str:
    return "".join(line.get(place).text for place in ("/godkend", "/borgere", f"{people.anna.url}/fremgang"))


def notices(session: Session, person_id: UUID) -> list[str]:
    """Return what somebody is told of answers to how it goes."""
    session.rollback()
    told_of = session.exec(select(Notice).where(Notice.person_id == person_id))
    return [one.kind for one in told_of if one.kind.startswith("assessment")]


def be_away(database: Database, people: People) -> None:
    """Line is away today, and Omar stands in."""
    day = timedelta(days=1)
    with database.writing() as session:
        session.add(
            Absence(
                person_id=people.line.id,
                substitute_id=people.omar.id,
                starts_at=NOW - day,
                ends_at=NOW + day,
            )
        )


def say_read(client: FlaskClient, people: People, answer: UUID, words: str = "") -> tuple[int, str]:
    sent = client.post(f"{people.anna.url}/fremgang/{answer}/laest", data={"words": words})
    return sent.status_code, sent.location or sent.text


def test_what_is_private_is_seen_nowhere_by_anybody_else(
    line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    told(database, people.anna)
    seen = all_that_line_sees(line, people)
    assert WORDS not in seen
    assert "Svært" not in seen
    assert "at læse" not in seen
    assert "Ingen venter på svar" in seen
    assert "Anna viser dig ikke noget lige nu." in seen
    assert notices(session, people.line.id) == []


def test_shown_it_is_seen_counted_and_told(
    anna: FlaskClient, line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    hers = told(database, people.anna)
    there = anna.post(f"/fremgang/{hers}/vis").location
    assert there == f"/fremgang/{hers}?nyt=vist"
    assert "Line kan se det nu." in anna.get(there).text
    queue, borgere = line.get("/godkend").text, line.get("/borgere").text
    for shown in (WORDS, "Svært", "Hvordan går det med hverdagen derhjemme?", "Jeg har læst det", "1 af 1"):
        assert shown in queue
    assert "Godkend – tag med" not in queue
    assert "1 svar at læse" in borgere
    assert WORDS in line.get(f"{people.anna.url}/fremgang").text
    assert notices(session, people.line.id) == ["assessment_shown"]


def test_showing_twice_is_once(
    anna: FlaskClient, database: Database, people: People, session: Session
) -> None:
    hers = told(database, people.anna)
    for _again in range(2):
        assert anna.post(f"/fremgang/{hers}/vis").status_code == 303
    assert notices(session, people.line.id) == ["assessment_shown"]


def test_hidden_again_it_is_gone_at_the_next_request(
    anna: FlaskClient, line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    hers = told(database, people.anna, "shown")
    assert WORDS in line.get("/godkend").text
    assert anna.post(f"/fremgang/{hers}/skjul").location == "/fremgang?nyt=skjult"
    assert "Kun du kan se det." in anna.get("/fremgang?nyt=skjult").text
    assert WORDS not in all_that_line_sees(line, people)
    assert notices(session, people.line.id) == []
    status, page = say_read(line, people, hers, REPLY)
    assert status == 409
    assert "Anna viser det ikke længere. Du skal ikke svare." in page
    assert REPLY in page
    assert WORDS not in page


def test_what_was_read_stays_read(
    anna: FlaskClient, line: FlaskClient, database: Database, people: People
) -> None:
    hers = told(database, people.anna, "read")
    anna.post(f"/fremgang/{hers}/skjul")
    assert WORDS not in all_that_line_sees(line, people)
    text = anna.get(f"/fremgang/{hers}").text
    for said in ("Line læste det i dag.", REPLY, "Kun du kan se det"):
        assert said in text


@pytest.mark.both_databases
def test_reading_tells_the_citizen_and_leaves_the_queue(
    line: FlaskClient, anna: FlaskClient, database: Database, people: People
) -> None:
    hers = told(database, people.anna, "shown")
    status, there = say_read(line, people, hers, REPLY)
    assert (status, there) == (303, f"/godkend?laest={hers}")
    after = line.get(there).text
    assert "Anna får at vide, at du har læst det." in after
    assert "Ingen venter på svar" in after
    assert "Line har læst dit svar på, hvordan det går." in anna.get("/").text
    text = anna.get(f"/fremgang/{hers}").text
    assert "Line har læst det" in text
    assert REPLY in text


def test_a_word_is_not_needed_and_the_same_tap_twice_is_once(
    line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    hers = told(database, people.anna, "shown")
    assert [say_read(line, people, hers)[0] for _again in range(2)] == [303, 303]
    reading = session.exec(select(AssessmentReading)).one()
    assert (reading.read_by, reading.reply) == (people.line.id, None)
    assert notices(session, people.anna.id) == ["assessment_read"]


def test_too_long_a_sentence_is_kept(line: FlaskClient, database: Database, people: People) -> None:
    hers = told(database, people.anna, "shown")
    status, page = say_read(line, people, hers, "æ" * (REPLY_MOST + 4))
    assert status == 422
    assert "Din tekst er 4 tegn for lang." in page
    assert "æ" * (REPLY_MOST + 4) in page
    assert WORDS in page


def test_it_stands_after_what_waits_for_an_answer(
    line: FlaskClient, database: Database, people: People
) -> None:
    told(database, people.anna, "shown", words="Nyest vist")
    told(database, people.bent, "shown", words="Ældst vist", at=NOW - timedelta(days=9))
    wrote(database, people.karim, "shared", words="Et forslag")
    met, address = [], "/godkend"
    for place in range(1, 4):
        text = line.get(address).text
        assert f"{place} af 3" in text
        met.append(next(said for said in ("Et forslag", "Ældst vist", "Nyest vist") if said in text))
        address = "/godkend?efter=" + text.partition('href="/godkend?efter=')[2].partition('"')[0]
    assert met == ["Et forslag", "Ældst vist", "Nyest vist"]


@pytest.mark.parametrize("said", [SKIP, DECLINE])
def test_that_one_skipped_is_not_shown_even_with_words(
    line: FlaskClient, anna: FlaskClient, database: Database, people: People, said: StepChoice
) -> None:
    told(database, people.anna, "shown", said=said)
    nothing = told(database, people.anna, said=said, words=None)
    assert anna.post(f"/fremgang/{nothing}/vis").status_code == 409
    seen = all_that_line_sees(line, people)
    assert WORDS in seen
    for word in ("sprang over", "ville ikke svare", "Spring over", "skipped", "declined"):
        assert word not in seen


@pytest.mark.parametrize("slug", ["jonas", "thea", "omar", "vibeke", "lone", "admin", "karim"])
def test_nobody_else_sees_what_is_shown_to_line(
    database: Database, people: People, browser_of: Browser, slug: str
) -> None:
    hers = told(database, people.anna, "shown")
    client = browser_of(getattr(people, slug))
    assert client.get(f"{people.anna.url}/fremgang").status_code in (403, 404)
    assert say_read(client, people, hers)[0] in (403, 404)
    assert WORDS not in client.get("/godkend").text


@pytest.mark.both_databases
def test_one_who_stands_in_sees_it_and_may_read_it(
    database: Database, people: People, browser_of: Browser, line: FlaskClient
) -> None:
    be_away(database, people)
    hers = told(database, people.anna, "shown")
    omar = browser_of(people.omar)
    assert WORDS in omar.get("/godkend").text
    assert say_read(omar, people, hers)[0] == 303
    status, page = say_read(line, people, hers, REPLY)
    assert status == 409
    assert "Omar har allerede læst det." in page
    assert REPLY in page


def test_a_new_contact_person_sees_nothing_until_it_is_shown_to_them(
    anna: FlaskClient, database: Database, people: People, browser_of: Browser
) -> None:
    hers = told(database, people.anna, "read")
    with database.writing() as session:
        assign_contact(session, people.anna.id, people.omar.id, now=NOW)
    omar = browser_of(people.omar)
    assert WORDS not in all_that_line_sees(omar, people)
    text = anna.get(f"/fremgang/{hers}").text
    assert "Kun du kan se det" in text
    assert "Vis det til Omar" in text
    anna.post(f"/fremgang/{hers}/vis")
    assert WORDS in omar.get("/godkend").text


def test_without_a_yes_nothing_is_shown(
    anna: FlaskClient, line: FlaskClient, database: Database, people: People
) -> None:
    hers, other = told(database, people.anna, "shown"), told(database, people.anna)
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    assert line.get(f"{people.anna.url}/fremgang").status_code == 403
    assert WORDS not in line.get("/godkend").text
    assert "Kun du kan se det" in anna.get(f"/fremgang/{hers}").text
    refused = anna.post(f"/fremgang/{other}/vis")
    assert refused.status_code == 409
    assert "Du kan vise det, når din plan er åben. Dit svar er gemt." in refused.text


def test_nobody_shows_or_hides_anothers(database: Database, people: People, browser_of: Browser) -> None:
    hers = told(database, people.anna, "shown")
    karim = browser_of(people.karim)
    for verb in ("vis", "skjul"):
        assert karim.post(f"/fremgang/{hers}/{verb}").status_code == 404
        assert karim.post(f"/fremgang/{uuid4()}/{verb}").status_code == 404


@pytest.mark.both_databases
def test_each_look_is_written_down(
    line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    told(database, people.anna, "shown")
    line.get("/godkend")
    line.get(f"{people.anna.url}/fremgang")
    looks = session.exec(select(AccessLogEntry.action).order_by(col(AccessLogEntry.at)))
    assert sorted(looks) == ["progress:read", "queue:read"]


@pytest.mark.both_databases
def test_of_two_who_read_at_once_one_is_first(
    database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    be_away(database, people)
    hers = told(database, people.anna, "shown")
    browsers = {"Line": browser_of(people.line), "Omar": browser_of(people.omar)}
    gate, answers = Barrier(2), {}

    def read(name: str) -> None:
        gate.wait(10)
        answers[name] = say_read(browsers[name], people, hers, name)[0]

    both = [Thread(target=read, args=(name,)) for name in browsers]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(answers.values()) == [303, 409]
    assert len(session.exec(select(AssessmentReading)).all()) == 1


def test_hiding_when_nobody_has_looked_leaves_no_trace_with_others(
    database: Database, people: People, session: Session
) -> None:
    hers = told(database, people.anna, "shown")
    with database.writing() as writing:
        hide_assessment(writing, people.anna.id, hers)
    assert notices(session, people.line.id) == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE assessment SET state = 'shared'",
        "UPDATE assessment SET words = ' '",
        "UPDATE assessment_answer SET value = 6",
        "UPDATE assessment_answer SET value = NULL",
        "UPDATE assessment_answer SET kind = 'skipped'",
        "UPDATE question_step SET value = 0 WHERE value = 1",
    ],
)
def test_the_database_refuses_what_cannot_be(database: Database, people: People, wrong: str) -> None:
    told(database, people.anna)
    with pytest.raises(DBAPIError), database.writing() as session:
        session.connection().execute(sql(wrong))


@pytest.mark.both_databases
def test_a_notice_without_a_kind_is_refused(database: Database, people: People) -> None:
    told(database, people.anna, "shown")
    with pytest.raises(DBAPIError), database.writing() as session:
        session.connection().execute(sql("UPDATE notice SET kind = ' '"))
