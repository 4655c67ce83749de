"""Of many absences each stands on one page, the reader's own first."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.plan.models import Absence
from app.store.db import Database
from tests.caseload.colleagues import hire
from tests.cast import NOW, People
from tests.conftest import Browser

HERE = "/fravaer"


def be_away(database: Database, who: UUID, substitute: UUID, number: int) -> None:
    """Let somebody be away so many times, a day each, one after the other."""
    with database.writing() as session:
        for turn in range(number):
            begins = NOW + timedelta(days=1 + 2 * turn)
            session.add(
                Absence(
                    person_id=who,
                    substitute_id=substitute,
                    starts_at=begins,
                    ends_at=begins + timedelta(days=1),
                    registered_by=who,
                )
            )


def ways(page: str) -> list[str]:
    """Return which absences a page lets one change."""
    return re.findall(rf'href="{HERE}/([0-9a-f-]{{36}})"', page)


@pytest.mark.both_databases
@pytest.mark.parametrize(("own", "others"), [(2, 25), (25, 3), (20, 21)])
def test_each_absence_stands_on_one_page(
    database: Database, people: People, browser_of: Browser, own: int, others: int
) -> None:
    hired = hire(database, people, 1)
    with database.writing() as session:
        session.add(PersonRole(person_id=people.lone.id, role=Role.CONTACT, starts_at=NOW))
        session.get_one(Person, hired[0]).department_id = None
    be_away(database, people.lone.id, hired[0], own)
    be_away(database, people.line.id, hired[0], others)
    lone = browser_of(people.lone)
    pages = [lone.get(f"{HERE}?side={side}").text for side in (1, 2, 3)]
    shown = [one for page in pages for one in ways(page)]
    assert (len(shown), len(set(shown))) == (own + others, own + others)
    assert len(ways(pages[0])) == 20
    assert [f"side={side}" in page for side, page in zip((2, 3, 4), pages, strict=True)] == [
        True,
        own + others > 40,
        False,
    ]
    titles = re.findall(r"Du er væk|Line Madsen er væk", "".join(pages))
    assert titles == ["Du er væk"] * own + ["Line Madsen er væk"] * others


def test_who_leads_nobody_sees_all_of_their_own(
    database: Database, people: People, browser_of: Browser
) -> None:
    be_away(database, people.line.id, people.omar.id, 25)
    line = browser_of(people.line)
    assert [len(ways(line.get(f"{HERE}?side={side}").text)) for side in (1, 2, 3)] == [20, 5, 0]


@pytest.mark.both_databases
@pytest.mark.parametrize("side", ["9999", "999999999"])
def test_no_number_of_a_page_is_too_large_for_the_database(
    people: People, browser_of: Browser, side: str
) -> None:
    lone = browser_of(people.lone)
    assert [lone.get(f"{path}?side={side}").status_code for path in (HERE, "/ledelse/forsinket")] == [200] * 2
