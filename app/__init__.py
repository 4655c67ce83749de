"""The app, one room per folder; `create_app` is the floor plan."""

import logging

from flask import Flask

from app.about.routes import bp as about_bp
from app.access import guard, page_cache
from app.account.routes.account import bp as account_bp
from app.account.routes.invitation import bp as invitation_bp
from app.api.routes import bp as api_bp
from app.assessments.routes import bp as assessments_bp
from app.availability.routes import bp as availability_bp
from app.calendar.routes import bp as calendar_bp
from app.calendar.staff.routes.edit import bp as edit_bp
from app.calendar.staff.routes.end_series import bp as end_series_bp
from app.calendar.staff.routes.inbox import bp as inbox_bp
from app.calendar.staff.routes.propose import bp as propose_bp
from app.calendar.staff.routes.settle import bp as settle_bp
from app.calendar_sync.routes.busy import bp as busy_bp
from app.calendar_sync.routes.feed import bp as feed_bp
from app.caseload.routes import bp as caseload_bp
from app.config import Settings
from app.dates.clock import Clock, system_clock
from app.demo.routes import bp as demo_bp
from app.demo.state_routes import bp as states_bp
from app.entries.routes import bp as entries_bp
from app.goals.routes import bp as goals_bp
from app.home.routes import bp as home_bp
from app.identity import login, navigation
from app.minutes.routes import bp as minutes_bp
from app.plan.relations import find_subject
from app.plan.routes.consent import bp as consent_bp
from app.plan.routes.contact import bp as plan_bp
from app.pwa.routes import bp as pwa_bp
from app.store.db import Database
from app.web import assets, error_pages, headers, page

ROOMS = (
    *(
        home_bp,
        goals_bp,
        entries_bp,
        calendar_bp,
        availability_bp,
        propose_bp,
        minutes_bp,
        assessments_bp,
        plan_bp,
        consent_bp,
        caseload_bp,
    ),
    *(
        settle_bp,
        edit_bp,
        end_series_bp,
        inbox_bp,
        feed_bp,
        busy_bp,
        account_bp,
        invitation_bp,
        about_bp,
        pwa_bp,
        api_bp,
    ),
)

MOST_BYTES = 256 * 1024  # of one request; the longest entry is 4,000 characters


def create_app(settings: Settings, *, clock: Clock = system_clock) -> Flask:
    """Build the app for one municipality. Opens no connection and starts no thread."""
    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES)  # no SECRET_KEY: no cookie is signed
    app.extensions.update(db=Database(settings.database_url), clock=clock, settings=settings)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    files = assets.init_app(app)
    page.init_app(app)
    error_pages.init_app(app)
    login.init_app(app)
    guard.init_app(app, find_subject)
    for room in (*ROOMS, demo_bp, states_bp) if settings.demo else ROOMS:
        app.register_blueprint(room)
    navigation.init_app(app)
    page_cache.init_app(app)
    headers.init_app(app, origin=settings.origin, secure=settings.secure, css_hash=files.css_hash)
    return app
