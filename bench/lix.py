"""How easy the pages are to read: LIX of the running text, against the limit for those who read it."""

import tempfile
from pathlib import Path

from app import create_app
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import fixed_clock
from app.migrations.schema import migrate
from app.store.db import Database
from bench.table import Row
from tests.cast import NOW
from tests.language.conftest import seed_whole_demo
from tests.language.measured import CITIZENS, STAFF, running_text
from tests.language.reading import CITIZEN_MOST, STAFF_MOST, read


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as place:
        url = f"sqlite:///{Path(place) / 'demo.db'}"
        database = Database(url)
        migrate(database)
        with database.writing() as session:
            seed_whole_demo(session)
        database.close()
        app = create_app(
            Settings(
                url, "only to measure, 32 bytes and more", "http://localhost:5000", True, read_site(DEMO_SITE)
            ),
            clock=fixed_clock(NOW),
        )
        rows: list[Row] = []
        for people, most in ((CITIZENS, CITIZEN_MOST), (STAFF, STAFF_MOST)):
            for slug in people:
                rows += [_row(slug, kind, text, most) for kind, text in running_text(app, slug).items()]
        app.extensions["db"].close()
    return rows


def _row(slug: str, kind: str, paragraphs: list[str], most: int) -> Row:
    found = read(paragraphs)
    return Row(
        f"LIX, {slug}: {kind}",
        f"{found.lix:.0f} ({found.words} words)",
        f"at most {most}",
        found.lix / most,
        found.lix <= most,
    )
