"""The app, one room per folder; `create_app` is the floor plan."""

import logging

from flask import Flask

from app import assets, headers, problems, web
from app.about.routes import bp as about
from app.access import guard, keeping
from app.account.routes.account import bp as account
from app.account.routes.invitation import bp as invitation
from app.api.routes import bp as api
from app.assessments.routes import bp as assessments
from app.calendar.busy_routes import bp as busy
from app.calendar.feed_routes import bp as feed
from app.calendar.minutes.routes import bp as minutes
from app.calendar.routes import bp as calendar
from app.calendar.staffing.change_routes import bp as settling
from app.calendar.staffing.edit_routes import bp as editing
from app.calendar.staffing.ending_routes import bp as ending
from app.calendar.staffing.inbox_routes import bp as inbox
from app.calendar.staffing.routes import bp as staffing
from app.calendar.wishing.routes import bp as wishes
from app.caseload.routes import bp as caseload
from app.clock import Clock, system_clock
from app.config import Settings
from app.db import Database
from app.demo.routes import bp as demo
from app.demo.state_routes import bp as states
from app.entries.routes import bp as entries
from app.goals.routes import bp as goals
from app.home.routes import bp as home
from app.identity import login, navigation
from app.plan.routes.consent import bp as consent
from app.plan.routes.contact import bp as plan
from app.plan.ties import find_subject
from app.pwa.routes import bp as pwa

ROOMS = (
    *(home, goals, entries, calendar, wishes, staffing, minutes, assessments, plan, consent, caseload),
    *(settling, editing, ending, inbox, feed, busy, account, invitation, about, pwa, api),
)

MOST_BYTES = 256 * 1024  # of one request; the longest entry is 4,000 characters


def create_app(settings: Settings, *, clock: Clock = system_clock) -> Flask:
    """Build the app for one municipality. Opens no connection and starts no thread."""
    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES)  # no SECRET_KEY: no cookie is signed
    app.extensions.update(db=Database(settings.database_url), clock=clock, settings=settings)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    files = assets.init_app(app)
    web.init_app(app)
    problems.init_app(app)
    login.init_app(app)
    guard.init_app(app, find_subject)
    for room in (*ROOMS, demo, states) if settings.demo else ROOMS:
        app.register_blueprint(room)
    navigation.init_app(app)
    keeping.init_app(app)
    headers.init_app(app, origin=settings.origin, secure=settings.secure, css_hash=files.css_hash)
    return app
