import hmac
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.about.queues import list_queues
from app.about.service import Readiness, free_bytes
from app.access.guard import public
from app.dates.local_time import DANISH_TIME
from app.web.assets import Assets
from app.web.context import FROM_THIS_MACHINE, clock, db, settings
from app.web.metrics import Metrics, metric_lines
from app.web.page import page

bp = Blueprint("about", __name__)

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
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
    readiness: Readiness = current_app.extensions["readiness"]
    missing = readiness.missing(db(), settings().secret_key)
    if missing:
        return jsonify(status="not ready", missing=missing), 503
    return jsonify(status="ready")


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Counts, times and queues in Prometheus' format: for this machine, or with the token of the site.

    To all others it is not there. A proxy on this machine that forwards for others says so; one that says
    neither that nor the name of the host is a fault that the log tells of, and these are numbers alone.
    """
    if not _may_read_metrics():
        abort(404)
    counted: Metrics = current_app.extensions["metrics"]
    lines = [*counted.lines(), *_gauges()]
    return Response("".join(f"{line}\n" for line in lines), content_type=PROMETHEUS)


def _may_read_metrics() -> bool:
    scheme, _space, said = request.headers.get("Authorization", "").partition(" ")
    token = settings().metrics_token
    if token and scheme.lower() == "bearer":
        return hmac.compare_digest(said.strip().encode(), token.encode())
    named_here = urlsplit(f"//{request.host}").hostname in THIS_MACHINE
    return named_here and bool(request.environ.get(FROM_THIS_MACHINE))


def _gauges() -> Iterator[str]:
    threads: Any = current_app.extensions.get("threads")
    if threads is not None:
        yield from metric_lines("threads_busy", "gauge", [({}, threads.busy)])
        yield from metric_lines("requests_waiting", "gauge", [({}, threads.waiting)])
    free = free_bytes(db())
    if free is not None:
        yield from metric_lines("disk_free_bytes", "gauge", [({}, free)])
    try:
        queues, up = list_queues(db(), now=clock()()), 1
    except SQLAlchemyError:
        queues, up = [], 0
    yield from metric_lines("database_up", "gauge", [({}, up)])
    if up:
        waiting = [({"queue": one.name}, one.waiting) for one in queues]
        yield from metric_lines("queue_waiting", "gauge", waiting)
        oldest = [({"queue": one.name}, one.oldest_seconds) for one in queues]
        yield from metric_lines("queue_oldest_seconds", "gauge", oldest)


@bp.record
def _begin_readiness(state: BlueprintSetupState) -> None:
    state.app.extensions["readiness"] = Readiness()


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
