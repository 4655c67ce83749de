"""One app in a process of its own, for `bench.pages`: bare Flask, or the demo with its fullest citizen.

What is changed between two looks is served from several databases, so that each connection reads a plan that
nobody else reads: what is drawn for one is of no use to another.
"""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from app import create_app
from app.cache.fragment_cache import FragmentCache
from app.cache.lru_cache import MOST_BYTES, PageLru
from app.calendar_sync.feed import make_feed
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import system_clock
from app.demo.cast import person_id, seed_people
from app.demo.seed import seed_demo
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import open_session
from app.migrations.schema import migrate
from app.store.db import Database
from bench.server import CONNECTIONS, answer

if TYPE_CHECKING:  # for the reader and mypy alone
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BARE_BYTES = 12_000
SECRET_KEY = "only to measure, 32 bytes and more"  # noqa: S105


def main(name: str, file: str) -> None:
    settings = _settings(file)
    if name == "bare":
        answer(_bare(settings))
    elif name == "changed":
        app, cookies = demos([Path(f"{file}.{number}") for number in range(CONNECTIONS)])
        answer(app, cookies=cookies)
    else:
        cookie, feed = _lay(settings)
        app = create_app(settings)
        app.extensions["kept"] = PageLru(MOST_BYTES if name == "kept" else 0)
        app.jinja_env.globals["drawn"] = FragmentCache(app.jinja_env, 0).draw
        answer(app, cookies=[cookie], feed=f"/ics/{feed}.ics")


def _settings(file: str | Path) -> Settings:
    return Settings(f"sqlite:///{file}", SECRET_KEY, "http://localhost:5000", True, read_site(DEMO_SITE))


def _bare(settings: Settings) -> Flask:
    app = Flask("bare", static_folder=None)
    app.extensions.update(settings=settings, db=Database(settings.database_url))  # the server asks for both
    page = f"<!doctype html><html lang=da><title>t</title><p>{'a' * BARE_BYTES}</p></html>"

    @app.get("/")
    def index() -> str:
        return page

    return app


def demos(files: list[Path]) -> tuple[Flask, list[str]]:
    """Return a demo with no page kept, which hands on what readers ask of others; and their cookies."""
    cookie, _feed = _lay(_settings(files[0]))
    apps = {}
    for number, file in enumerate(files):
        if number:
            shutil.copy(files[0], file)
        apps[f"{cookie}; plan={number}"] = app = create_app(_settings(file))
        app.extensions["kept"] = PageLru(0)
    first, *_others = apps.values()
    answers = {cookie: app.wsgi_app for cookie, app in apps.items()}

    def hand_on(environ: "WSGIEnvironment", start: "StartResponse") -> Any:
        return answers[environ["HTTP_COOKIE"]](environ, start)

    first.wsgi_app = hand_on  # type: ignore[method-assign, assignment]
    return first, list(apps)


def _lay(settings: Settings) -> tuple[str, str]:
    """Lay the demo; return its fullest citizen's cookie, and the secret of a feed that tells all it may."""
    database, now = Database(settings.database_url), system_clock()
    migrate(database)
    with database.writing() as session:
        seed_demo(session, seed_people(session, settings.site, now=now), settings.site, now=now)
        token = open_session(session, person_id("anna"), now=now)
        feed = make_feed(session, person_id("anna"), "Telefon", detailed=True, now=now)
    database.close()
    return f"{DEMO_COOKIE}={token}", feed


if __name__ == "__main__":
    main(*sys.argv[1:])
