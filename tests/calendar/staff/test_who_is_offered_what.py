"""One meeting, and what each of those who help is offered there: what the policy says, and nothing else."""

from uuid import UUID

import pytest
from flask import Flask, g

from app import i18n
from app.access.guard import SubjectCitizen, Viewer
from app.access.policy import Actor, Subject, Tie
from app.calendar.staff.routes.propose import limit_clash_text
from app.meetings.rules import Channel, Clash
from tests.booking.fixtures import Booked
from tests.cast import People
from tests.conftest import Browser

ANSWER, TIMES, CANCEL = "Skriv svaret ned", "Find en anden tid", "Aflys mødet"
OFFERED = {"line": {ANSWER, TIMES, CANCEL}, "jonas": {TIMES, CANCEL}, "thea": set[str]()}


@pytest.fixture
def proposed(booked: Booked, people: People) -> UUID:
    """A call of Anna's that Jonas has proposed."""
    return booked("2026-03-05 10:00", 45, "jonas", organiser_id=people.jonas.id, channel=Channel.PHONE)


@pytest.mark.parametrize("slug", OFFERED)
def test_each_is_offered_what_they_may_do(
    browser_of: Browser, people: People, proposed: UUID, slug: str
) -> None:
    page = browser_of(getattr(people, slug)).get(f"{people.anna.url}/kalender/{proposed}").text
    assert {one for one in (ANSWER, TIMES, CANCEL) if one in page} == OFFERED[slug]


@pytest.mark.parametrize(("slug", "who"), [("line", "du"), ("jonas", "kontaktpersonen")])
def test_who_is_told_when_no_answer_comes(
    browser_of: Browser, people: People, proposed: UUID, slug: str, who: str
) -> None:
    page = browser_of(getattr(people, slug)).get(f"{people.anna.url}/kalender/{proposed}/sendt").text
    assert f"Kommer der ikke svar, får {who} besked." in page


@pytest.mark.parametrize("tie", [Tie.CONTACT, Tie.SUBSTITUTE, Tie.PROFESSIONAL])
def test_that_a_week_is_full_is_told_only_to_those_who_see_the_limits(
    app: Flask, people: People, tie: Tie
) -> None:
    subject = Subject(people.anna.id, frozenset({tie}), consented=True)
    with app.test_request_context():
        i18n.answer_in(i18n.DANISH)
        g.viewer = Viewer(Actor(people.line.id, frozenset()), subject, SubjectCitizen(people.anna.name))
        assert bool(limit_clash_text(Clash(over_limit=True))) is (tie is not Tie.PROFESSIONAL)
        assert limit_clash_text(Clash()) == ""
