"""The policy written again, as a table a lawyer can read. yes* holds only while the citizen's yes stands."""

from dataclasses import replace
from uuid import uuid4

import pytest

from app.access.policy import (
    ROLES,
    TABLE,
    Action,
    Actor,
    Field,
    PlanExtent,
    Subject,
    Tie,
    areas_shown,
    may,
    may_at_all,
    may_see,
)
from app.consent.rules import ActingScope
from app.identity.rules import Role
from tests.access.open_pages import OPEN

ANNA = uuid4()
TIE: dict[str, Tie | None] = {
    "citizen": Tie.SELF,
    "contact": Tie.CONTACT,
    "substitute": Tie.SUBSTITUTE,
    "team": Tie.PROFESSIONAL,
    "guardian": Tie.REPRESENTATIVE,
    "custody": Tie.REPRESENTATIVE,
    "stranger": None,
    "leader": None,
}

# What those who act for somebody may, in these tables; each scope by itself stands in SCOPES.
ACTS_WITH = {
    "guardian": {ActingScope.PLAN, ActingScope.MEETINGS},
    "custody": {ActingScope.PLAN, ActingScope.MEETINGS, ActingScope.CONSENT},
}

MATRIX = """
                citizen  contact  substitute  team  guardian  custody  stranger  leader
today:read      yes      no       no          no    no        no       no        no
plan:read       yes      yes*     yes*        yes*  yes*      yes*     no        no
contact:read    yes      yes      yes         yes*  yes       yes      no        no
meetings:read   yes      yes      yes         yes   yes       yes      no        no
meeting:reply   yes      no       no          no    no        no       no        no
meeting:propose no       yes      yes         yes   no        no       no        no
meeting:change  no       yes      yes         yes   no        no       no        no
meeting:settle  no       yes      yes         no    no        no       no        no
queued:read     no       yes      yes         yes   no        no       no        no
queued:send     no       yes      yes         no    no        no       no        no
wishes:own      yes      no       no          no    no        no       no        no
minutes:write   no       yes      yes         yes   no        no       no        no
minutes:answer  yes      no       no          no    no        no       no        no
agreement:place no       yes*     yes*        no    no        no       no        no
entry:write     yes      no       no          no    no        no       no        no
entry:answer    no       yes*     yes*        no    no        no       no        no
entry:undo      no       yes*     yes*        no    no        no       no        no
goal:answer     yes      no       no          no    no        no       no        no
goal:place      no       yes*     yes*        no    no        no       no        no
step:finish     yes      yes*     yes*        yes*  no        no       no        no
step:change     yes      yes*     yes*        yes*  no        no       no        no
step:write      no       yes*     yes*        yes*   no        no       no        no
step:propose    no       no       no          yes*  no        no       no        no
promise:make    no       yes*     yes*        yes*  no        no       no        no
promise:keep    no       yes*     yes*        yes*  no        no       no        no
promise:change  no       yes*     yes*        yes*  no        no       no        no
work:take_over  no       yes*     yes*        no    no        no       no        no
progress:read   yes      yes*     yes*        no    no        no       no        no
progress:write  yes      no       no          no    no        no       no        no
progress:answer no       yes*     yes*        no    no        no       no        no
consent:give    yes      no       no          no    no        yes      no        no
citizen:invite  no       yes      yes         no    no        no       no        no
messages:read   yes      yes      yes         no    no        no       no        no
message:write   yes      yes      yes         no    no        no       no        no
message:settle  yes      yes      yes         no    no        no       no        no
message:take_out no       yes      yes         no    no        no       no        no
plan:request    no       yes*     yes*        no    no        no       no        no
plan:request_answer yes      no       no          no    no        no       no        no
reminders:read  no       yes      yes         yes   no        no       no        no
reminder:write  no       yes      yes         yes   no        no       no        no
reminder:change no       yes      yes         yes   no        no       no        no
start:read      no       yes      yes         yes   no        no       no        no
contact:hand_over no     yes      no          no    no        no       no        no
acting:answer   yes      no       no          no    no        no       no        no
access:choose   yes      no       no          no    no        no       no        no
"""

# What is done to a thing that is found. own: a meeting they called, were in or proposed.
# own*: a step they do or a promise they gave, while the yes stands.
OF_A_MEETING = """
                citizen  contact  substitute  team  guardian  stranger  leader
meeting:change  no       yes      yes         own   no        no        no
meeting:settle  no       yes      yes         no    no        no        no
queued:read     no       yes      yes         own   no        no        no
queued:send     no       yes      yes         no    no        no        no
minutes:write   no       yes*/own yes*/own    own   no        no        no
step:finish     yes      yes*     yes*        own*  no        no        no
step:change     yes      yes*     yes*        own*  no        no        no
promise:keep    no       yes*     yes*        own*  no        no        no
promise:change  no       yes*     yes*        own*  no        no        no
reminder:change no       yes      yes         own   no        no        no
"""

# What is shown of a page that somebody may open. own: what was asked of them, a meeting they were in.
FIELDS = """
                   citizen  contact  substitute  team  guardian  stranger  leader
plan:whole         yes      yes*     yes*        yes*  yes*      no        no
readers            yes      yes      yes         no    yes*      no        no
drafts             yes      no       no          no    no        no        no
shared             yes      yes      yes         no    no        no        no
phone              yes      yes      yes         yes*  no        no        no
meeting            yes      yes*/own yes*/own    own   yes       no        no
people             yes      yes*/own yes*/own    own   yes       no        no
address            yes      yes*/own yes*/own    own   yes       no        no
address:protected  yes      yes*/own yes*/own    no    no        no        no
why                yes      yes*/own yes*/own    own   yes       no        no
wishes             yes      yes*     yes*        no    no        no        no
needs              yes      yes*     yes*        yes*  no        no        no
waiting            no       yes      yes         no    no        no        no
tasks              no       yes      yes         own   no        no        no
minutes            yes      yes*/own yes*/own    own   yes       no        no
helpers:hidden     no       yes      yes         yes*  no        no        no
hidden             no       yes*/own yes*/own    own   no        no        no
consent:state      yes      yes      yes         yes   yes       no        no
languages          yes      yes      yes         yes*  no        no        no
protected          yes      yes      yes         yes   no        no        no
reminders          no       yes      yes         own   no        no        no
"""

# Of a professional, by how much they are let see, while the yes stands.
LIMITED = """
                plan  area  none
plan:read       yes   yes   no
plan:whole      yes   no    no
contact:read    yes   yes   no
phone           yes   yes   no
needs           yes   yes   no
meetings:read   yes   yes   yes
meeting:propose yes   yes   yes
step:finish     own*  own*  no
step:change     own*  own*  no
promise:make    yes   yes   no
promise:keep    own*  own*  no
promise:change  own*  own*  no
start:read      yes   yes   yes
meeting         own   own   own
minutes         own   own   own
readers         no    no    no
access:choose   no    no    no
"""

# What each scope gives. yes* as above.
SCOPES = """
               plan  write  meetings  messages  consent
plan:read      yes*  no     no        no        no
meetings:read  no    no     yes       no        no
messages:read  no    no     no        yes       no
consent:give   no    no     no        no        yes
contact:read   yes   yes    yes       yes       yes
shared         no    yes*   no        no        no
plan:whole     yes*  no     no        no        no
readers        yes*  no     no        no        no
meeting        no    no     yes       no        no
people         no    no     yes       no        no
address        no    no     yes       no        no
why            no    no     yes       no        no
minutes        no    no     yes       no        no
consent:state  yes   yes    yes       yes       yes
"""


def cells(table: str) -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return [(row[0], who, said) for row in rows for who, said in zip(head, row[1:], strict=True)]


def subject(*who: str, consented: bool = True) -> Subject:
    """Return Anna, with all that ties these people to her, as one reader."""
    scopes = frozenset(scope for one in who for scope in ACTS_WITH.get(one, ()))
    return Subject(ANNA, frozenset(tie for one in who if (tie := TIE[one])), consented, scopes=scopes)


@pytest.mark.parametrize(("action", "who", "said"), cells(MATRIX))
def test_with_a_yes_to_one_plan(action: str, who: str, said: str) -> None:
    assert may(subject(who), Action(action)) is said.startswith("yes")


@pytest.mark.parametrize(("action", "who", "said"), cells(MATRIX))
def test_without_it(action: str, who: str, said: str) -> None:
    assert may(subject(who, consented=False), Action(action)) is (said == "yes")


def said_yes(said: str, *, consented: bool, own: bool) -> bool:
    """Read a cell: yes* asks for the citizen's yes, own for a thing of theirs, own* for both, / for one."""
    if said == "own*":
        return consented and own
    return said == "yes" or ("yes*" in said and consented) or ("own" in said and own)


STATES = [(consented, own) for consented in (True, False) for own in (True, False)]


@pytest.mark.parametrize(("consented", "own"), STATES)
@pytest.mark.parametrize(("action", "who", "said"), cells(OF_A_MEETING))
def test_what_is_done_to_a_meeting(action: str, who: str, said: str, consented: bool, own: bool) -> None:
    told = may(subject(who, consented=consented), Action(action), own=own)
    assert told is said_yes(said, consented=consented, own=own)


@pytest.mark.parametrize(("consented", "own"), STATES)
@pytest.mark.parametrize(("field", "who", "said"), cells(FIELDS))
def test_what_is_shown(field: str, who: str, said: str, consented: bool, own: bool) -> None:
    one = subject(who, consented=consented)
    assert may_see(one, Field(field), own=own) is said_yes(said, consented=consented, own=own)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(("what", "extent", "said"), cells(LIMITED))
def test_what_a_professional_may_who_is_let_see_a_part(what: str, extent: str, said: str, own: bool) -> None:
    one = replace(subject("team"), extent=PlanExtent(extent))
    told = may(one, Action(what), own=own) if what in set(Action) else may_see(one, Field(what), own=own)
    assert told is said_yes(said, consented=True, own=own)


def test_all_that_hangs_on_the_yes_is_closed_to_one_who_is_let_see_none_of_it() -> None:
    none, no_yes = replace(subject("team"), extent=PlanExtent.NONE), subject("team", consented=False)
    of_citizens = [action for action in Action if action in TABLE]
    assert [one for one in of_citizens if may(none, one) is not may(no_yes, one)] == []
    assert [one for one in Field if may_see(none, one) is not may_see(no_yes, one)] == []


@pytest.mark.parametrize("extent", list(PlanExtent))
def test_what_limits_a_professional_limits_no_other_tie(extent: PlanExtent) -> None:
    """She is the contact person too, or represents the citizen."""
    for other in ("contact", "substitute", "guardian"):
        both = replace(subject("team", other), extent=extent, area_ids=frozenset({uuid4()}))
        assert (may(both, Action.PLAN_READ), areas_shown(both)) == (True, None)


def test_the_areas_that_are_shown_are_those_of_the_extent_and_none_to_one_who_reads_none_of_it() -> None:
    area = uuid4()
    limited = replace(subject("team"), extent=PlanExtent.AREA, area_ids=frozenset({area}))
    assert areas_shown(limited) == frozenset({area})
    assert areas_shown(subject("team")) is None
    assert areas_shown(subject("stranger")) == areas_shown(subject("team", consented=False)) == frozenset()


@pytest.mark.parametrize("consented", [True, False])
@pytest.mark.parametrize("scope", ActingScope)
def test_who_acts_for_somebody_may_what_the_scope_says(scope: ActingScope, consented: bool) -> None:
    reader = Subject(ANNA, frozenset({Tie.REPRESENTATIVE}), consented, scopes=frozenset({scope}))
    found = {one for one in Action if may(reader, one)} | {one for one in Field if may_see(reader, one)}
    rows = [(name, said) for name, which, said in cells(SCOPES) if which == scope]
    assert found == {name for name, said in rows if said_yes(said, consented=consented, own=True)}


def test_a_scope_is_nothing_to_who_acts_for_nobody() -> None:
    reader = Subject(ANNA, frozenset({Tie.PROFESSIONAL}), consented=True, scopes=frozenset(ActingScope))
    assert not may(reader, Action.MESSAGES_READ)
    assert not may_see(reader, Field.SHARED)


def test_nothing_is_theirs_to_see_unless_it_is_said() -> None:
    assert not may_see(subject("team"), Field.MEETING)


def test_who_is_two_things_may_what_each_of_them_may() -> None:
    """A professional who also represents the citizen: neither tie hides the other."""
    both = subject("team", "guardian")
    assert (may(both, Action.MEETING_PROPOSE), may_see(both, Field.MINUTES)) == (True, True)
    assert not may(both, Action.MEETING_SETTLE)


@pytest.mark.parametrize(("action", "role", "said"), cells(OPEN))
def test_pages_about_nobody_in_particular(action: str, role: str, said: str) -> None:
    assert may_at_all(Actor(ANNA, frozenset({Role(role)})), Action(action)) is (said == "yes")


def test_every_action_and_field_has_a_row_and_a_line() -> None:
    of_citizens, of_roles, fields = ({row[0] for row in cells(one)} for one in (MATRIX, OPEN, FIELDS))
    assert (of_citizens | fields, of_roles) == (set(TABLE), set(ROLES))
    assert (of_citizens | of_roles, fields) == (set(Action), set(Field))
    assert {name for name, line in TABLE.items() if any("own" in one for one in line.values())} == {
        name for table in (OF_A_MEETING, FIELDS) for name, _who, said in cells(table) if "own" in said
    }
