"""A kept page is given only to whom it was drawn for, and only while it would be drawn the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import brotli
import pytest
from flask import Flask, Response, make_response
from flask.testing import FlaskClient
from sqlmodel import col, select

from app import i18n
from app.access import page_cache
from app.access.guard import Viewer, requires
from app.access.models import AccessLogEntry
from app.access.policy import Action, PlanExtent, Subject
from app.dates.clock import fixed_clock
from app.entries.rules import EntryKind
from app.entries.service.authoring import take_back_entry
from app.entries.service.escalation import mark_late
from app.entries.service.review import approve_entry, talk_about_entry
from app.goals.promises import mark_promise_kept
from app.goals.rules import Agreement, GoalAnswer
from app.goals.service import answer_goal, finish_step, undo_step
from app.identity.login import DEMO_COOKIE
from app.identity.models import Person
from app.identity.rules import TextSize
from app.identity.service import save_settings
from app.identity.sessions import Account
from app.people_import.matching import external_key
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Absence
from app.plan.plan_access import choose_access
from app.plan.service import assign_contact, open_cover
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import ORIGIN, enter
from tests.goals.plans import ANNA, JONAS, LINE, TODAY, Laid, lay_plan, promise
from tests.identity.test_settings import CATALOGUE
from tests.people_import.test_import_people import SECRET, take
from tests.writing import REPLY, wrote

pytestmark = pytest.mark.slow

OMAR = People().omar
HERE, THERE = "/plan", f"{ANNA.url}/plan"
BR = {"Accept-Encoding": "gzip, br", "Sec-Fetch-Site": "same-origin"}
TOMORROW = NOW + timedelta(days=1)
TOO_LATE = NOW + timedelta(days=8)


@dataclass(slots=True)
class Site:
    """A served plan of Anna's, and two entries that wait."""

    app: Flask
    laid: Laid
    waiting: UUID

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions["db"]
        return found

    def browser(self, person: Someone) -> FlaskClient:
        client = FlaskClient(self.app)
        client.set_cookie(DEMO_COOKIE, enter(self.app, person.slug), domain="localhost")
        return client

    def write(self, work: Callable[..., object], *args: Any, **named: Any) -> None:
        with self.database.writing() as session:
            work(session, *args, **named)


@pytest.fixture
def site(app: Flask, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(CATALOGUE, "utf-8")  # today's translations may lack a text
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    laid = lay_plan(database)
    return Site(app, laid, wrote(database, ANNA, "shared", words="Jeg vil lære at svømme").id)


def kept_look(client: FlaskClient, address: str = HERE) -> str:
    """Look as a browser does: the page may be a kept one."""
    answer = client.get(address, headers=BR)
    assert answer.headers.get("Content-Encoding") == "br", answer.status
    return str(brotli.decompress(answer.data).decode())


def built_look(client: FlaskClient, address: str = HERE) -> str:
    """Look as a browser that can't read kept pages: what stands in the rows now."""
    return client.get(address, headers={"Sec-Fetch-Site": "same-origin"}).text


def is_new(site: Site, reader: Someone, change: Callable[[Site, FlaskClient], object]) -> bool:
    """Say whether a reader who has looked twice sees what has changed at the next look."""
    client, address = site.browser(reader), HERE if reader == ANNA else THERE
    before = kept_look(client, address)
    assert kept_look(client, address) == before == built_look(client, address)
    change(site, client)
    now = built_look(client, address)
    assert now != before, "the change shows nothing, so it proves nothing"
    return kept_look(client, address) == now


def _away(site: Site, _client: object) -> None:
    hours = timedelta(hours=1)
    absence = Absence(
        person_id=LINE.id, substitute_id=OMAR.id, starts_at=NOW - hours, ends_at=NOW + 50 * hours
    )
    site.write(lambda session: session.add(absence))


def _rename(site: Site, _client: object) -> None:
    with site.database.writing() as session:
        session.get_one(Person, LINE.id).external_key = external_key(SECRET, "7001")
    take(site.database, "Nummer;Navn;Rolle\n7001;Linea Madsen;kontaktperson\n")


def _next_day(site: Site, client: FlaskClient) -> None:
    site.app.extensions["clock"] = fixed_clock(TOMORROW)
    client.set_cookie(DEMO_COOKIE, enter(site.app, "anna"), domain="localhost")


def _done(site: Site, _client: object = None) -> None:
    site.write(finish_step, ANNA.id, site.laid.step, by=ANNA.id, now=NOW)


def _done_and_undone(site: Site, _client: object) -> None:
    _done(site)
    site.write(undo_step, ANNA.id, site.laid.step, by=ANNA.id, now=NOW)
    site.write(finish_step, ANNA.id, site.laid.later_step, by=ANNA.id, now=NOW)


def _answered(site: Site, _client: object = None) -> None:
    site.write(answer_goal, ANNA.id, site.laid.proposed, GoalAnswer(Agreement.UNSURE), by=ANNA.id, now=NOW)


def _new_contact(site: Site, _client: object = None) -> None:
    site.write(assign_contact, ANNA.id, OMAR.id, now=NOW)


def _larger(site: Site, _client: object = None) -> None:
    site.write(save_settings, ANNA.id, language="da", text_size=TextSize.LARGEST)


def _in_arabic(_site: object, client: FlaskClient) -> None:
    client.set_cookie("sprog", "ar", domain="localhost")


def _other_texts(site: Site, _client: object = None) -> None:
    known = site.app.extensions["settings"]
    site.app.extensions["settings"] = replace(known, site=replace(known.site, name="Ny Kommune"))


CHANGES: dict[str, Callable[[Site, FlaskClient], object]] = {
    "a draft": lambda site, _: wrote(site.database, ANNA, words="Kun min"),
    "sharing": lambda site, _: wrote(site.database, ANNA, "shared", words="En ny drøm", kind=EntryKind.GOAL),
    "approving": lambda s, _: s.write(approve_entry, ANNA.id, s.waiting, version=1, by=LINE.id, now=NOW),
    "a talk": lambda s, _: s.write(
        talk_about_entry, ANNA.id, s.waiting, REPLY, version=1, by=LINE.id, now=NOW
    ),
    "taking back": lambda s, _: s.write(take_back_entry, ANNA.id, s.waiting, by=ANNA.id, now=NOW),
    "an answer that is late": lambda site, _: site.write(mark_late, now=TOO_LATE),
    "an answer to a goal": _answered,
    "a step": _done,
    "a step undone": _done_and_undone,
    "a promise": lambda site, _: promise(site.database, "Ringe i morgen", due_on=TODAY),
    "a promise kept": lambda s, _: s.write(mark_promise_kept, ANNA.id, s.laid.promise, by=LINE.id, now=NOW),
    "an absence": _away,
    "another contact person": _new_contact,
    "a no": lambda site, _: site.write(withdraw_yes, ANNA.id, by=ANNA.id, now=NOW),
    "an import with a new name": _rename,
    "text size": _larger,
    "language": _in_arabic,
    "midnight": _next_day,
    "the municipality's texts": _other_texts,
}


@pytest.mark.both_databases
@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_the_page_is_seen_at_the_next_look(site: Site, name: str) -> None:
    assert is_new(site, ANNA, CHANGES[name])


@pytest.mark.parametrize("name", ["an answer to a goal", "a step", "an import with a new name"])
def test_so_do_those_who_help(site: Site, name: str) -> None:
    assert is_new(site, JONAS, CHANGES[name])


def test_so_does_one_who_is_let_see_less(site: Site) -> None:
    assert is_new(site, JONAS, _limited)


def test_an_absence_is_seen_though_the_substitute_was_let_in_before(site: Site) -> None:
    site.write(open_cover, ANNA.id, OMAR.id, site.laid.dream, now=NOW)
    assert is_new(site, ANNA, _away)


def _limited(site: Site, _client: object) -> None:
    site.write(choose_access, ANNA.id, JONAS.id, PlanExtent.AREA, now=NOW)


def _lose_plan(seen: Viewer, *rest: Any) -> tuple[Any, ...]:
    return replace(seen, citizen=replace(seen.citizen, plan=None)), *rest


def _lose_ties(seen: Viewer, *rest: Any) -> tuple[Any, ...]:
    citizen = replace(seen.citizen, everybody=None)
    return replace(seen, subject=Subject(ANNA.id), citizen=citizen), *rest


def _lose_names(seen: Viewer, *rest: Any) -> tuple[Any, ...]:
    return replace(seen, citizen=replace(seen.citizen, shown=None)), *rest


LOSSES: dict[str, tuple[Callable[[Viewer, Account, str, datetime], tuple[Any, ...]], str]] = {
    "plan": (_lose_plan, "a step"),
    "ties": (
        _lose_ties,
        "another contact person",
    ),
    "names": (_lose_names, "an import with a new name"),
    "text size": (lambda s, r, la, n: (s, replace(r, text_size=TextSize.NORMAL), la, n), "text size"),
    "language": (lambda s, r, _, n: (s, r, "da", n), "language"),
    "day": (lambda s, r, la, _: (s, r, la, NOW), "midnight"),
}


@pytest.mark.parametrize("part", LOSSES)
def test_without_any_part_of_the_state_something_old_would_be_seen(
    site: Site, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same look with one part of the state left out."""
    whole, (lose, change) = page_cache._page, LOSSES[part]
    monkeypatch.setattr(page_cache, "_page", lambda app, environ, *known: whole(app, environ, *lose(*known)))
    assert not is_new(site, ANNA, CHANGES[change])


def test_a_kept_page_asks_only_who_reads_and_what_ties_them(site: Site, asked: list[str]) -> None:
    client = site.browser(ANNA)
    first = client.get(HERE, headers=BR)
    drawn = len(asked)
    second = client.get(HERE, headers=BR)
    assert (drawn > 5, len(asked) - drawn) == (True, 2)
    assert second.data == first.data
    assert dict(second.headers) == dict(first.headers)
    assert second.headers["Cache-Control"] == "no-store"


def test_nobody_gets_the_page_of_another(site: Site) -> None:
    pages = {one.slug: kept_look(site.browser(one), THERE) for one in (LINE, JONAS, People().ali)}
    pages["anna"] = kept_look(site.browser(ANNA))
    assert "svømme" in pages["line"]
    assert "svømme" not in pages["jonas"]
    for one in (LINE, JONAS, People().ali):
        client = site.browser(one)
        assert kept_look(client, THERE) == pages[one.slug] == built_look(client, THERE)
    assert len(set(pages.values())) >= 3
    assert "Karim" not in kept_look(site.browser(ANNA))
    assert kept_look(site.browser(People().karim)) != pages["anna"]


def test_each_sign_in_of_those_who_help_is_written_down(site: Site) -> None:
    """Once for each sign-in, kept or not."""
    for _ in range(2):
        line = site.browser(LINE)
        for _ in range(3):
            kept_look(line, THERE)
    with site.database.reading() as session:
        seen = session.exec(select(AccessLogEntry).where(col(AccessLogEntry.actor_id) == LINE.id)).all()
    assert len({one.session_id for one in seen}) == len(seen) == 2


def test_what_is_kept_opens_no_door(site: Site) -> None:
    line, stranger, anna = site.browser(LINE), site.browser(People().fremmed), site.browser(ANNA)
    kept_look(line, THERE)
    kept_look(anna)
    absent = stranger.get("/borgere/00000000-0000-4000-8000-000000000000/plan", headers=BR)
    foreign = stranger.get(THERE, headers=BR)
    assert (foreign.status_code, foreign.data) == (404, absent.data)
    site.write(withdraw_yes, ANNA.id, by=ANNA.id, now=NOW)
    assert line.get(THERE, headers=BR).status_code == 403
    site.write(assign_contact, ANNA.id, OMAR.id, now=NOW)
    assert line.get(THERE, headers=BR).status_code == 404


def test_signed_out_is_signed_out(site: Site) -> None:
    anna = site.browser(ANNA)
    kept_look(anna)
    token = anna.get_cookie(DEMO_COOKIE)
    assert token
    anna.post("/log-af", headers={"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN})
    anna.set_cookie(DEMO_COOKIE, token.value, domain="localhost")
    assert anna.get(HERE, headers=BR).status_code == 303
    assert FlaskClient(site.app).get(HERE, headers=BR).status_code == 303


def test_idle_too_long_is_signed_out_though_the_page_is_kept(site: Site) -> None:
    anna = site.browser(ANNA)
    kept_look(anna)
    site.app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=16))
    assert anna.get(HERE, headers=BR).status_code == 303


def test_looking_at_kept_pages_keeps_the_sign_in_alive(site: Site) -> None:
    anna = site.browser(ANNA)
    for minutes in range(0, 40, 8):
        site.app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=minutes))
        assert "Din plan" in kept_look(anna)


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        (f"{HERE}?nyt=gjort", {}),
        (f"{HERE}?sprog=en", {}),
        (HERE, {"HX-Request": "true", "HX-Target": "indhold"}),
        (HERE, {"Accept-Encoding": "gzip"}),
        (f"{HERE}/historie", {}),
        (f"{ANNA.url}x/plan", {}),
    ],
)
def test_only_the_plain_page_is_kept(site: Site, address: str, headers: dict[str, str]) -> None:
    site.browser(ANNA).get(address, headers=BR | headers)
    assert site.app.extensions["kept"].size == 0


def test_one_who_asks_for_something_special_is_not_given_the_plain_page(site: Site) -> None:
    anna = site.browser(ANNA)
    kept_look(anna)
    assert "Skridtet er gjort." in kept_look(anna, f"{HERE}?nyt=gjort")
    assert anna.get(HERE, headers=BR | {"Accept-Encoding": "gzip"}).headers.get("Content-Encoding") != "br"


def _leaves_a_cookie() -> Response:
    response = make_response("a" * 1000)
    response.set_cookie("a", "b")
    return response


@pytest.mark.own_app
@pytest.mark.parametrize(
    "draw", [_leaves_a_cookie, lambda: make_response("a" * 1000, 422), lambda: make_response("short")]
)
def test_what_is_no_finished_page_is_not_kept(site: Site, draw: Callable[[], Response]) -> None:
    view = requires(Action.PLAN_READ)(page_cache.cache_page(lambda citizen_id: draw()))
    site.app.add_url_rule("/proeve", "proeve", view, defaults={"citizen_id": None})
    anna = site.browser(ANNA)
    answers = [anna.get("/proeve", headers=BR) for _ in range(2)]
    assert site.app.extensions["kept"].size == 0
    assert answers[0].headers.get("Set-Cookie") == answers[1].headers.get("Set-Cookie")


@pytest.mark.own_app
def test_what_changes_while_the_page_is_drawn_keeps_it_from_being_kept(site: Site) -> None:
    def drawn_late(citizen_id: UUID) -> Response:
        _answered(site)
        return make_response("a" * 1000)

    site.app.add_url_rule(
        "/proeve",
        "proeve",
        requires(Action.PLAN_READ)(page_cache.cache_page(drawn_late)),
        defaults={"citizen_id": None},
    )
    assert site.browser(ANNA).get("/proeve", headers=BR).status_code == 200
    assert site.app.extensions["kept"].size == 0


def test_a_cookie_that_is_no_text_is_the_cookie_of_nobody(site: Site) -> None:
    odd = {"HTTP_COOKIE": f"{DEMO_COOKIE}=\xff\xfe"}
    assert FlaskClient(site.app).get(HERE, headers=BR, environ_overrides=odd).status_code == 303


def test_a_database_that_is_gone_shows_no_kept_page(site: Site) -> None:
    anna = site.browser(ANNA)
    kept_look(anna)
    with site.database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE plan RENAME TO nowhere")
    assert anna.get(HERE, headers=BR).status_code in (500, 503)
