"""Security headers on every response, errors and redirects included; and who may change things.

The content policy is static: no nonce, so a page can be kept; no inline script, one style block by hash.
`Referrer-Policy: same-origin`, because with no-referrer a browser without Sec-Fetch-Site sends
`Origin: null` and every form would be refused.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, request

from app.web.form_recovery import withhold_typed

if TYPE_CHECKING:  # these names are for the reader and mypy alone
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HSTS_SECONDS = 2 * 365 * 24 * 60 * 60

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' '{css_hash}'",
    "img-src": "'self' blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self' https://www.dmi.dk/",  # where a form is led on to: QUICK_LEAVE
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
OFF = (
    "accelerometer", "autoplay", "bluetooth", "camera", "display-capture", "fullscreen", "geolocation",
    "gyroscope", "hid", "idle-detection", "magnetometer", "midi", "payment", "picture-in-picture",
    "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
OWN = ("microphone", "publickey-credentials-create", "publickey-credentials-get")
OURS = "Enplan"  # on all that this app answers: a page without it comes from something between a phone and us
FIXED = {
    OURS: "1",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([f"{name}=()" for name in OFF] + [f"{name}=(self)" for name in OWN]),
}

# A file of a release is no page and starts nothing: were it opened by itself, nothing may run in it or be
# asked of it. A first visit fetches five, and a page's own policy would be a third of each.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"
FILE_FIXED = FIXED | {"Permissions-Policy": "camera=(), geolocation=(), microphone=()"}
NEVER_CHANGES = "immutable"


def content_policy(css_hash: str) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in POLICY.items()).format(css_hash=css_hash)


def is_our_own(site: str | None, origin: str | None, our_origin: str) -> bool:
    """Say whether a state-changing request comes from one of our own pages.

    `site` is Sec-Fetch-Site; browsers older than it send only `origin`. A request
    with neither does not come from a browser that we can trust with a cookie.
    """
    if site is not None:
        return site == "same-origin"
    return origin is not None and origin == our_origin


def init_app(app: Flask, *, origin: str, secure: bool, css_hash: str, any_host: bool = False) -> None:
    """Let `any_host` be said of the demo alone: a phone on the same network knows it by another address."""

    @app.before_request
    def refuse_other_sites() -> None:
        # A bearer token is never sent by a browser on its own; the api asks for it itself.
        if request.method in SAFE_METHODS or request.path.startswith("/api/"):
            return
        ours = request.host_url.rstrip("/") if any_host else origin
        if not is_our_own(request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"), ours):
            withhold_typed()  # whoever reads the answer may not have written it
            abort(403)

    kept_by = [("Strict-Transport-Security", f"max-age={HSTS_SECONDS}; includeSubDomains")] if secure else []
    always = [("Content-Security-Policy", content_policy(css_hash)), *FIXED.items(), *kept_by]
    of_file = [("Content-Security-Policy", FILE_POLICY), *FILE_FIXED.items(), *kept_by]
    app.wsgi_app = _with_headers(app.wsgi_app, always, of_file)  # type: ignore[method-assign, assignment]


def _with_headers(
    answer: "WSGIApplication", always: list[tuple[str, str]], of_file: list[tuple[str, str]]
) -> "WSGIApplication":
    """Put `of_file` on a file, `always` on all else, and `no-store` where that doesn't say how long it lasts.

    Here, where an answer leaves the app, it costs a tenth of what an `after_request` would.
    """
    stored = [*always, ("Cache-Control", "no-store")]

    def with_headers(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], problem: Any = None) -> Any:
            lasts = dict(headers).get("Cache-Control")
            ours = stored if lasts is None else of_file if NEVER_CHANGES in lasts else always
            return start(status, headers + ours, problem)

        return answer(environ, begin)

    return with_headers
