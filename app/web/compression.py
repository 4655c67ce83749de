"""Compression of a page as the browser asks for it."""

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import brotli
from flask import Flask, Response, current_app, request

from app.web.dictionary import Dictionaries, Dictionary

if TYPE_CHECKING:  # this name is for the reader and mypy alone
    from _typeshed.wsgi import WSGIEnvironment

VARY = "HX-Request, HX-Target, Accept-Encoding"
NAMES_ITS_PAGE = "Available-Dictionary"
SMALL = 600  # bytes; below this compressing costs more than it saves
QUALITY = 8  # 2 % smaller than 5 for a third more time (0.2 ms); 9 takes fifteen times as long


class Coding(Protocol):
    """A way to send a body: what it is called in Content-Encoding, and the body so written."""

    @property
    def token(self) -> str: ...
    def compress(self, body: bytes) -> bytes: ...


class Brotli:
    """What every browser reads."""

    token = "br"  # noqa: S105 — what the coding is called

    def compress(self, body: bytes) -> bytes:
        return bytes(brotli.compress(body, quality=QUALITY))


BROTLI = Brotli()


def compress_response(response: Response) -> Response:
    """Give a page the form the browser reads fastest; once is enough."""
    # What a page holds beside what others wrote, and why its length tells little: docs/adr/0044 (BREACH).
    if "Content-Encoding" in response.headers or response.is_streamed:
        return response
    if response.mimetype not in ("text/html", "application/json"):
        return response
    if response.headers.get("Vary") != VARY:
        response.vary.add("Accept-Encoding")
    if accepts_coding(request.headers.get("Accept-Encoding", ""), Dictionary.token):
        response.vary.add(NAMES_ITS_PAGE)
    body = response.get_data()
    coding = choose_coding(current_app, request.environ) if len(body) > SMALL else None
    if coding:
        response.set_data(coding.compress(body))
        response.headers["Content-Encoding"] = coding.token
    return response


def vary_of_page(environ: "WSGIEnvironment") -> str:
    """Return what a page hangs on; a dictionary only where the asker can read one written with it."""
    accepts = environ.get("HTTP_ACCEPT_ENCODING", "")
    return f"{VARY}, {NAMES_ITS_PAGE}" if accepts_coding(accepts, Dictionary.token) else VARY


def choose_coding(app: Flask, environ: "WSGIEnvironment") -> Coding | None:
    """Return the best of what the asker can read; None if that is the plain body alone."""
    accepts, kept = environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_AVAILABLE_DICTIONARY")
    if kept and accepts_coding(accepts, Dictionary.token):
        dictionaries: Dictionaries = app.extensions["dictionaries"]
        if found := dictionaries.find(kept):
            return found
    return BROTLI if accepts_coding(accepts, BROTLI.token) else None


@lru_cache(maxsize=64)  # there are few kinds of browsers
def accepts_coding(accepts: str, token: str) -> bool:
    """Say whether an Accept-Encoding takes a coding: it is named, and its weight is not nought.

    Source: RFC 9110, 12.4.2 and 12.5.3.
    """
    for one in accepts.lower().split(","):
        name, weighed, weight = one.partition(";")
        if name.strip() == token:
            return not weighed or bool(weight.partition("=")[2].strip(" 0."))
    return False
