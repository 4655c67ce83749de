"""What another system may, written again. yes* holds only while the citizen's yes stands."""

import pytest

from app.access.system_policy import SYSTEMS, SystemAction, may_system

# Of the citizen, and of meetings that the system made. Of others it is told when somebody is free, no more.
BY_A_SYSTEM = """\
times:find     yes
times:reasons  yes*
meeting:book   yes*
meeting:read   yes
meeting:words  yes*
meeting:hidden no
meeting:move   yes*
meeting:change yes*
meeting:cancel yes
""".splitlines()


@pytest.mark.parametrize(("action", "said"), [(row[0], row[1]) for row in map(str.split, BY_A_SYSTEM)])
def test_what_another_system_may(action: str, said: str) -> None:
    assert may_system(SystemAction(action), consented=True) is (said != "no")
    assert may_system(SystemAction(action), consented=False) is (said == "yes")


def test_all_that_another_system_may_do_has_a_row_and_a_line() -> None:
    assert {row.split()[0] for row in BY_A_SYSTEM} == set(SystemAction) == set(SYSTEMS)
