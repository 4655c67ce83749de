"""Compression of a page as the browser asks for it."""

from functools import lru_cache

import brotli
from flask import Response, request

VARY = "HX-Request, HX-Target, Accept-Encoding"
SMALL = 600  # bytes; below this compressing costs more than it saves
QUALITY = 5


def compress_response(response: Response) -> Response:
    """Give a page the form the browser reads fastest; once is enough."""
    # Pages hold no secret beside what a reader typed, so compressing them gives nothing away (BREACH).
    if "Content-Encoding" in response.headers or response.is_streamed:
        return response
    if response.mimetype not in ("text/html", "application/json"):
        return response
    if response.headers.get("Vary") != VARY:
        response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) > SMALL and accepts_brotli(request.headers.get("Accept-Encoding", "")):
        response.set_data(brotli.compress(body, quality=QUALITY))
        response.headers["Content-Encoding"] = "br"
    return response


@lru_cache(maxsize=32)  # there are few kinds of browsers
def accepts_brotli(accepts: str) -> bool:
    """Say whether an Accept-Encoding takes brotli: it is named, and its weight is not nought.

    Source: RFC 9110, 12.4.2 and 12.5.3.
    """
    for one in accepts.lower().split(","):
        name, weighed, weight = one.partition(";")
        if name.strip() == "br":
            return not weighed or bool(weight.partition("=")[2].strip(" 0."))
    return False
