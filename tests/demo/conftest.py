"""A demo's database as `./enplan demo` lays it, at any moment."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from app.config import DEMO_SITE, Site, read_site
from app.demo.demo_instance import seed_or_shift
from app.migrations.schema import migrate
from app.store.db import Database

Start = Callable[[datetime], Database]


@pytest.fixture(scope="session")
def site() -> Site:
    return read_site(DEMO_SITE)


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "enplan.db"
    with closing(Database(f"sqlite:///{path}")) as database:
        migrate(database)
    return path


@pytest.fixture
def start(empty_template: Path, tmp_path: Path, site: Site) -> Iterator[Start]:
    """Return what lays a new demo around a moment."""
    numbers = count()
    with ExitStack() as open_ones:

        def start(now: datetime) -> Database:
            path = tmp_path / f"{next(numbers)}.db"
            shutil.copy(empty_template, path)
            database = open_ones.enter_context(closing(Database(f"sqlite:///{path}")))
            seed_or_shift(database, site, now=now)
            return database

        yield start
