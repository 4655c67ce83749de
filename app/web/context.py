"""What a request stands on: the database, clock and settings of the current app."""

from flask import current_app, g
from flask_login import logout_user

from app.config import Settings
from app.dates.clock import Clock
from app.store.db import Database
from app.store.prepared import PreparedReader

FROM_THIS_MACHINE = "enplan.from_this_machine"  # in the environment: asked here, and by no proxy for another


def db() -> Database:
    found: Database = current_app.extensions["db"]
    return found


def prepared_reader() -> PreparedReader:
    """Return what asks the app's database prebuilt selects."""
    return PreparedReader(db())


def clock() -> Clock:
    found: Clock = current_app.extensions["clock"]
    return found


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def become_anonymous() -> None:
    """Let nobody be signed in for the rest of this request. The database is not asked who it was.

    Nothing is ended: a sign-in is a row, and `logout_user` knows only who reads now.
    """
    g.anonymous = True  # or flask-login would first load whom it lets go
    logout_user()
