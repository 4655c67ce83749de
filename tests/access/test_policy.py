"""The policy written again, as a table a lawyer can read. yes* holds only while the citizen's yes stands."""

from uuid import UUID, uuid4

import pytest

from app.access.policy import ROLES, TABLE, Action, Actor, Subject, may, may_at_all, tie
from app.identity.rules import Role

ANNA, LINE, OMAR, JONAS, VIBEKE, STINA, LONE = (uuid4() for _ in range(7))


def annas_plan(consented: bool = True) -> Subject:
    return Subject(
        citizen_id=ANNA,
        contact_id=LINE,
        substitute_ids=frozenset({OMAR}),
        professional_ids=frozenset({JONAS}),
        representative_ids=frozenset({VIBEKE}),
        consented=consented,
    )


PEOPLE: dict[str, tuple[UUID, Role]] = {
    "citizen": (ANNA, Role.CITIZEN),
    "contact": (LINE, Role.CONTACT),
    "substitute": (OMAR, Role.CONTACT),
    "team": (JONAS, Role.PROFESSIONAL),
    "guardian": (VIBEKE, Role.REPRESENTATIVE),
    "stranger": (STINA, Role.CITIZEN),
    "leader": (LONE, Role.LEADER),
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


def actor(who: str) -> Actor:
    person_id, role = PEOPLE[who]
    return Actor(person_id, frozenset({role}))


@pytest.mark.parametrize(("action", "who", "said"), cells(MATRIX))
def test_with_a_yes_to_one_plan(action: str, who: str, said: str) -> None:
    assert may(actor(who), Action(action), annas_plan()) is said.startswith("yes")


@pytest.mark.parametrize(("action", "who", "said"), cells(MATRIX))
def test_without_it(action: str, who: str, said: str) -> None:
    assert may(actor(who), Action(action), annas_plan(consented=False)) is (said == "yes")


@pytest.mark.parametrize(("action", "role", "said"), cells(OPEN))
def test_pages_about_nobody_in_particular(action: str, role: str, said: str) -> None:
    assert may_at_all(Actor(STINA, frozenset({Role(role)})), Action(action)) is (said == "yes")


def test_every_action_has_a_row_and_a_rule() -> None:
    of_citizens, of_roles = {row[0] for row in cells(MATRIX)}, {row[0] for row in cells(OPEN)}
    assert (of_citizens, of_roles) == (set(TABLE), set(ROLES))
    assert of_citizens | of_roles == set(Action)


def test_only_the_stranger_and_the_leader_have_no_tie() -> None:
    assert [who for who in PEOPLE if tie(actor(who), annas_plan()) is None] == ["stranger", "leader"]
