"""A road to every page, and no road that leads nowhere: for everybody of the demo as laid, and in its states.

Each walks from the first page on, without JavaScript: along every link, and through every form that only
asks. Forms that change something are read, not sent: they must have somewhere to go, and be for the one who
is shown them (if it is theirs: whether it is, is asked when it is sent). Of what is alike one is visited:
addresses that differ in what they ask for (a day, a week); things that stand alike, such as two meetings with
the same state and answer; and the forms about such things, of one citizen for each kind of tie. But every
link is looked up, and each meeting, goal, entry and answer that a reader can open must have a link to it.
"""

from collections.abc import Iterable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from app.config import DEMO_SITE, Settings, read_site
from app.demo.cast import CAST
from app.demo.state_list import PAGES
from app.demo.state_rows import ROWS
from app.demo.states import PageState, StateContext
from app.identity.login import DEMO_COOKIE
from tests.cast import NOW
from tests.conftest import ORIGIN, enter
from tests.databases import Templates
from tests.demo.tapping import seed_demo_day
from tests.house.roads import Reader, pages, wrong_roads
from tests.house.walk import Walk, find_place, plain, walk_as

# What has no road yet, or leads nowhere, by who meets it; and what is missing. What has turned green is red.
KNOWN = {
    "anna: no road to /plan/maal/<uuid:goal_id>": (
        "the answers to a goal of her own: the history of that goal leads there, which is one page"
        " with the history of all, and the walk opens each page once"
    ),
}
# Pages that no link leads to, and how one comes to them. One that a link leads to is red.
NO_LINK = {
    "/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>/sendt": "it is shown when a proposal was sent",
    "/demo/fejl/<code>": "the forms of /demo/tilstande lead there",
    "/demo/tilstande/<key>": "the forms of /demo/tilstande lead there",
    "/log-af": "it is shown when somebody has signed out",
    "/uden-forbindelse": "the phone shows it when there is no connection",
    "/was": "another address of /tilgaengelighed, for those who know it",
}
# Lists that are led to while something stands in them: somebody must come there, not everybody.
WHILE_FILLED = {"/borgere/moeder"}
# States that no link leads to, and why.
UNLED = {
    "demo-igen": "it is led to when somebody signed in more than five minutes ago",
    "demo-tilstande": "one who is signed in goes there by its address",
    "klares-tom": "nothing stands in the list",
    "log-ind-igen": "it is led to when somebody signed in more than five minutes ago",
    "oenske-sprog": "it is asked after another answer",
    "referat-for-tidligt": "the meeting has not begun: the page says so to one who knows its address",
    "ret-slut": "the meeting is over: the page says so to one who had it open",
}
NOT_FOR_ALL = {f"no road to {rule}" for rule in WHILE_FILLED}

NOBODY = ""
STATES = [state for page in PAGES for state in page.states]
SETTINGS = Settings("", "only for tests, 32 bytes and more", ORIGIN, demo=True, site=read_site(DEMO_SITE))


def seed_demo_states(session: Session) -> None:
    """Lay a demo in which somebody has been to every state."""
    seed_demo_day(session)
    for rows in ROWS.values():
        if rows.find(session) is None:
            rows.make(StateContext(session, SETTINGS, NOW))
            session.flush()


@pytest.fixture(params=[seed_demo_day])
def database_url(request: pytest.FixtureRequest, database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, request.param) as url:
        yield url


in_the_states = pytest.mark.parametrize("database_url", [seed_demo_states], indirect=True)


def signed_in(app: Flask, slug: str) -> FlaskClient:
    client = FlaskClient(app)  # the pages are proof-read where they are tested
    if slug != NOBODY:
        client.set_cookie(DEMO_COOKIE, enter(app, slug), domain="localhost")
    return client


def walk_through(app: Flask, session: Session, slugs: Iterable[str]) -> tuple[dict[str, Walk], set[str]]:
    """Return the walk of each, and what was wrong with it."""
    walks, wrong = {}, set()
    for slug in slugs:
        client, reader = signed_in(app, slug), Reader(session, slug)
        walks[slug] = walk_as(app, client, reader.kinds)
        found = wrong_roads(app, client, reader, walks[slug])
        wrong |= {f"{slug or 'nobody'}: {one}" for one in found if one not in NOT_FOR_ALL}
    return walks, wrong


def without_road(
    app: Flask, session: Session, walks: dict[str, Walk], states: Iterable[PageState]
) -> set[str]:
    """Return the states whose page has no link that leads to it for the one it is made for."""
    routes, lost = app.url_map.bind("localhost"), set()
    for state in states:
        place = find_place(routes, address_of(state, session), "GET")
        if state.sends is None and state.expected == 200 and place and place.rule.rule not in NO_LINK:
            wanted = {(place.rule.rule, place.of, one) for one in place.things or [None]}
            if not wanted & walks[state.who].linked:
                lost.add(state.key)
    return lost


def address_of(state: PageState, session: Session) -> str:
    found = state.rows.find(session) if state.rows else None
    return plain(state.address.replace("{id}", found or "")) or ""


@pytest.mark.slow
def test_everybody_finds_every_page_of_theirs_and_no_road_leads_nowhere(app: Flask, session: Session) -> None:
    walks, wrong = walk_through(app, session, [*(one.slug for one in CAST), NOBODY])
    assert wrong == set(KNOWN)
    as_laid = [state for state in STATES if state.rows is None]
    assert without_road(app, session, walks, as_laid) == {one.key for one in as_laid} & set(UNLED)


@pytest.mark.slow
@in_the_states
def test_in_its_state_a_page_has_a_road_and_every_page_is_reached_by_somebody(
    app: Flask, session: Session
) -> None:
    """A walk for each whose states need rows, in a demo in which somebody has been to all of them."""
    laid = [state for state in STATES if state.rows]
    walks, wrong = walk_through(app, session, dict.fromkeys(state.who for state in laid))
    assert wrong - set(KNOWN) == set()
    assert without_road(app, session, walks, laid) == {one.key for one in laid} & set(UNLED)
    reached = {rule for walk in walks.values() for rule, _of in walk.reached}
    assert {rule.rule for rule in pages(app)} - reached == set(NO_LINK)
