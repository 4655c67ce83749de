"""The demo's folder: its database, its own secret key, and the day its dates were laid around.

The moment stands in SQLite's own `user_version` (minutes since 1970), so it changes in the same transaction
as the dates themselves: a start that is cut off has either moved them all or none.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, text
from sqlmodel import Session

from app.config import DEMO_SITE, Settings, Site, read_site
from app.dates.local_time import danish_day
from app.demo.cast import seed_people
from app.demo.seed import seed_demo
from app.demo.shift_dates import shift_dates
from app.environment import is_worker_off
from app.store.db import Database

DEFAULT = Path(".data") / "demo"
FIRST_ORIGIN = "http://localhost:5000"
FILES = ("enplan.db", "enplan.db-wal", "enplan.db-shm", "enplan.db-journal")


@dataclass(frozen=True, slots=True)
class DemoInstance:
    """Where one demo keeps its things."""

    path: Path

    @property
    def database_file(self) -> Path:
        return self.path / FILES[0]

    @property
    def database_url(self) -> str:
        return URL.create("sqlite", database=str(self.database_file)).render_as_string()

    @property
    def key_file(self) -> Path:
        return self.path / "secret.key"

    @property
    def origin_file(self) -> Path:
        return self.path / "origin"

    def secret_key(self) -> str:
        """Return the demo's own key, made the first time and readable by its owner alone."""
        if not self.key_file.exists():
            draft = self.key_file.with_suffix(".new")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
            draft.replace(self.key_file)
        return self.key_file.read_text("utf-8").strip()

    def store_origin(self, origin: str) -> None:
        """Note where the demo is served, for commands that print an address."""
        self.origin_file.write_text(origin, "utf-8")

    def read_origin(self) -> str:
        return self.origin_file.read_text("utf-8") if self.origin_file.exists() else FIRST_ORIGIN

    def settings(self, origin: str) -> Settings:
        return Settings(
            self.database_url,
            self.secret_key(),
            origin,
            demo=True,
            site=read_site(DEMO_SITE),
            worker_off=is_worker_off(os.environ),
        )

    def remove_database(self) -> None:
        """Forget everything that was written in this demo."""
        for name in FILES:
            (self.path / name).unlink(missing_ok=True)


def seed_or_shift(database: Database, site: Site, *, now: datetime) -> None:
    """Fill an empty demo around `now`, or move a demo of another day to it. All of it or nothing."""
    with database.writing() as session:
        seeded_at = read_seeded_at(session)
        if seeded_at is None:
            people = seed_people(session, site, now=now)
            seed_demo(session, people, site, now=now)
        elif danish_day(seeded_at) != danish_day(now):
            shift_dates(session, site, seeded_at=seeded_at, now=now)
        else:
            return
        note_seeded_at(session, now)


def note_seeded_at(session: Session, now: datetime) -> None:
    """Note the moment that the demo's dates lie around."""
    session.flush()
    session.connection().execute(text(f"PRAGMA user_version = {int(now.timestamp()) // 60}"))


def read_seeded_at(session: Session) -> datetime | None:
    """Return the moment that the demo's dates lie around, to the minute; None for an empty database."""
    minutes = session.connection().execute(text("PRAGMA user_version")).scalar_one()
    return datetime.fromtimestamp(minutes * 60, UTC) if minutes else None
