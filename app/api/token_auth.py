"""Who may come in by machine, how fast, and what must come along with a write.

A bearer token with the right scope; a citizen's cookie opens nothing here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from app.api.rate_limit import RateLimiter
from app.api.responses import ApiError, problem
from app.i18n import gettext as _
from app.identity.tokens import find_token
from app.store.idempotency import KEY_MOST
from app.web.context import clock, db, prepared_reader, settings

View = Callable[..., ResponseReturnValue]

API = "api"
REALM = 'Bearer realm="enplan"'


def token_required(scope: str) -> Callable[[View], View]:
    """Let the view run for a system whose token has `scope`. The view gets the `system`."""

    def put_in_front(view: View) -> View:
        @wraps(view)
        def guarded(**rest: Any) -> ResponseReturnValue:
            secret = _secret()
            if secret is None:
                return _refuse(401, _("Nøglen mangler"), REALM)
            system = find_token(prepared_reader(), secret)
            if system is None:
                return _refuse(401, _("Nøglen gælder ikke"), f'{REALM}, error="invalid_token"')
            if scope not in system.scopes:
                challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
                return _refuse(403, _("Nøglen giver ikke adgang til det her"), challenge)
            pace: RateLimiter = current_app.extensions["pace"]
            if seconds := pace.wait(db(), settings().secret_key, system.id, clock()()):
                return _too_fast(seconds)
            return view(system=system, **rest)

        guarded.action = API  # type: ignore[attr-defined]
        return guarded

    return put_in_front


def read_idempotency_key() -> str:
    """Return the key of this write; raise ApiError if there is none that can be kept."""
    key = request.headers.get("Idempotency-Key", "")
    if not (0 < len(key) <= KEY_MOST and key.isascii() and key.isprintable()):
        title = _(
            "Send en Idempotency-Key: 1 til %(most)s tegn, den samme, når du prøver igen", most=KEY_MOST
        )
        raise ApiError(400, title, "idempotency")
    return key


def if_match_sequences() -> frozenset[str]:
    """Return the states of the meeting that this write goes on, by If-Match.

    Raises:
        ApiError: none is named. `*` names none: whoever writes must have read what is there.
    """
    if not request.if_match or request.if_match.star_tag:
        raise ApiError(428, _("Send If-Match med den ETag, du fik, da du læste mødet"), "changed")
    return frozenset(request.if_match.as_set())


def _too_fast(seconds: int) -> ResponseReturnValue:
    response = problem(429, _("Vent lidt, og prøv igen"), "pace")
    response.headers["Retry-After"] = str(seconds)
    return response


def _secret() -> str | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() or None if kind.lower() == "bearer" else None


def _refuse(status: int, title: str, challenge: str) -> ResponseReturnValue:
    response = problem(status, title, "token")
    response.headers["WWW-Authenticate"] = challenge
    return response
