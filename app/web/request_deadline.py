"""Gives each request one deadline for all locks it waits for: a short one if it only reads."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from app.store import deadline

if TYPE_CHECKING:  # these names are for the reader and mypy alone
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ARRIVED = "enplan.arrived"  # in the environment: when the request came, by `time.monotonic`
READING = ("GET", "HEAD", "OPTIONS")
TRIES_TO_WRITE = ("/api/", "/readyz")  # also by GET: a row of the log that counts, or a trial


def is_reading(method: str, path: str) -> bool:
    """Say whether a request only reads: somebody waits for a page, and nothing they wrote is at stake."""
    return method in READING and not path.startswith(TRIES_TO_WRITE)


def init_app(app: Flask) -> None:
    answer = app.wsgi_app

    def in_time(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        reads = is_reading(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        seconds = deadline.READ_SECONDS if reads else deadline.WRITE_SECONDS
        late = deadline.LATE_READ_SECONDS if reads else deadline.LATE_SECONDS
        with deadline.within(seconds, since=environ.get(ARRIVED), late=late):
            return answer(environ, start)

    app.wsgi_app = in_time  # type: ignore[method-assign, assignment]
