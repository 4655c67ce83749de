"""`demo`: a municipality that is made up, on this machine alone."""

import os
import socket
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from flask import Flask

from app import create_app
from app.cli.database_checks import check_folder, in_use_sentence, refuse_foreign
from app.cli.error_messages import CommandFailed, port_error_sentence
from app.cli.secret_key import migrate_with_key, refuse_other_key
from app.dates.clock import Clock, fixed_clock, system_clock
from app.demo.demo_instance import DemoInstance, seed_or_shift
from app.environment import read_log_format
from app.run.logs import start_logging
from app.run.server import listen, serve, stop_on_signals
from app.run.worker import run_forever
from app.store.db import Database
from app.store.key_fingerprint import check_secret_key
from app.store.sqlite_file import DatabaseInUse, ForeignLog, in_use

FIRST_YEAR, LAST_YEAR = 2000, 2100
EVERY_NETWORK = ("0.0.0.0", "::")  # noqa: S104 — only compared with
ANYWHERE = (*EVERY_NETWORK, "127.0.0.1", "::1", "localhost")
NOBODY = "198.51.100.1"  # an address for examples: which of ours would lead there?


def run(asked: Namespace) -> int:
    """Serve the demo until somebody stops it."""
    clock = clock_at(asked.now)
    folder = DemoInstance(asked.data)
    try:
        taken = listen(asked.host, asked.port)
    except OSError as problem:
        raise CommandFailed(port_error_sentence(problem, asked.host, asked.port, "demo")) from problem
    with taken:
        host = "localhost" if asked.host in ANYWHERE else asked.host
        origin = f"http://{host}:{taken.getsockname()[1]}"
        app = prepare(folder, origin, clock, reset=asked.reset)
        with hold_demo(folder):
            _serve(app, taken, origin)
    return 0


def _serve(app: Flask, taken: socket.socket, origin: str) -> None:
    stop = threading.Event()
    stop_on_signals(stop)
    start_logging(read_log_format(os.environ))
    worker = threading.Thread(target=run_forever, args=(app, stop), name="worker")
    worker.start()
    print(f"Én plan er klar: {origin}\nVælg, hvem du vil være: {origin}/demo", flush=True)
    if nearby := _address_nearby(taken):
        print(f"Fra en telefon på samme net: {nearby}/demo", flush=True)
    print("Stop med Ctrl+C.", flush=True)
    try:
        serve(app, taken, stop)
    finally:
        stop.set()
        worker.join()


def _address_nearby(taken: socket.socket) -> str:
    """Return where other machines on the network find this one, if it answers them. Nothing is sent."""
    bound, port = taken.getsockname()[:2]
    if bound not in EVERY_NETWORK:
        return ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked, suppress(OSError):
        asked.connect((NOBODY, 9))
        return f"http://{asked.getsockname()[0]}:{port}"
    return ""


def clock_at(moment: str | None) -> Clock:
    """Return the machine's clock, or one that stands still at `moment`."""
    if moment is None:
        return system_clock
    try:
        chosen = datetime.fromisoformat(moment)
        if not FIRST_YEAR <= chosen.year <= LAST_YEAR:  # the demo reaches some years to both sides
            raise OverflowError
        return fixed_clock(chosen)
    except (ValueError, OverflowError) as problem:
        example = "2026-11-24T10:00+01:00"
        raise CommandFailed(
            f"--now skal være et tidspunkt med tidszone, f.eks. {example}.", code=2
        ) from problem


def prepare(folder: DemoInstance, origin: str, clock: Clock, *, reset: bool = False) -> Flask:
    """Make the folder ready, with its database at the newest step and its dates around today."""
    check_folder(folder.path)
    refuse_foreign(folder.database_url)
    if reset:
        with hold_demo(folder, alone=True):
            folder.remove_database()
    _refuse_lost_key(folder)
    folder.store_origin(origin)
    settings = folder.settings(origin)
    database = Database(settings.database_url)
    try:
        migrate_with_key(database, settings.database_url, settings.secret_key, now=clock())
        seed_or_shift(database, settings.site, now=clock())
    finally:
        database.close()
    return create_app(settings, clock=clock)


def _refuse_lost_key(folder: DemoInstance) -> None:
    """Stop if the demo had a key that is gone: a new one, made in its place, would be another."""
    if folder.key_file.exists() or not folder.database_file.exists():
        return
    database = Database(folder.database_url)
    try:
        with refuse_other_key(folder.database_url, None), database.engine.connect() as connection:
            check_secret_key(connection, None)
    finally:
        database.close()


@contextmanager
def hold_demo(folder: DemoInstance, *, alone: bool = False) -> Iterator[None]:
    """Keep a running demo's database from being reset, or another put in its place, under it."""
    check_folder(folder.path)
    try:
        with in_use(folder.database_file, alone=alone):
            yield
    except DatabaseInUse as problem:
        if isinstance(problem, ForeignLog):
            raise CommandFailed(in_use_sentence(problem, folder.database_file)) from problem
        raise CommandFailed(
            f"En anden demo bruger {folder.path}: stop den først, eller vælg en anden --data."
        ) from problem
