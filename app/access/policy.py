"""Who may do what to whose plan, and who may see what of it: one table, read top to bottom.

Pure. `may()`, `may_see()` and `may_at_all()` are the only functions that answer, and no line means no. Of
other systems `system_policy` says it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from app.access.conditions import When
from app.consent.rules import ActingScope
from app.identity.rules import STAFF, Role


class Tie(StrEnum):
    """What somebody is to a citizen, the nearest first. Who is several at once may what each of them may."""

    SELF = "self"
    CONTACT = "contact"
    SUBSTITUTE = "substitute"
    PROFESSIONAL = "professional"
    REPRESENTATIVE = "representative"
    LEADER = "leader"  # of the contact person's department; has no column below, so it gives no right at all
    ADMINISTRATOR = "administrator"  # who looks somebody up by name and roles; no right here either


class PlanExtent(StrEnum):
    """How much of the plan the citizen lets a professional see."""

    PLAN = "plan"
    AREA = "area"  # what belongs to the areas of life in which they help
    NONE = "none"


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
    QUEUED_READ = "queued:read"
    QUEUED_SEND = "queued:send"
    WISHES_OWN = "wishes:own"
    MINUTES_WRITE = "minutes:write"
    MINUTES_ANSWER = "minutes:answer"
    AGREEMENT_PLACE = "agreement:place"
    ENTRY_WRITE = "entry:write"
    ENTRY_ANSWER = "entry:answer"
    ENTRY_UNDO = "entry:undo"
    GOAL_ANSWER = "goal:answer"
    GOAL_PLACE = "goal:place"
    STEP_FINISH = "step:finish"
    STEP_CHANGE = "step:change"
    STEP_WRITE = "step:write"
    STEP_PROPOSE = "step:propose"
    PROMISE_MAKE = "promise:make"
    PROMISE_KEEP = "promise:keep"
    PROMISE_CHANGE = "promise:change"
    WORK_TAKE_OVER = "work:take_over"
    PROGRESS_READ = "progress:read"
    PROGRESS_WRITE = "progress:write"
    PROGRESS_ANSWER = "progress:answer"
    CONSENT_GIVE = "consent:give"
    ACCESS_CHOOSE = "access:choose"
    ACTING_ANSWER = "acting:answer"
    INVITE = "citizen:invite"
    MESSAGES_READ = "messages:read"
    THREADS_READ = "threads:read"
    MESSAGE_WRITE = "message:write"
    MESSAGE_SETTLE = "message:settle"
    MESSAGE_TAKE_OUT = "message:take_out"
    PLAN_REQUEST = "plan:request"
    PLAN_REQUEST_ANSWER = "plan:request_answer"
    REMINDERS_READ = "reminders:read"
    REMINDER_WRITE = "reminder:write"
    REMINDER_CHANGE = "reminder:change"
    START_READ = "start:read"
    HAND_OVER = "contact:hand_over"
    SETTINGS_OWN = "settings:own"
    FEED_OWN = "feed:own"
    BUSY_OWN = "busy:own"
    HOURS_OWN = "hours:own"
    MY_DAY_READ = "my_day:read"
    CASELOAD_READ = "caseload:read"
    CITIZENS_HAND_OVER = "citizens:hand_over"
    QUEUE_READ = "queue:read"
    TASKS_READ = "tasks:read"
    LATE_READ = "late:read"
    ABSENCE_REGISTER = "absence:register"
    ABSENCE_OWN = "absence:own"
    ABSENCE_OF_OTHERS = "absence:others"
    HANDOVER_OF_OTHERS = "handover:others"
    ADMINISTRATION_READ = "administration:read"
    PEOPLE_READ = "people:read"
    PEOPLE_CHANGE = "people:change"
    PEOPLE_INVITE = "people:invite"
    PEOPLE_IMPORT = "people:import"
    SYSTEM_KEYS = "systems:keys"


class Field(StrEnum):
    """What a page that somebody may open shows to some of them alone."""

    WHOLE_PLAN = "plan:whole"  # dreams, what has no area, and every area; else the reader's areas alone
    READERS = "readers"  # how much of the plan each who helps may see
    DRAFTS = "drafts"  # what the citizen has written and not shared
    SHARED = "shared"  # what is shared and not yet in the plan
    PHONE = "phone"  # the citizen's own number
    MEETING = "meeting"  # what a meeting is about, and how it was answered; else that the time is taken
    PEOPLE = "people"  # who is in a meeting
    ADDRESS = "address"  # where a meeting is
    PROTECTED_ADDRESS = "address:protected"  # as ADDRESS, when it is a home that must not be known
    WHY = "why"  # why there is a meeting, and what to bring to it
    WISHES = "wishes"  # when the citizen can't, and how much is too much
    NEEDS = "needs"  # how the citizen would rather meet, and who comes along
    WAITING = "waiting"  # how much waits with the citizen for somebody's answer
    TASKS = "tasks"  # what must be settled about a meeting
    MINUTES = "minutes"  # what was agreed at a meeting
    HIDDEN_HELPERS = "helpers:hidden"  # who helps from a hidden department
    HIDDEN = "hidden"  # what a meeting is that no citizen's page may tell of: it is all but its time
    CONSENT_STATE = "consent:state"  # whether the yes to one plan stands
    LANGUAGES = "languages"  # in which language the citizen reads, and needs an interpreter
    REMINDERS = "reminders"  # what those who help want to remember about the citizen
    PROTECTED = "protected"  # that where the citizen lives must not be known; never where


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
    extent: PlanExtent = PlanExtent.PLAN  # of a professional
    area_ids: frozenset[UUID] = frozenset()  # those they see, when the extent is their areas
    scopes: frozenset[ActingScope] = frozenset()  # what the reader may who acts for the citizen

    @property
    def nearest(self) -> Tie:
        """The tie that the access log is told; StopIteration if there is none."""
        return _nearest(self.ties)


@lru_cache(maxsize=64)  # asked for each of three hundred, who are tied in a few ways
def _nearest(ties: frozenset[Tie]) -> Tie:
    return next(tie for tie in Tie if tie in ties)


@dataclass(frozen=True, slots=True)
class SubjectReader:
    """Who reads something of a citizen: the reader's own id, and what ties them to the citizen."""

    id: UUID
    subject: Subject


_TABLE = """
                   self  contact  substitute  professional  representative
today:read         yes   -        -           -             -
plan:read          yes   yes*     yes*        yes*          plan*
contact:read       yes   yes      yes         yes*          yes
meetings:read      yes   yes      yes         yes           meetings
meeting:reply      yes   -        -           -             -
meeting:propose    -     yes      yes         yes           -
meeting:change     -     yes      yes         own           -               # own: a meeting they called
meeting:settle     -     yes      yes         -             -               # and only of one that they see
queued:read        -     yes      yes         own           -               # own: a proposal they put in line
queued:send        -     yes      yes         -             -
wishes:own         yes   -        -           -             -
minutes:write      -     yes*/own yes*/own    own           -               # own: a meeting they took part in
minutes:answer     yes   -        -           -             -
agreement:place    -     yes*     yes*        -             -
entry:write        yes   -        -           -             -
entry:answer       -     yes*     yes*        -             -
entry:undo         -     yes*     yes*        -             -               # for ten minutes
goal:answer        yes   -        -           -             -
goal:place         -     yes*     yes*        -             -               # where it belongs, and why
step:finish        yes   yes*     yes*        own*          -               # own: a step they do
step:change        yes   yes*     yes*        own*          -
step:write         -     yes*     yes*        yes*          -               # a professional: for nobody else
step:propose       -     -        -           yes*          -               # for the citizen to do
promise:make       -     yes*     yes*        yes*          -               # a professional: for nobody else
promise:keep       -     yes*     yes*        own*          -               # own: a promise they gave
promise:change     -     yes*     yes*        own*          -
work:take_over     -     yes*     yes*        -             -
progress:read      yes   yes*     yes*        -             -               # and of it only what is shown
progress:write     yes   -        -           -             -
progress:answer    -     yes*     yes*        -             -
access:choose      yes   -        -           -             -
consent:give       yes   -        -           -             consent         # of one's child, with custody
acting:answer      yes   -        -           -             -               # what who acts for one may
citizen:invite     -     yes      yes         -             -
messages:read      yes   yes      yes         -             messages        # with a yes to one plan or none
message:write      yes   yes      yes         -             -
message:settle     yes   yes      yes         -             -
message:take_out   -     yes      yes         -             -
plan:request       -     yes*     yes*        -             -
plan:request_answer yes  -        -           -             -
reminders:read     -     yes      yes         yes           -
reminder:write     -     yes      yes         yes           -
reminder:change    -     yes      yes         own           -               # own: one they wrote
start:read         -     yes      yes         yes           -               # what can be done before a yes
contact:hand_over  -     yes      -           -             -               # to another contact person

plan:whole         yes   yes*     yes*        whole         plan*
readers            yes   yes      yes         -             plan*
drafts             yes   -        -           -             -
shared             yes   yes      yes         -             write*
phone              yes   yes      yes         yes*          -
meeting            yes   yes*/own yes*/own    own           meetings        # own: they are in it, called it
people             yes   yes*/own yes*/own    own           meetings        # or must settle something of it
address            yes   yes*/own yes*/own    own           meetings
address:protected  yes   yes*/own yes*/own    -             -
why                yes   yes*/own yes*/own    own           meetings
wishes             yes   yes*     yes*        -             -
needs              yes   yes*     yes*        yes*          -
waiting            -     yes      yes         -             -
tasks              -     yes      yes         own           -               # own: asked of them
minutes            yes   yes*/own yes*/own    own           meetings        # own: a meeting they took part in
helpers:hidden     -     yes      yes         yes*          -
hidden             -     yes*/own yes*/own    own           -               # own: as in `meeting`
consent:state      yes   yes      yes         yes           yes
languages          yes   yes      yes         yes*          -
protected          yes   yes      yes         yes           -
reminders          -     yes      yes         own           -  # the citizen: in the copy of all
"""

# Pages that list several citizens: one row of the access log, not one for each.
LISTS = frozenset(
    {
        *(Action.MY_DAY_READ, Action.CASELOAD_READ, Action.CITIZENS_HAND_OVER),
        *(Action.THREADS_READ, Action.LATE_READ),
    }
)

Line = Mapping[Tie, When]


def _read(text: str) -> dict[str, Line]:
    """Return the table's lines by name. What stands after # is for people."""
    head, *lines = (line.partition("#")[0].split() for line in text.splitlines() if line)
    return {name: dict(zip(map(Tie, head), map(When, said), strict=True)) for name, *said in lines}


TABLE = _read(_TABLE)

_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

# Pages about nobody in particular: who may open them.
ROLES: dict[Action, frozenset[Role]] = {
    Action.SETTINGS_OWN: frozenset(Role),
    Action.FEED_OWN: STAFF | {Role.CITIZEN},
    Action.BUSY_OWN: STAFF,
    Action.HOURS_OWN: STAFF,
    Action.MY_DAY_READ: frozenset({Role.CONTACT, Role.PROFESSIONAL}),
    Action.CASELOAD_READ: (STAFF - _ADMINISTRATOR) | {Role.REPRESENTATIVE},
    Action.CITIZENS_HAND_OVER: frozenset({Role.CONTACT}),
    Action.QUEUE_READ: frozenset({Role.CONTACT}),
    Action.TASKS_READ: STAFF,
    Action.THREADS_READ: frozenset({Role.CONTACT}),  # whose threads one answers, without a word of them
    Action.LATE_READ: frozenset({Role.LEADER}),
    Action.ABSENCE_REGISTER: frozenset({Role.CONTACT, Role.PROFESSIONAL, Role.LEADER}),
    Action.ABSENCE_OWN: frozenset({Role.CONTACT, Role.PROFESSIONAL}),
    Action.ABSENCE_OF_OTHERS: frozenset({Role.LEADER}),  # of the leader's own department
    Action.HANDOVER_OF_OTHERS: frozenset({Role.LEADER}),  # likewise, and no name of a citizen
    Action.ADMINISTRATION_READ: _ADMINISTRATOR,
    Action.PEOPLE_READ: _ADMINISTRATOR,  # names, roles and ways in: no contact data, nothing of a plan
    Action.PEOPLE_CHANGE: _ADMINISTRATOR,
    Action.PEOPLE_INVITE: _ADMINISTRATOR,
    Action.PEOPLE_IMPORT: _ADMINISTRATOR,
    Action.SYSTEM_KEYS: _ADMINISTRATOR,
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


def areas_shown(subject: Subject) -> frozenset[UUID] | None:
    """Return the areas of life whose part of the plan the reader may see; None: all of the plan."""
    return None if may_see(subject, Field.WHOLE_PLAN) else subject.area_ids


def may_at_all(actor: Actor, action: Action) -> bool:
    """Say whether `actor` may do an `action` that names no citizen."""
    return bool(actor.roles & ROLES.get(action, frozenset()))


_WITH_A_YES = {ActingScope.PLAN: When.PLAN, ActingScope.WRITE: When.WRITE}


def _says_yes(what: str, subject: Subject, *, own: bool) -> bool:
    line = TABLE.get(what, {})
    said = subject.consented, subject.extent, subject.scopes
    return any(line.get(tie, When.NEVER) in _enough(tie, *said, own) for tie in subject.ties)


@lru_cache(maxsize=1024)  # a list of citizens asks the same of each of them, several times
def _enough(
    tie: Tie, consented: bool, shown: PlanExtent, scopes: frozenset[ActingScope], own: bool
) -> frozenset[When]:
    """Return what a line must say to this tie for it to be a yes."""
    extent = shown if tie is Tie.PROFESSIONAL else PlanExtent.PLAN
    enough = {When.ALWAYS}
    if consented and extent is not PlanExtent.NONE:
        enough |= {When.CONSENTED, When.CONSENTED_OR_OWN}
        if own:
            enough.add(When.CONSENTED_AND_OWN)
    if consented and extent is PlanExtent.PLAN:
        enough.add(When.WHOLE)
    if tie is Tie.REPRESENTATIVE:
        enough |= {_WITH_A_YES[one] for one in scopes if consented and one in _WITH_A_YES}
        enough |= {When(one) for one in scopes if one not in _WITH_A_YES}
    if own:
        enough |= {When.OWN, When.CONSENTED_OR_OWN}
    return frozenset(enough)
