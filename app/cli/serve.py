"""`serve`, `worker` and `migrate`: what a real site runs. Nothing starts that is missing or unsafe."""

import os
import sys
import threading
from argparse import Namespace

from app import create_app
from app.cli.database_checks import (
    check_folder,
    check_schema,
    hold_database,
    is_another_serving,
    refuse_foreign,
    sqlite_path,
)
from app.cli.error_messages import CommandFailed, port_error_sentence
from app.cli.secret_key import migrate_with_key, opened_with_key
from app.cli.site import database_url, read_secret_of, read_site_of, secret_if_set
from app.config import Settings, check_given_settings, read_settings
from app.dates.clock import system_clock
from app.environment import read_log_format
from app.meetings.hidden import apply_hidden
from app.run.logs import start_logging
from app.run.server import listen, serve, stop_on_signals
from app.run.worker import run_forever
from app.store.db import Database

SECOND_SERVER = (
    "En server bruger allerede {path}. En mere gavner ikke: SQLite lader én skrive ad gangen, og de to står i"
    " kø for hinanden. Skal I have to servere, så brug PostgreSQL (docs/drift)."
)


def run(asked: Namespace) -> int:
    """Serve a real site until it is told to stop."""
    settings = read_settings()
    # It is ours, at the newest step, with every promise and our key.
    with opened_with_key(settings.database_url, settings.secret_key) as db, db.writing() as session:
        apply_hidden(session, settings.site)
    path = sqlite_path(settings.database_url)
    if path is not None:
        check_folder(path.parent)
    try:
        taken = listen(asked.host, asked.port)
    except OSError as problem:
        raise CommandFailed(port_error_sentence(problem, asked.host, asked.port, "serve")) from problem
    with taken, hold_database(settings.database_url), is_another_serving(settings.database_url) as another:
        if another:
            print(SECOND_SERVER.format(path=path), file=sys.stderr, flush=True)
        app = create_app(settings)
        stop = threading.Event()
        stop_on_signals(stop)
        start_logging(read_log_format(os.environ))
        print(f"Én plan svarer på port {taken.getsockname()[1]} for {settings.origin}", flush=True)
        serve(app, taken, stop, trusted_proxies=settings.trusted_proxies)
    return 0


def work(asked: Namespace) -> int:
    """Do what falls due (answers that are late), until it is told to stop."""
    url = database_url(asked)
    settings = Settings(url, read_secret_of(url), origin="", demo=False, site=read_site_of(url))
    with opened_with_key(url, settings.secret_key):
        pass
    app = create_app(settings)
    stop = threading.Event()
    stop_on_signals(stop)
    start_logging(read_log_format(os.environ))
    with hold_database(url):
        print("Worker er i gang. Stop med Ctrl+C.", flush=True)
        try:
            run_forever(app, stop)
        finally:
            app.extensions["db"].close()
    return 0


def migrate_command(asked: Namespace) -> int:
    """Take the database to the newest step, in one transaction."""
    check_given_settings(os.environ)
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
