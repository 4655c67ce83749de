"""A professional proposes a step for the citizen: the contact person takes it in, or talks about it first."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from app.dates.clock import fixed_clock
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.goals.models import Step
from app.goals.placing import place_step
from app.goals.rules import NewWork
from app.goals.service import set_goal_details
from app.messages.models import Message
from app.plan.models import ContactAssignment
from app.store.db import Database
from tests.access.planted_plan import chose
from tests.calendar.staff.test_propose import carried
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import GOAL, Laid, area_id, lay_plan
from tests.writing import SITE

OTHERS = {"anna": 403, "line": 403, "fremmed": 404, "lone": 404, "omar": 404, "vibeke": 404}
WORDS, REPLY = "Ringe til skolen", "Lad os først høre, om Anna har overskud."
DUE = "2026-03-20"
MINUTE = timedelta(minutes=1)
URL = f"{People().anna.url}/plan/foreslaa-skridt"


@pytest.fixture
def laid(database: Database) -> Laid:
    return lay_plan(database)


@pytest.fixture
def jonas(browser_of: Browser, people: People) -> FlaskClient:
    return browser_of(people.jonas)


@pytest.fixture
def line(browser_of: Browser, people: People) -> FlaskClient:
    return browser_of(people.line)


def send(jonas: FlaskClient, laid: Laid, **said: str) -> str:
    """Propose a step as Jonas, and return where it stands."""
    form = carried(jonas.get(URL).text) | {"words": WORDS, "due": DUE, "goal": str(laid.goal)} | said
    answer = jonas.post(URL, data=form)
    assert answer.status_code == 303
    return str(answer.location.partition("?")[0])


def of_jonas(session: Session, people: People) -> Entry:
    session.rollback()
    mine = select(Entry).where(Entry.author_id == people.jonas.id, Entry.kind == EntryKind.STEP)
    return session.exec(mine).one()


def answered(line: FlaskClient, people: People, how: str, **said: str) -> str:
    """Answer what stands first in Line's queue, and return the page that follows."""
    page = line.get(f"/godkend?borger={people.anna.id}").text
    address = re.search(rf'action="([^"]+/{how})"', page)
    assert address is not None
    version = carried(page)["version"][0]
    return line.post(address[1], data={"version": version} | said, follow_redirects=True).text


@pytest.mark.both_databases
def test_a_proposal_is_taken_into_the_plan_and_all_three_read_it(
    jonas: FlaskClient,
    line: FlaskClient,
    laid: Laid,
    session: Session,
    browser_of: Browser,
    app: Flask,
) -> None:
    people = People()
    assert URL in jonas.get(f"{people.anna.url}/plan?alle=1").text
    there = send(jonas, laid)
    page = jonas.get(there).text
    assert "Line svarer senest mandag den 9. marts." in page
    app.extensions["clock"] = fixed_clock(NOW + MINUTE)
    anna = browser_of(people.anna)
    assert "Forslag fra Jonas. Line svarer senest" in anna.get("/plan?alle=1").text
    assert WORDS in anna.get("/plan?alle=1").text
    assert WORDS not in browser_of(people.sara).get(f"{people.anna.url}/plan?alle=1").text

    assert "Svar på et forslag til Anna" in line.get("/dag").text
    assert "1 forslag at svare på" in line.get("/borgere").text
    queue = line.get(f"/godkend?borger={people.anna.id}").text
    for said in (WORDS, "Jonas Friis", "Forslag til Anna: Skridt, delt", GOAL):
        assert said in queue
    assert "Anna gør det senest fredag den 20. marts." in queue
    assert "Det, Jonas skrev, er med i planen." in answered(line, people, "godkend")

    entry = of_jonas(session, people)
    step = session.get_one(Step, entry.id)
    assert entry.state is EntryState.IN_PLAN
    assert (step.doer_id, step.goal_id, str(step.due_on)) == (people.anna.id, laid.goal, DUE)
    assert "Line tog et skridt med i din plan." in anna.get("/").text
    assert "Anna: Dit forslag er taget med i planen." in jonas.get("/dag").text
    assert "Det er med i planen" in jonas.get(there).text
    assert "Dine forslag" not in jonas.get(f"{people.anna.url}/plan").text
    for who, page in ((anna, "/plan?alle=1"), (jonas, f"{people.anna.url}/plan?alle=1")):
        assert who.get(page).text.count("Foreslået af Jonas") == 1  # his alone of all the steps
    done = anna.post(f"/plan/skridt/{entry.id}/gjort")
    assert done.status_code == 303


def _plans(browser_of: Browser, people: People) -> list[tuple[FlaskClient, str]]:
    """Return who looks at Anna's plan, and where: herself, and Line."""
    return [
        (browser_of(people.anna), "/plan?alle=1"),
        (browser_of(people.line), f"{people.anna.url}/plan?alle=1"),
    ]


@pytest.mark.both_databases
def test_the_approval_of_it_is_undone_for_ten_minutes_and_all_three_read_so(
    jonas: FlaskClient, line: FlaskClient, laid: Laid, people: People, browser_of: Browser, app: Flask
) -> None:
    there, anna = send(jonas, laid), browser_of(people.anna)
    app.extensions["clock"] = fixed_clock(NOW + MINUTE)
    page = answered(line, people, "godkend")
    assert "Fortryd dit svar på skridtet fra Jonas" in page
    assert "Så er det et forslag igen. Jonas og Anna får det at vide." in page
    way = re.search(r'action="([^"]+/fortryd)"', page)
    assert way is not None
    undone = [line.post(way[1], data={"version": 1}) for _twice in range(2)]
    assert [one.status_code for one in undone] == [303, 303]
    page = line.get(undone[0].location).text
    assert WORDS in page
    assert "fra Jonas " not in page.partition("<article")[0]
    home = anna.get("/").text
    assert "Line har taget et skridt ud af din plan igen. Det er et forslag." in home
    assert "Line tog et skridt med i din plan." not in home  # she had not read it
    day = jonas.get("/dag").text
    assert "Anna: Svaret på dit forslag er fortrudt. Det venter på et nyt svar." in day
    assert "Dit forslag er taget med i planen" not in day
    assert "Line svarer senest mandag den 9. marts." in jonas.get(there).text
    assert "Forslag fra Jonas. Line svarer senest" in anna.get("/plan?alle=1").text
    assert "Det, Jonas skrev, er med i planen." in answered(line, people, "godkend")
    app.extensions["clock"] = fixed_clock(NOW + 12 * MINUTE)
    assert "skridtet fra Jonas" not in line.get("/godkend").text
    assert line.post(way[1], data={"version": 1}).status_code == 409


def test_what_the_contact_person_writes_into_the_plan_is_nobodys_proposal(
    line: FlaskClient, laid: Laid, people: People, database: Database
) -> None:
    new = NewWork(WORDS, people.anna.id, None)
    with database.writing() as session:
        place_step(
            session,
            people.anna.id,
            new,
            author=people.jonas.id,
            by=people.line.id,
            now=NOW,
            workdays=SITE.workdays,
        )
    assert "skridtet fra Jonas" not in line.get("/godkend").text
    plan = line.get(f"{people.anna.url}/plan?alle=1").text
    assert WORDS in plan
    assert "Foreslået af" not in plan


@pytest.mark.both_databases
def test_a_talk_is_told_to_who_proposed_it_and_it_can_be_proposed_in_other_words(
    jonas: FlaskClient,
    line: FlaskClient,
    laid: Laid,
    people: People,
    session: Session,
    browser_of: Browser,
) -> None:
    there = send(jonas, laid)
    assert "Jonas læser det. Sig, hvad I skal tale om." in line.get(f"/godkend?borger={people.anna.id}").text
    assert "Svaret til Jonas er sendt." in answered(line, people, "tal", words=REPLY)
    hers, lines = (one.get(page).text for one, page in _plans(browser_of, people))
    for page in (hers, lines):
        assert page.count("Line vil tale med Jonas om det først") == 2  # in the goal's row, and in full
        assert "Du vil tale om det" not in page.partition("<main")[2]
    assert "Det skal I tale om" not in hers
    assert REPLY not in hers  # it is said to Jonas
    assert REPLY in lines
    assert session.exec(select(Message)).all() == []  # the thread is Anna's
    told = re.search(
        r'href="([^"]+)"[^>]*>\s*Anna: Kontaktpersonen vil gerne tale om dit forslag', jonas.get("/dag").text
    )
    assert told is not None
    opened = jonas.get(told[1], follow_redirects=True).text
    assert REPLY in opened
    assert "Line vil gerne tale om det først" in jonas.get(f"{people.anna.url}/plan").text
    form = carried(opened) | {"words": "Ringe til skolen sammen med Jonas"}
    assert jonas.post(there, data=form).status_code == 303
    assert "svarer senest" in jonas.get(there).text
    entry = of_jonas(session, people)
    assert (entry.state, entry.shared_version) == (EntryState.SHARED, 2)
    words = select(EntryVersion.words).where(EntryVersion.entry_id == entry.id)
    assert WORDS in session.exec(words).all()  # what stood before is kept


def test_what_is_taken_back_waits_for_nobody_and_is_still_there(
    jonas: FlaskClient,
    line: FlaskClient,
    laid: Laid,
    people: People,
) -> None:
    there = send(jonas, laid)
    assert jonas.post(f"{there}/tilbage").status_code == 303
    assert WORDS in jonas.get(there).text
    plan = jonas.get(f"{people.anna.url}/plan").text
    assert there in plan.partition("Mere om planen")[2]  # a way back to it, and not first on the page
    assert "Dine forslag" not in plan
    assert "Svar på et forslag" not in line.get("/dag").text
    assert WORDS not in line.get(f"{people.anna.url}/plan?alle=1").text
    late = line.post(f"{people.anna.url}/forslag/{there.rpartition('/')[2]}/godkend", data={"version": "1"})
    assert late.status_code == 409
    assert "Jonas har taget det tilbage. Du skal ikke svare." in late.text


def test_one_whose_goal_is_gone_from_what_they_see_chooses_another_or_reads_that_there_is_none(
    jonas: FlaskClient, line: FlaskClient, laid: Laid, people: People, database: Database, session: Session
) -> None:
    there = send(jonas, laid, goal=str(laid.proposed))
    answered(line, people, "tal", words=REPLY)
    chose(database, "area", people.jonas)
    form = carried(jonas.get(there).text)
    assert form["goal"] == [str(laid.proposed)]
    with database.writing() as writing:  # it goes to another area, and a goal of his area comes
        home, work = area_id(writing, "Bolig og økonomi"), area_id(writing, "Job og uddannelse")
        set_goal_details(writing, laid.proposed, area_id=home)
        set_goal_details(writing, laid.goal, area_id=work)
    page = jonas.get(there).text
    assert '<option value="">Vælg et mål</option>' in page
    answer = jonas.post(there, data=form | {"goal": "", "words": "Noget andet"})
    assert answer.status_code == 422
    assert "Vælg, hvilket mål det hører til." in answer.text
    assert 'value="Noget andet"' in answer.text
    with database.writing() as writing:
        set_goal_details(writing, laid.goal, area_id=home)
    for page in (jonas.get(there).text, jonas.get(URL).text):
        assert "Der er ikke et mål i planen på dit område endnu. Tal med kontaktpersonen om det." in page
        assert "<select" not in page
    for address in (there, URL):
        answer = jonas.post(address, data=form | {"words": "Noget andet"})
        assert answer.status_code == 422
        assert "Noget andet" in answer.text
        assert "<select" not in answer.text


@pytest.mark.usefixtures("line_is_away")
def test_while_the_contact_person_is_away_it_is_sent_to_who_answers(
    jonas: FlaskClient, laid: Laid, browser_of: Browser, people: People
) -> None:
    page = jonas.get(URL).text
    assert "Omar svarer på forslaget. Siger Omar ja, kommer skridtet med i planen." in page
    assert "Send forslaget til Omar" in page
    assert "Omar svarer senest mandag den 9. marts." in jonas.get(send(jonas, laid)).text
    assert "Svar på et forslag til Anna" in browser_of(people.omar).get("/dag").text


@pytest.mark.both_databases
def test_sent_twice_is_one_and_what_waits_is_not_rewritten(
    jonas: FlaskClient, laid: Laid, people: People, session: Session
) -> None:
    form = carried(jonas.get(URL).text) | {"words": WORDS, "due": "", "goal": ""}
    answers = [jonas.post(URL, data=form) for _twice in range(2)]
    assert answers[0].location == answers[1].location
    entry = of_jonas(session, people)
    there = f"{people.anna.url}/plan/forslag/{entry.id}"
    refused = jonas.post(there, data=form | {"words": "Noget andet"})
    assert refused.status_code == 409
    assert "Noget andet" in refused.text
    assert of_jonas(session, people).version == 1


def test_what_is_wrong_is_said_and_all_that_was_typed_stands(
    jonas: FlaskClient, laid: Laid, session: Session
) -> None:
    answer = jonas.post(URL, data={"words": "", "due": "i morgen", "goal": str(laid.goal)})
    assert answer.status_code == 422
    assert "Skriv, hvad der skal ske." in answer.text
    assert 'value="i morgen"' in answer.text
    assert f'value="{laid.goal}" selected' in answer.text


@pytest.mark.parametrize(("slug", "status"), OTHERS.items())
def test_nobody_else_proposes_a_step_so_or_reads_a_proposal_there(
    jonas: FlaskClient, laid: Laid, people: People, browser_of: Browser, slug: str, status: int
) -> None:
    there, other = send(jonas, laid), browser_of(getattr(people, slug))
    for address in (URL, there):
        assert other.get(address).status_code == status
        assert other.post(address, data={"words": WORDS}).status_code == status
    assert browser_of(people.sara).get(there).status_code == 404


def test_without_a_contact_person_there_is_nobody_to_send_it_to(
    jonas: FlaskClient, laid: Laid, people: People, database: Database, app: Flask
) -> None:
    with database.writing() as writing:
        hers = select(ContactAssignment).where(ContactAssignment.citizen_id == people.anna.id)
        writing.exec(hers).one().ends_at = NOW
    app.extensions["clock"] = fixed_clock(NOW)
    page = jonas.get(URL).text
    assert "Anna har ikke en kontaktperson endnu, så ingen kan svare på det." in page
    assert "Send forslaget" not in page
