"""The history: of one goal, of two wordings of a thing, and what is another since sidst."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.access.policy import PlanExtent, Subject, Tie
from app.dates.local_time import wall_time
from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.entries.service.authoring import revise_entry, share_entry, take_back_entry, write_entry
from app.entries.service.review import approve_entry
from app.goals.promises import mark_promise_kept
from app.goals.service import finish_step
from app.goals.since import since_last
from app.goals.wording import WordingChange, compare_wordings, word_matcher
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import DREAM, GOAL, LATER_STEP, PROMISE, PROPOSED, STEP, lay_plan
from tests.goals.test_who_reads_what import as_reader
from tests.writing import SITE, WORDS, share, wrote

NEWER = "Jeg vil bo tæt på min søn"
DRAFT = "Jeg vil bo langt væk"


@pytest.mark.parametrize(
    ("older", "newer", "gone", "new"),
    [
        ("en to tre", "en to tre", (), ()),
        ("en to tre", "en  to\ntre", (), ()),
        ("en to tre", "en fem seks tre", ("to",), ("fem seks",)),
        ("en to", "nul en to tre", (), ("nul", "tre")),
        ("en to tre", "to", ("en", "tre"), ()),
        ("Sove om natten.", "Sove om natten, altid.", (), ("altid.",)),
        ("»en« – to", "en to", ("–",), ()),
    ],
)
def test_what_is_another_is_said_phrase_by_phrase(
    older: str, newer: str, gone: tuple[str, ...], new: tuple[str, ...]
) -> None:
    assert compare_wordings(older, newer) == WordingChange(gone, new)


def test_two_long_texts_are_not_a_million_pairs_to_look_at() -> None:
    """Two texts of 4,000 signs with one word in every second place: it took 22 s to compare them."""
    before, after = ([word for one in some * 143 for word in ("a", one)] for some in ("bcdefgh", "ijklmno"))
    places: dict[str, list[int]] = vars(word_matcher(before, after))["b2j"]
    assert sum(len(places.get(one, ())) for one in before) < 100_000


def meet(database: Database, people: People, start: datetime) -> None:
    with database.writing() as session:
        session.add(
            Meeting(
                citizen_id=people.anna.id,
                purpose="Samtale",
                channel=Channel.PHONE,
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                wall_start=wall_time(start),
                state=MeetingState.AGREED,
                created_at=NOW,
            )
        )


def told(database: Database, reader: Subject, *, now: datetime) -> tuple[str, ...]:
    with database.reading() as session:
        return since_last(session, reader, now=now)


def written_thrice(database: Database, people: People) -> Entry:
    """A dream that is in the plan twice over, with a draft of a third wording."""
    dream = wrote(database, people.anna, "in_plan")
    anna = people.anna.id
    with database.writing() as session:
        revise_entry(session, anna, dream.id, NEWER, by=anna, now=NOW)
        share(session, session.get_one(Entry, dream.id))
        approve_entry(session, anna, dream.id, version=2, by=people.line.id, now=NOW)
        revise_entry(session, anna, dream.id, DRAFT, by=anna, now=NOW)
    return dream


@pytest.mark.both_databases
def test_the_citizen_sets_any_two_wordings_side_by_side(
    database: Database, browser_of: Browser, people: People
) -> None:
    there = f"/plan/historie/{written_thrice(database, people).id}"
    anna = browser_of(people.anna)
    assert f'href="{there}"' in anna.get("/plan/historie").text
    newest = anna.get(there).text
    assert NEWER in newest
    assert DRAFT in newest
    assert WORDS not in newest
    first = anna.get(f"{there}?til=1&fra=2").text
    assert first.index("Det her er nyt:") < first.index("»søn«") < first.index("Det her er væk:")
    assert first.index("»datter«") < first.index(WORDS) < first.index(NEWER)
    assert DRAFT not in first
    assert anna.get(f"{there}?fra=2&til=2").text == newest
    assert anna.get(f"{there}?fra=7&til=x").text == newest


def test_others_read_no_wording_that_stands_no_more_and_no_draft(
    database: Database, browser_of: Browser, people: People
) -> None:
    there = f"{people.anna.url}/plan/historie/{written_thrice(database, people).id}"
    for one in (people.line, people.jonas):
        page = browser_of(one).get(f"{there}?fra=1&til=3").text
        assert "Der er kun én udgave at se." in page
        assert NEWER in page
        assert WORDS not in page
        assert DRAFT not in page
        assert there not in browser_of(one).get(f"{people.anna.url}/plan/historie").text
    assert browser_of(people.fremmed).get(there).status_code == 404


def test_who_answers_sets_what_waits_beside_what_stands(
    database: Database, browser_of: Browser, people: People
) -> None:
    dream = wrote(database, people.anna, "in_plan")
    with database.writing() as session:
        revise_entry(session, people.anna.id, dream.id, NEWER, by=people.anna.id, now=NOW)
        share(session, session.get_one(Entry, dream.id))
    there = f"{people.anna.url}/plan/historie/{dream.id}"
    line, jonas = browser_of(people.line), browser_of(people.jonas)
    assert f'href="{there}"' in line.get(f"{people.anna.url}/plan/historie").text
    page = line.get(there).text
    assert "»søn«" in page
    assert "Den venter på svar." in page
    assert NEWER not in jonas.get(there).text


def test_what_was_taken_back_is_a_draft_again_and_not_called_earlier(
    database: Database, browser_of: Browser, people: People
) -> None:
    dream = wrote(database, people.anna, "in_plan")
    with database.writing() as session:
        revise_entry(session, people.anna.id, dream.id, NEWER, by=people.anna.id, now=NOW)
        share(session, session.get_one(Entry, dream.id))
        take_back_entry(session, people.anna.id, dream.id, by=people.anna.id, now=NOW)
    page = browser_of(people.anna).get(f"/plan/historie/{dream.id}").text
    assert "En kladde. Kun du kan se den." in page
    assert "En tidligere udgave." not in page


def test_no_link_leads_to_a_single_wording(database: Database, browser_of: Browser, people: People) -> None:
    """A professional's draft that nobody saw before its second wording is not hers to compare."""
    before = NOW - timedelta(days=1)
    with database.writing() as session:
        goal = write_entry(session, people.anna.id, EntryKind.GOAL, WORDS, by=people.jonas.id, now=before)
        revise_entry(session, people.anna.id, goal.id, NEWER, by=people.jonas.id, now=before)
        share_entry(session, people.anna.id, goal.id, by=people.jonas.id, now=before, workdays=SITE.workdays)
        approve_entry(session, people.anna.id, goal.id, version=2, by=people.line.id, now=NOW)
    assert f"/plan/historie/{goal.id}" not in browser_of(people.anna).get("/plan/historie").text


def test_there_are_no_wordings_of_what_is_not_hers(
    database: Database, browser_of: Browser, people: People
) -> None:
    dream, draft = wrote(database, people.karim, "in_plan"), wrote(database, people.anna)
    assert browser_of(people.anna).get(f"/plan/historie/{dream.id}").status_code == 404
    assert browser_of(people.line).get(f"{people.anna.url}/plan/historie/{draft.id}").status_code == 404
    assert browser_of(people.ny).get(f"/plan/historie/{dream.id}").status_code == 404


@pytest.mark.both_databases
def test_the_history_of_one_goal_tells_of_it_and_its_steps(
    database: Database, browser_of: Browser, people: People
) -> None:
    laid = lay_plan(database)
    with database.writing() as session:
        finish_step(session, people.anna.id, laid.step, by=people.anna.id, now=NOW)
    anna = browser_of(people.anna)
    where = f"/plan/historie?maal={laid.goal}"
    assert where in anna.get("/plan/historie").text
    assert where in anna.get(f"/plan/maal/{laid.goal}").text
    page = anna.get(where).text
    assert all(words in page for words in (GOAL, STEP, LATER_STEP, "Du blev færdig med et skridt."))
    assert "Du var enig i et mål." in page
    assert not any(words in page for words in (DREAM, PROPOSED, "sagde ja til én plan", "Siden sidst"))
    assert "Anna blev færdig med et skridt." in browser_of(people.jonas).get(f"{people.anna.url}{where}").text
    assert anna.get(f"/plan/historie?maal={laid.dream}").status_code == 404


@pytest.mark.both_databases
def test_since_last_is_three_true_sentences(database: Database, people: People) -> None:
    laid, anna = lay_plan(database), as_reader(Tie.SELF)
    four_weeks = "De sidste fire uger er 5 ting kommet med i planen."
    still = "Ingen nye skridt er gjort endnu."
    assert told(database, anna, now=NOW) == (four_weeks, still, "Kommunen er ikke bagud med sine løfter.")
    with database.writing() as writing:
        finish_step(writing, people.anna.id, laid.step, by=people.anna.id, now=NOW)
    late = told(database, anna, now=NOW + timedelta(days=11))
    assert late[1:] == ("Et skridt er gjort.", "Kommunen er bagud med et løfte.")
    with database.writing() as writing:
        mark_promise_kept(writing, people.anna.id, laid.promise, by=people.line.id, now=NOW)
    assert told(database, anna, now=NOW + timedelta(days=11))[2] == "Kommunen har holdt et løfte."
    none = told(database, anna, now=NOW + timedelta(days=60))[0]
    assert none == "De sidste fire uger er der ikke kommet noget nyt med i planen."


@pytest.mark.both_databases
def test_it_is_since_the_meeting_that_the_reader_may_know_of(database: Database, people: People) -> None:
    lay_plan(database)
    meet(database, people, NOW - timedelta(days=1, hours=1))
    meet(database, people, NOW + timedelta(days=1))
    said = told(database, as_reader(Tie.SELF), now=NOW)[0]
    assert said == "Siden mødet i går er 4 ting kommet med i planen."
    assert told(database, as_reader(Tie.PROFESSIONAL), now=NOW)[0].startswith("De sidste fire uger")


def test_who_sees_some_areas_alone_is_told_nothing_of_the_whole(database: Database) -> None:
    lay_plan(database)
    limited = replace(as_reader(Tie.PROFESSIONAL), extent=PlanExtent.AREA)
    assert told(database, limited, now=NOW) == ()


@pytest.mark.both_databases
def test_each_line_says_which_thing_it_was_and_leads_there(
    database: Database, browser_of: Browser, booked: Booked, people: People
) -> None:
    laid = lay_plan(database)
    meeting = booked("2026-03-03 10:00", duty=True)
    with database.writing() as session:
        finish_step(session, people.anna.id, laid.step, by=people.anna.id, now=NOW)
    anna = browser_of(people.anna)
    anna.post(f"/plan/maal/{laid.proposed}", data={"answer": "disagree", "words": "Det er for meget"})
    anna.post(f"/kalender/{meeting}/svar", data={"reply": "coming", "seen": "0"})
    page = anna.get("/plan/historie").text
    lines = {line.partition(" <a")[0]: line for line in page.split("<p>")}
    for said, there, words in (
        ("Du blev færdig med et skridt.", str(laid.step), STEP),
        ("Du var uenig i et mål.", str(laid.proposed), PROPOSED),
        ("Line lovede noget på kommunens vegne.", f"#loefte-{laid.promise}", PROMISE),
        ("Du sagde ja til et møde.", f"/kalender/{meeting}", "Mødet tirsdag den 3. marts 2026 kl."),
    ):
        (line,) = [line for begun, line in lines.items() if said in begun]
        assert there in line
        assert words in line


def test_what_happened_to_one_thing_on_a_day_is_told_in_its_order(
    database: Database, browser_of: Browser, people: People
) -> None:
    written_thrice(database, people)
    page = browser_of(people.anna).get("/plan/historie").text
    assert page.index("Du delte en drøm.") < page.index("Line tog en drøm med i planen.")
