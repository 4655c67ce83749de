"""Who may read which pages, and what a walk through the house did not find of them."""

from collections.abc import Hashable, Iterator
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select
from werkzeug.routing import Rule

from app.access.guard import PUBLIC
from app.access.policy import ROLES, Actor, Subject, may, may_at_all
from app.assessments.models import Assessment
from app.demo.cast import person_id
from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.goals.models import GoalResponse
from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.meetings.models import Meeting, Participant
from app.plan.models import Plan
from app.plan.relations import find_subject
from app.reminders.models import CitizenReminder
from tests.cast import NOW
from tests.demo.test_states import NO_PAGE
from tests.house.walk import OF_ITSELF, SAME_ORIGIN, Walk, WaysOn

Things = dict[str, dict[UUID, Hashable]]  # by their name in addresses: the ids, and what makes them alike


class Reader:
    """Somebody who walks: what they are, and what ties them to each citizen."""

    def __init__(self, session: Session, slug: str) -> None:
        self.slug, self.id = slug, person_id(slug)
        roles = session.exec(select(PersonRole.role).where(PersonRole.person_id == self.id)).all()
        self.actor = Actor(self.id, frozenset(map(Role, roles)))
        citizens = {*session.exec(select(Plan.citizen_id)).all(), self.id}
        found = (find_subject(session, one, self.id, now=NOW) for one in citizens)
        self.subjects: dict[UUID, Subject] = {
            one[0].citizen_id: one[0] for one in found if one and one[0].ties
        }
        self.things = {one: _things(session, one, self.id) for one in self.subjects}
        named = select(Person.id, Person.slug).where(col(Person.id).in_(self.subjects))
        self.slugs = {one: slug for one, slug in session.exec(named)}

    @property
    def kinds(self) -> dict[UUID, Hashable]:
        """What makes citizens and their things alike, by their ids."""
        found: dict[UUID, Hashable] = {
            one: (of.ties, of.consented) for one, of in self.subjects.items() if one != self.id
        }
        for of in self.things.values():
            for some in of.values():
                found |= some
        return found

    def may(self, action: Any, of: UUID | None) -> bool:
        """Say whether the policy lets them, if it is theirs: what is, is asked of the page itself."""
        if action in ROLES:
            return may_at_all(self.actor, action)
        subject = self.subjects.get(of or self.id)
        return action == PUBLIC or (subject is not None and may(subject, action))

    def whose(self, rule: Rule, action: Any) -> list[UUID | None]:
        """Return whom a page is about when they read it: those they help; None: themselves, or nobody."""
        if "citizen_id" in rule.arguments and not rule.defaults:
            return [one for one in self.subjects if one != self.id and self.may(action, one)]
        return [None] if action != PUBLIC and self.may(action, None) else []


def _things(session: Session, citizen_id: UUID, reader_id: UUID) -> Things:
    """Return what a citizen has that has a page of its own."""
    of_plan = select(Entry).join(Plan, col(Plan.id) == Entry.plan_id).where(Plan.citizen_id == citizen_id)
    entries = session.exec(of_plan).all()
    answers = session.exec(select(Assessment).where(Assessment.citizen_id == citizen_id)).all()
    meetings = session.exec(select(Meeting).where(Meeting.citizen_id == citizen_id)).all()
    said: dict[UUID, Hashable] = {
        one.id: (one.kind, one.state, one.author_id == citizen_id) for one in entries
    }
    goals = [one.id for one in entries if one.kind is EntryKind.GOAL]
    of_goals = select(GoalResponse.goal_id).where(col(GoalResponse.goal_id).in_(goals))
    noted = select(CitizenReminder).where(CitizenReminder.citizen_id == citizen_id)
    reminders = session.exec(noted.where(col(CitizenReminder.done_at).is_(None))).all()
    answered = set(session.exec(of_goals).all())  # those who help have something to read there
    return {
        "entry_id": said,
        "goal_id": {one: said[one] for one in goals if citizen_id == reader_id or one in answered},
        "assessment_id": {one.id: one.state for one in answers},
        "reminder_id": {one.id: one.author_id == reader_id for one in reminders},
        "meeting_id": {one.id: _as_it_stands(session, one, reader_id) for one in meetings},
    }


def _as_it_stands(session: Session, meeting: Meeting, reader_id: UUID) -> Hashable:
    """Return what decides which ways on a meeting has for this reader."""
    people = session.exec(select(Participant).where(Participant.meeting_id == meeting.id)).all()
    replies = {one.subject_id: one.reply for one in people}
    theirs = reader_id in replies, meeting.organiser_id == reader_id
    return (
        meeting.state,
        replies.get(meeting.citizen_id),
        meeting.ends_at < NOW,
        bool(meeting.series_id),
        theirs,
    )


def pages(app: Flask) -> list[Rule]:
    """Return the addresses at which a person reads a page."""
    found = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [rule for rule in found if rule.endpoint not in NO_PAGE]


def wrong_roads(app: Flask, client: FlaskClient, reader: Reader, walk: Walk) -> Iterator[str]:
    """Yield what the walk met, the forms that are not for this reader, and the pages that it did not find."""
    yield from walk.faults
    for (rule, of), form in walk.forms.items():
        if not reader.may(_action(app, form.rule, reader), of):
            yield f"a form for {rule}, which is not theirs to send"
    for page in pages(app):
        for of in reader.whose(page, _action(app, page, reader)):
            if any(_opens(client, page, of, one) for one in _without_link(page, of, reader, walk)):
                yield f"no road to {page}" + (f" of {reader.slugs[of]}" if of else "")


def _action(app: Flask, rule: Rule, reader: Reader) -> Any:
    """Return what the reader is asked for there: of an address that names nobody, helpers something else."""
    view: Any = app.view_functions[rule.endpoint]
    of_helpers = rule.defaults and Role.CITIZEN not in reader.actor.roles
    return getattr(view, "helper_action", view.action) if of_helpers else view.action


def _without_link(rule: Rule, of: UUID | None, reader: Reader, walk: Walk) -> list[Any]:
    """Return what has no link to its page (None: the page itself); nothing where one like it will do."""
    names = rule.arguments - {"citizen_id"}
    linked = {thing for named, whose, thing in walk.linked if (named, whose) == (rule.rule, of)}
    if linked and rule.endpoint not in OF_ITSELF:
        return []
    things = reader.things.get(of or reader.id, {})
    if rule.endpoint not in OF_ITSELF and names:  # of those that stand alike, one
        return list({kind: one for name in names for one, kind in things.get(name, {}).items()}.values())
    there: set[Any] = {thing for name in names for thing in things.get(name, ())} if names else {None}
    return sorted(there - linked, key=str)


def _opens(client: FlaskClient, rule: Rule, of: UUID | None, thing: Any) -> bool:
    """Say whether the page is there for this reader; one that a form stands on, when the form does."""
    values: dict[str, Any] = dict.fromkeys(rule.arguments - {"citizen_id"}, thing)
    if not rule.defaults and "citizen_id" in rule.arguments:
        values["citizen_id"] = of
    built = rule.build(values)
    assert built is not None
    answer = client.get(built[1], headers=SAME_ORIGIN)
    is_form = thing is not None and rule.endpoint not in OF_ITSELF
    return answer.status_code == 200 and (not is_form or built[1] in WaysOn(answer.text).sends)
