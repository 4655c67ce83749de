"""One app in a process of its own, for `bench.pages`: bare Flask, or the demo with its fullest citizen.

Says where it answers in one line of JSON; then, for each line it is sent, how long its processor has worked.
"""

import json
import sys
import threading
import time

from flask import Flask

from app import create_app
from app.clock import system_clock
from app.config import DEMO_SITE, Settings, read_site
from app.db import Database
from app.demo.data import seed_demo
from app.demo.people import person_id, seed_people
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import open_session
from app.kept import MOST_BYTES, KeptPages
from app.migrations.schema import migrate
from app.server import listen, serve

BARE_BYTES = 12_000
SECRET_KEY = "only to measure, 32 bytes and more"  # noqa: S105


def main(name: str, file: str) -> None:
    settings = Settings(f"sqlite:///{file}", SECRET_KEY, "http://localhost:5000", True, read_site(DEMO_SITE))
    app, cookie = (_bare(settings), "a=b") if name == "bare" else _demo(settings, keeps=name == "kept")
    stop = threading.Event()
    with listen("127.0.0.1", 0) as taken:
        path = "/" if name == "bare" else "/plan"
        threading.Thread(target=_tell, args=(stop,), daemon=True).start()
        print(json.dumps({"port": taken.getsockname()[1], "path": path, "cookie": cookie}), flush=True)
        serve(app, taken, stop)


def _bare(settings: Settings) -> Flask:
    app = Flask("bare", static_folder=None)
    app.extensions.update(settings=settings, db=Database(settings.database_url))  # the server asks for both
    page = f"<!doctype html><html lang=da><title>t</title><p>{'a' * BARE_BYTES}</p></html>"

    @app.get("/")
    def index() -> str:
        return page

    return app


def _demo(settings: Settings, *, keeps: bool) -> tuple[Flask, str]:
    database, now = Database(settings.database_url), system_clock()
    migrate(database)
    with database.writing() as session:
        seed_demo(session, seed_people(session, settings.site, now=now), settings.site, now=now)
        token = open_session(session, person_id("anna"), now=now)
    database.close()
    app = create_app(settings)
    app.extensions["kept"] = KeptPages(MOST_BYTES if keeps else 0)
    return app, f"{DEMO_COOKIE}={token}"


def _tell(stop: threading.Event) -> None:
    for _line in sys.stdin:
        print(time.process_time(), flush=True)
    stop.set()


if __name__ == "__main__":
    main(*sys.argv[1:])
