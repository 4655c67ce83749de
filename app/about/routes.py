from datetime import datetime, time, timedelta
from time import monotonic
from typing import cast

from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.about import service
from app.access.guard import public
from app.dates.local_time import DANISH_TIME
from app.web.assets import Assets
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("about", __name__)

GREEN_SECONDS = 1  # each trial is a write, and anybody may ask: what was well a moment ago is not tried again
VALID = timedelta(days=180)  # RFC 9116: less than a year


@bp.get("/tilgaengelighed")
@bp.get("/was", endpoint="was")
@public
def accessibility() -> ResponseReturnValue:
    return page("about/accessibility.html")


@bp.get("/privatliv")
@public
def privacy() -> ResponseReturnValue:
    return page("about/privacy.html")


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    return jsonify(status="alive")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    if db().is_replaced() or monotonic() >= current_app.extensions.get("ready_until", 0):
        missing = service.list_missing(db(), settings().secret_key)
        if missing:
            return jsonify(status="not ready", missing=missing), 503
        current_app.extensions["ready_until"] = monotonic() + GREEN_SECONDS
    return jsonify(status="ready")


@bp.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Give our icon to those who ask for the old name."""
    response = cast(Assets, current_app.extensions["assets"]).answer("icons/icon.svg")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.get("/.well-known/security.txt")
@public
def security() -> ResponseReturnValue:
    """Say whom to tell of a weakness (RFC 9116)."""
    day = clock()().astimezone(DANISH_TIME).date() + VALID
    expires = datetime.combine(day, time(), DANISH_TIME).isoformat()
    lines = (
        f"Contact: mailto:{settings().site.email}",
        f"Contact: tel:+45{settings().site.phone}",
        f"Expires: {expires}",
        "Preferred-Languages: da, en",
        f"Canonical: {settings().origin}/.well-known/security.txt",
    )
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")
