"""The whole demo municipality, as `./enplan` lays it."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from app.config import DEMO_SITE, read_site
from app.demo.cast import seed_people
from app.demo.seed import seed_demo
from tests.cast import NOW
from tests.databases import Templates


def seed_whole_demo(session: Session) -> None:
    municipality = read_site(DEMO_SITE)
    people = seed_people(session, municipality, now=NOW)
    seed_demo(session, people, municipality, now=NOW)


@pytest.fixture
def database_kind() -> str:
    """What a page says doesn't hang on the database."""
    return "sqlite"


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, seed_whole_demo) as url:
        yield url
