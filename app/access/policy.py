"""Who may do what to whose plan: one table, read top to bottom.

Pure. `may()` and `may_at_all()` are the only functions that answer, and no line means no.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.identity.rules import STAFF, Role


class Action(StrEnum):
    """Everything a route can let somebody do. `public` and `api` stand apart: no person, or a token."""

    TODAY_READ = "today:read"
    PLAN_READ = "plan:read"
    CONTACT_READ = "contact:read"
    MEETINGS_READ = "meetings:read"
    MEETING_REPLY = "meeting:reply"
    MEETING_PROPOSE = "meeting:propose"
    MEETING_CHANGE = "meeting:change"
    MEETING_SETTLE = "meeting:settle"
    WISHES_OWN = "wishes:own"
    MINUTES_WRITE = "minutes:write"
    MINUTES_ANSWER = "minutes:answer"
    AGREEMENT_PLACE = "agreement:place"
    ENTRY_WRITE = "entry:write"
    ENTRY_ANSWER = "entry:answer"
    GOAL_ANSWER = "goal:answer"
    STEP_FINISH = "step:finish"
    PROGRESS_READ = "progress:read"
    PROGRESS_WRITE = "progress:write"
    PROGRESS_ANSWER = "progress:answer"
    CONSENT_GIVE = "consent:give"
    INVITE = "citizen:invite"
    SETTINGS_OWN = "settings:own"
    FEED_OWN = "feed:own"
    BUSY_OWN = "busy:own"
    CASELOAD_READ = "caseload:read"
    QUEUE_READ = "queue:read"
    TASKS_READ = "tasks:read"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks."""

    person_id: UUID
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Subject:
    """The citizen whose data is touched, and what ties others to them at this moment."""

    citizen_id: UUID
    contact_id: UUID | None = None
    substitute_ids: frozenset[UUID] = frozenset()
    professional_ids: frozenset[UUID] = frozenset()
    representative_ids: frozenset[UUID] = frozenset()
    consented: bool = False  # the yes to one plan stands


Rule = Callable[[Actor, Subject], bool]


def is_self(actor: Actor, subject: Subject) -> bool:
    return actor.person_id == subject.citizen_id


def is_contact(actor: Actor, subject: Subject) -> bool:
    return actor.person_id == subject.contact_id


def is_substitute(actor: Actor, subject: Subject) -> bool:
    return actor.person_id in subject.substitute_ids


def is_professional(actor: Actor, subject: Subject) -> bool:
    return actor.person_id in subject.professional_ids


def is_representative(actor: Actor, subject: Subject) -> bool:
    return actor.person_id in subject.representative_ids


def with_consent(rule: Rule) -> Rule:
    """Return `rule`, but only while the citizen's yes to one plan stands."""
    return lambda actor, subject: subject.consented and rule(actor, subject)


TIES: dict[str, Rule] = {
    "self": is_self,
    "contact": is_contact,
    "substitute": is_substitute,
    "professional": is_professional,
    "representative": is_representative,
}

CONTACTS = (is_contact, is_substitute)
TEAM = (*CONTACTS, is_professional)

TABLE: dict[Action, tuple[Rule, ...]] = {
    Action.TODAY_READ: (is_self,),
    Action.PLAN_READ: (is_self, *(with_consent(rule) for rule in (*TEAM, is_representative))),
    Action.CONTACT_READ: (is_self, *TEAM, is_representative),
    Action.MEETINGS_READ: (is_self, *TEAM, is_representative),
    Action.MEETING_REPLY: (is_self,),
    Action.MEETING_PROPOSE: TEAM,
    Action.MEETING_CHANGE: TEAM,  # a professional only of meetings they called: the service sees to that
    Action.MEETING_SETTLE: CONTACTS,
    Action.WISHES_OWN: (is_self,),
    Action.MINUTES_WRITE: TEAM,  # a professional only of meetings they took part in: the service sees to that
    Action.MINUTES_ANSWER: (is_self,),
    Action.AGREEMENT_PLACE: tuple(with_consent(rule) for rule in CONTACTS),
    Action.ENTRY_WRITE: (is_self,),
    Action.ENTRY_ANSWER: tuple(with_consent(rule) for rule in CONTACTS),
    Action.GOAL_ANSWER: (is_self,),
    Action.STEP_FINISH: (is_self, *(with_consent(rule) for rule in CONTACTS)),
    # What is private is kept back by the page itself: the contact person sees only what is shown to them.
    Action.PROGRESS_READ: (is_self, *(with_consent(rule) for rule in CONTACTS)),
    Action.PROGRESS_WRITE: (is_self,),
    Action.PROGRESS_ANSWER: tuple(with_consent(rule) for rule in CONTACTS),
    Action.CONSENT_GIVE: (is_self,),
    Action.INVITE: CONTACTS,
}

# Pages that are about nobody in particular: who may open them at all.
ROLES: dict[Action, frozenset[Role]] = {
    Action.SETTINGS_OWN: frozenset(Role),
    Action.FEED_OWN: STAFF | {Role.CITIZEN},
    Action.BUSY_OWN: STAFF,
    Action.CASELOAD_READ: STAFF | {Role.REPRESENTATIVE},
    Action.QUEUE_READ: frozenset({Role.CONTACT}),
    Action.TASKS_READ: STAFF,
}


def may(actor: Actor, action: Action, subject: Subject) -> bool:
    """Say whether `actor` may do `action` to the citizen of `subject`."""
    return any(rule(actor, subject) for rule in TABLE.get(action, ()))


def may_at_all(actor: Actor, action: Action) -> bool:
    """Say whether `actor` may do an `action` that names no citizen."""
    return bool(actor.roles & ROLES.get(action, frozenset()))


def tie(actor: Actor, subject: Subject) -> str | None:
    """Return the nearest tie between the two, or None: then the citizen does not exist for this actor."""
    return next((name for name, holds in TIES.items() if holds(actor, subject)), None)
