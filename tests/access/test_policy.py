"""The policy written again, as a table a lawyer can read. yes* holds only while the citizen's yes stands."""

from uuid import uuid4

import pytest

from app.access.policy import ROLES, TABLE, Action, Actor, Field, Subject, Tie, may, may_at_all, may_see
from app.identity.rules import Role

ANNA = uuid4()
TIE: dict[str, Tie | None] = {
    "citizen": Tie.SELF,
    "contact": Tie.CONTACT,
    "substitute": Tie.SUBSTITUTE,
    "team": Tie.PROFESSIONAL,
    "guardian": Tie.REPRESENTATIVE,
    "stranger": None,
    "leader": None,
}

MATRIX = """
                citizen  contact  substitute  team  guardian  stranger  leader
today:read      yes      no       no          no    no        no        no
plan:read       yes      yes*     yes*        yes*  yes*      no        no
contact:read    yes      yes      yes         yes   yes       no        no
meetings:read   yes      yes      yes         yes   yes       no        no
meeting:reply   yes      no       no          no    no        no        no
meeting:propose no       yes      yes         yes   no        no        no
meeting:change  no       yes      yes         yes   no        no        no
meeting:settle  no       yes      yes         no    no        no        no
wishes:own      yes      no       no          no    no        no        no
minutes:write   no       yes      yes         yes   no        no        no
minutes:answer  yes      no       no          no    no        no        no
agreement:place no       yes*     yes*        no    no        no        no
entry:write     yes      no       no          no    no        no        no
entry:answer    no       yes*     yes*        no    no        no        no
goal:answer     yes      no       no          no    no        no        no
step:finish     yes      yes*     yes*        no    no        no        no
progress:read   yes      yes*     yes*        no    no        no        no
progress:write  yes      no       no          no    no        no        no
progress:answer no       yes*     yes*        no    no        no        no
consent:give    yes      no       no          no    no        no        no
citizen:invite  no       yes      yes         no    no        no        no
"""

# What is done to a meeting that is found. own: only to one that they called, or were in.
OF_A_MEETING = """
                citizen  contact  substitute  team  guardian  stranger  leader
meeting:change  no       yes      yes         own   no        no        no
meeting:settle  no       yes      yes         no    no        no        no
minutes:write   no       yes      yes         own   no        no        no
"""

# What is shown of a page that somebody may open. own: what was asked of them, a meeting they were in.
FIELDS = """
                   citizen  contact  substitute  team  guardian  stranger  leader
drafts             yes      no       no          no    no        no        no
shared             yes      yes      yes         no    no        no        no
phone              yes      yes      yes         yes   no        no        no
address            yes      yes      yes         yes   yes       no        no
address:protected  yes      yes      yes         no    no        no        no
why                yes      yes      yes         yes   yes       no        no
wishes             yes      yes      yes         no    no        no        no
waiting            no       yes      yes         no    no        no        no
tasks              no       yes      yes         own   no        no        no
minutes            yes      yes      yes         own   yes       no        no
"""

OPEN = """
                citizen  contact  professional  representative  leader  administrator
settings:own    yes      yes      yes           yes             yes     yes
feed:own        yes      yes      yes           no              yes     yes
busy:own        no       yes      yes           no              yes     yes
caseload:read   no       yes      yes           yes             yes     yes
queue:read      no       yes      no            no              no      no
tasks:read      no       yes      yes           no              yes     yes
"""


def cells(table: str) -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return [(row[0], who, said) for row in rows for who, said in zip(head, row[1:], strict=True)]


def subject(*who: str, consented: bool = True) -> Subject:
    """Return Anna, with all that ties these people to her, as one reader."""
    return Subject(ANNA, frozenset(tie for one in who if (tie := TIE[one])), consented)


@pytest.mark.parametrize(("action", "who", "said"), cells(MATRIX))
def test_with_a_yes_to_one_plan(action: str, who: str, said: str) -> None:
    assert may(subject(who), Action(action)) is said.startswith("yes")


@pytest.mark.parametrize(("action", "who", "said"), cells(MATRIX))
def test_without_it(action: str, who: str, said: str) -> None:
    assert may(subject(who, consented=False), Action(action)) is (said == "yes")


@pytest.mark.parametrize(("action", "who", "said"), cells(OF_A_MEETING))
def test_what_is_done_to_a_meeting(action: str, who: str, said: str) -> None:
    assert may(subject(who), Action(action), own=False) is (said == "yes")
    assert may(subject(who), Action(action), own=True) is (said in ("yes", "own"))


@pytest.mark.parametrize("consented", [True, False])
@pytest.mark.parametrize(("field", "who", "said"), cells(FIELDS))
def test_what_is_shown(field: str, who: str, said: str, consented: bool) -> None:
    one = subject(who, consented=consented)
    assert may_see(one, Field(field)) is (said == "yes")
    assert may_see(one, Field(field), own=True) is (said in ("yes", "own"))


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
    assert {name for name, line in TABLE.items() if "own" in line.values()} == {
        name for table in (OF_A_MEETING, FIELDS) for name, _who, said in cells(table) if said == "own"
    }
