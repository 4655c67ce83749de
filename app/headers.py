"""Security headers on every response, errors and redirects included; and who may change things.

The content policy is static: no nonce, so a page can be kept; no inline script, one style block by hash.
`Referrer-Policy: same-origin`, because with no-referrer a browser without Sec-Fetch-Site sends
`Origin: null` and every form would be refused.
"""

from flask import Flask, Response, abort, request

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
    "form-action": "'self'",
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
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([f"{name}=()" for name in OFF] + [f"{name}=(self)" for name in OWN]),
}


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


def init_app(app: Flask, *, origin: str, secure: bool, css_hash: str) -> None:
    policy = content_policy(css_hash)

    @app.before_request
    def refuse_other_sites() -> None:
        # A bearer token is never sent by a browser on its own; the api asks for it itself.
        if request.method in SAFE_METHODS or request.path.startswith("/api/"):
            return
        if not is_our_own(request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"), origin):
            abort(403)

    @app.after_request
    def put_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        for name, value in FIXED.items():
            response.headers[name] = value
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}; includeSubDomains"
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
