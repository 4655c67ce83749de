"""Who may come in by machine: a bearer token with the right scope. A citizen's cookie opens nothing here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.api.answers import problem
from app.i18n import gettext as _
from app.identity.tokens import find_token
from app.web import db

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
            with db().reading() as session:
                system = find_token(session, secret)
            if system is None:
                return _refuse(401, _("Nøglen gælder ikke"), f'{REALM}, error="invalid_token"')
            if scope not in system.scopes:
                challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
                return _refuse(403, _("Nøglen giver ikke adgang til det her"), challenge)
            return view(system=system, **rest)

        guarded.action = API  # type: ignore[attr-defined]
        return guarded

    return put_in_front


def _secret() -> str | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() or None if kind.lower() == "bearer" else None


def _refuse(status: int, title: str, challenge: str) -> ResponseReturnValue:
    response = problem(status, title, "token")
    response.headers["WWW-Authenticate"] = challenge
    return response
