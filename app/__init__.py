"""The app, one room per folder; `create_app` is the floor plan."""

import logging

from flask import Flask

from app.about.routes import bp as about_bp
from app.access import guard, page_cache
from app.account.routes.account import bp as account_bp
from app.account.routes.hours import bp as hours_bp
from app.account.routes.invitation import bp as invitation_bp
from app.administration.routes.imports import bp as import_bp
from app.administration.routes.invitations import bp as invitations_bp
from app.administration.routes.new_person import bp as new_person_bp
from app.administration.routes.overview import bp as administration_bp
from app.administration.routes.people import bp as administered_people_bp
from app.administration.routes.roles import bp as administered_roles_bp
from app.administration.routes.systems import bp as systems_bp
from app.api.routes import bp as api_bp
from app.assessments.routes import bp as assessments_bp
from app.availability.routes import bp as availability_bp
from app.calendar.routes import bp as calendar_bp
from app.calendar.staff.routes.day_page import bp as day_bp
from app.calendar.staff.routes.edit import bp as edit_bp
from app.calendar.staff.routes.end_series import bp as end_series_bp
from app.calendar.staff.routes.inbox import bp as inbox_bp
from app.calendar.staff.routes.propose import bp as propose_bp
from app.calendar.staff.routes.queued import bp as queued_bp
from app.calendar.staff.routes.settle import bp as settle_bp
from app.calendar.staff.routes.swap import bp as swap_bp
from app.calendar_sync.routes.busy import bp as busy_bp
from app.calendar_sync.routes.feed import bp as feed_bp
from app.caseload.citizen_header import read_citizen_header
from app.caseload.routes.absence import bp as absence_bp
from app.caseload.routes.caseload import bp as caseload_bp
from app.caseload.routes.day_reminder import bp as day_reminder_bp
from app.caseload.routes.handover import bp as handover_bp
from app.caseload.routes.handover_led import bp as handover_led_bp
from app.caseload.routes.my_day import bp as my_day_bp
from app.config import Settings
from app.dates.clock import Clock, system_clock
from app.demo.routes import bp as demo_bp
from app.demo.state_routes import bp as states_bp
from app.entries.routes.plan_request import bp as inclusion_bp
from app.entries.routes.write import bp as entries_bp
from app.goals.routes.goal_details import bp as goal_details_bp
from app.goals.routes.new_work import bp as new_work_bp
from app.goals.routes.plan import bp as goals_bp
from app.goals.routes.promises import bp as promises_bp
from app.goals.routes.step_proposals import bp as step_proposals_bp
from app.goals.routes.steps import bp as steps_bp
from app.home.routes import bp as home_bp
from app.identity import login, navigation
from app.leadership.routes import bp as leadership_bp
from app.messages.routes import bp as messages_bp
from app.minutes.routes import bp as minutes_bp
from app.plan.relations import find_subject
from app.plan.routes.acting import bp as acting_bp
from app.plan.routes.consent import bp as consent_bp
from app.plan.routes.contact import bp as plan_bp
from app.plan.routes.plan_access import bp as plan_access_bp
from app.pwa.routes import bp as pwa_bp
from app.pwa.routes import init_dictionaries
from app.reminders.routes import bp as reminders_bp
from app.store.db import Database
from app.web import assets, error_pages, follow_redirect, headers, page, request_deadline, request_log

ROOMS = (
    *(
        home_bp,
        goals_bp,
        goal_details_bp,
        promises_bp,
        new_work_bp,
        step_proposals_bp,
        steps_bp,
        messages_bp,
        entries_bp,
        inclusion_bp,
        calendar_bp,
        availability_bp,
        propose_bp,
        queued_bp,
        day_bp,
        minutes_bp,
        assessments_bp,
        plan_bp,
        consent_bp,
        plan_access_bp,
        acting_bp,
        caseload_bp,
        my_day_bp,
        day_reminder_bp,
        reminders_bp,
        absence_bp,
        handover_bp,
        handover_led_bp,
        leadership_bp,
        administration_bp,
        administered_people_bp,
        new_person_bp,
        administered_roles_bp,
        invitations_bp,
        import_bp,
        systems_bp,
    ),
    *(
        settle_bp,
        swap_bp,
        edit_bp,
        end_series_bp,
        inbox_bp,
        feed_bp,
        busy_bp,
        account_bp,
        hours_bp,
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
    init_dictionaries(app)
    error_pages.init_app(app)
    login.init_app(app)
    guard.init_app(app, find_subject, read_citizen_header)
    for room in (*ROOMS, demo_bp, states_bp) if settings.demo else ROOMS:
        app.register_blueprint(room)
    navigation.init_app(app, guard.may_enter)
    page_cache.init_app(app)
    follow_redirect.init_app(app)
    headers.init_app(
        app,
        origin=settings.origin,
        secure=settings.secure,
        css_hash=files.css_hash,
        any_host=settings.demo,
    )
    request_deadline.init_app(app)
    request_log.init_app(app)
    return app
