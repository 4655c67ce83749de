"""`serve`, `worker` and `migrate`: what a real site runs. Nothing starts that is missing or unsafe."""

import threading
from argparse import Namespace

from app import create_app
from app.cli.database import check_folder, check_schema, refuse_foreign, sqlite_path, used
from app.cli.faults import Fault, explain_port
from app.cli.key import migrate as migrate_with_key
from app.cli.key import opened_with_key
from app.cli.where import database_url, secret_if_set, secret_of, site_of
from app.clock import system_clock
from app.config import Settings, read_settings
from app.db import Database
from app.server import listen, serve, stop_on_signals
from app.worker import run_forever


def run(asked: Namespace) -> int:
    """Serve a real site until it is told to stop."""
    settings = read_settings()
    with opened_with_key(settings.database_url, settings.secret_key):
        pass  # it is ours, at the newest step, with every promise and our key
    path = sqlite_path(settings.database_url)
    if path is not None:
        check_folder(path.parent)
    try:
        taken = listen(asked.host, asked.port)
    except OSError as problem:
        raise Fault(explain_port(problem, asked.host, asked.port, "serve")) from problem
    with taken, used(settings.database_url):
        app = create_app(settings)
        stop = threading.Event()
        stop_on_signals(stop)
        print(f"Én plan svarer på port {taken.getsockname()[1]} for {settings.origin}", flush=True)
        serve(app, taken, stop, trusted_proxies=settings.trusted_proxies)
    return 0


def work(asked: Namespace) -> int:
    """Do what falls due (answers that are late), until it is told to stop."""
    url = database_url(asked)
    settings = Settings(url, secret_of(url), origin="", demo=False, site=site_of(url))
    with opened_with_key(url, settings.secret_key):
        pass
    app = create_app(settings)
    stop = threading.Event()
    stop_on_signals(stop)
    with used(url):
        print("Arbejderen er i gang. Stop med Ctrl+C.", flush=True)
        try:
            run_forever(app, stop)
        finally:
            app.extensions["db"].close()
    return 0


def migrate(asked: Namespace) -> int:
    """Take the database to the newest step, in one transaction."""
    url = database_url(asked)
    secret_key = secret_if_set(url)
    refuse_foreign(url)
    path = sqlite_path(url)
    if path is not None:
        check_folder(path.parent)
    database = Database(url)
    try:
        migrate_with_key(database, url, secret_key, now=system_clock())
        check_schema(database)
    finally:
        database.close()
    print("Databasen er klar til denne udgave.")
    return 0
