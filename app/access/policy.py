"""Who may do what to whose plan, and who may see what of it: one table, read top to bottom.

Pure. `may()`, `may_see()` and `may_at_all()` are the only functions that answer, and no line means no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.identity.rules import STAFF, Role


class Tie(StrEnum):
    """What somebody is to a citizen, the nearest first. Who is several at once may what each of them may."""

    SELF = "self"
    CONTACT = "contact"
    SUBSTITUTE = "substitute"
    PROFESSIONAL = "professional"
    REPRESENTATIVE = "representative"


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


class Field(StrEnum):
    """What a page that somebody may open shows to some of them alone."""

    DRAFTS = "drafts"  # what the citizen has written and not shared
    SHARED = "shared"  # what is shared and not yet in the plan
    PHONE = "phone"  # the citizen's own number
    ADDRESS = "address"  # where a meeting is
    PROTECTED_ADDRESS = "address:protected"  # as ADDRESS, when it is a home that must not be known
    WHY = "why"  # why there is a meeting, and what to bring to it
    WISHES = "wishes"  # when the citizen can't, and how much is too much
    WAITING = "waiting"  # how much waits with the citizen for somebody's answer
    TASKS = "tasks"  # what must be settled about a meeting
    MINUTES = "minutes"  # what was agreed at a meeting


class When(StrEnum):
    """On what a line hangs."""

    ALWAYS = "yes"
    CONSENTED = "yes*"  # while the citizen's yes to one plan stands
    OWN = "own"  # what the line says is theirs, and nothing else
    NEVER = "-"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks."""

    person_id: UUID
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Subject:
    """The citizen whose data is touched, and all that ties one reader to them at this moment."""

    citizen_id: UUID
    ties: frozenset[Tie] = frozenset()
    consented: bool = False  # the yes to one plan stands
    contact_id: UUID | None = None  # the contact person; None: there is none
    team_ids: frozenset[UUID] = frozenset()  # all who are tied to the citizen by their work

    @property
    def nearest(self) -> Tie:
        """The tie that a look is written down with; StopIteration if there is none."""
        return next(tie for tie in Tie if tie in self.ties)


AT_WORK = frozenset({Tie.CONTACT, Tie.SUBSTITUTE, Tie.PROFESSIONAL})

_TABLE = """
                   self  contact  substitute  professional  representative
today:read         yes   -        -           -             -
plan:read          yes   yes*     yes*        yes*          yes*
contact:read       yes   yes      yes         yes           yes
meetings:read      yes   yes      yes         yes           yes
meeting:reply      yes   -        -           -             -
meeting:propose    -     yes      yes         yes           -
meeting:change     -     yes      yes         own           -               # own: a meeting they called
meeting:settle     -     yes      yes         -             -
wishes:own         yes   -        -           -             -
minutes:write      -     yes      yes         own           -               # own: a meeting they took part in
minutes:answer     yes   -        -           -             -
agreement:place    -     yes*     yes*        -             -
entry:write        yes   -        -           -             -
entry:answer       -     yes*     yes*        -             -
goal:answer        yes   -        -           -             -
step:finish        yes   yes*     yes*        -             -
progress:read      yes   yes*     yes*        -             -               # and of it only what is shown
progress:write     yes   -        -           -             -
progress:answer    -     yes*     yes*        -             -
consent:give       yes   -        -           -             -
citizen:invite     -     yes      yes         -             -

drafts             yes   -        -           -             -
shared             yes   yes      yes         -             -
phone              yes   yes      yes         yes           -
address            yes   yes      yes         yes           yes
address:protected  yes   yes      yes         -             -
why                yes   yes      yes         yes           yes
wishes             yes   yes      yes         -             -
waiting            -     yes      yes         -             -
tasks              -     yes      yes         own           -               # own: asked of them
minutes            yes   yes      yes         own           yes             # own: a meeting they took part in
"""

Line = Mapping[Tie, When]


def _read(text: str) -> dict[str, Line]:
    """Return the table's lines by name. What stands after # is for people."""
    head, *lines = (line.partition("#")[0].split() for line in text.splitlines() if line)
    return {name: dict(zip(map(Tie, head), map(When, said), strict=True)) for name, *said in lines}


TABLE = _read(_TABLE)

# Pages that are about nobody in particular: who may open them at all.
ROLES: dict[Action, frozenset[Role]] = {
    Action.SETTINGS_OWN: frozenset(Role),
    Action.FEED_OWN: STAFF | {Role.CITIZEN},
    Action.BUSY_OWN: STAFF,
    Action.CASELOAD_READ: STAFF | {Role.REPRESENTATIVE},
    Action.QUEUE_READ: frozenset({Role.CONTACT}),
    Action.TASKS_READ: STAFF,
}


def may(subject: Subject, action: Action, *, own: bool = True) -> bool:
    """Say whether the reader of `subject` may do `action`.

    `own`: whether it is done to something of theirs, as the line says. The guard has found nothing yet, and
    asks whether they may if it is; who has found it asks again.
    """
    return _says_yes(action, subject, own=own)


def may_see(subject: Subject, field: Field, *, own: bool = False) -> bool:
    """Say whether the reader of `subject` may see `field`; `own`: it is of something of theirs.

    Not theirs unless it is said, other than with `may`: who asks this has found the thing.
    """
    return _says_yes(field, subject, own=own)


def may_at_all(actor: Actor, action: Action) -> bool:
    """Say whether `actor` may do an `action` that names no citizen."""
    return bool(actor.roles & ROLES.get(action, frozenset()))


def _says_yes(what: str, subject: Subject, *, own: bool) -> bool:
    line = TABLE.get(what, {})
    said = {line.get(tie, When.NEVER) for tie in subject.ties}
    return When.ALWAYS in said or (subject.consented and When.CONSENTED in said) or (own and When.OWN in said)
