"""What makes the site an app on a phone. Public: nothing here knows who asks."""

import hashlib
import json
import re
from contextvars import Context
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.test import create_environ
from werkzeug.wrappers import Response as BareResponse

from app import i18n
from app.access.guard import public
from app.identity import offline_key
from app.identity.navigation import citizen_places
from app.identity.sessions import AnonymousUser
from app.plan.queries import HelperCard, find_contact_now
from app.pwa.outbox import name_the_sending, refuse_another_sign_in
from app.web.assets import KEPT_SECONDS, TYPES, Asset, Assets, asset_response, compact_script
from app.web.context import clock, prepared_reader, settings
from app.web.dictionary import Dictionaries
from app.web.page import LANGUAGE_COOKIE

bp = Blueprint("pwa", __name__)
bp.before_app_request(refuse_another_sign_in)
bp.after_app_request(name_the_sending)

OFFLINE = "/uden-forbindelse"
WORKER = "/sw.js"
AS_DICTIONARY = 'match="/*", match-dest=("document")'  # for pages alone: files have their own
DAY_SECONDS = 24 * 60 * 60
_HERE = Path(__file__).parent
_PAPER = re.compile(r"--paper: *(#[0-9a-f]{6})")


def _assets() -> Assets:
    return cast(Assets, current_app.extensions["assets"])


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Name, colours and icons; the name tells nobody what it is about."""
    found = _PAPER.search(_assets().css)
    paper = found[1] if found else None
    body = {
        "id": "/",
        "name": "Én plan",
        "short_name": "Én plan",
        "lang": "da",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": paper,
        "theme_color": paper,
        "icons": [
            _icon("icon-192.png", 192),
            _icon("icon-512.png", 512),
            _icon("icon-512-maskable.png", 512, "maskable"),
        ],
    }
    response = Response(json.dumps(body, ensure_ascii=False), content_type="application/manifest+json")
    response.headers["Cache-Control"] = f"public, max-age={DAY_SECONDS}"
    return response


def _icon(name: str, side: int, purpose: str = "any") -> dict[str, str]:
    address = _assets().url(f"icons/{name}")
    return {"src": address, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


@bp.get(OFFLINE)
@public
def offline() -> ResponseReturnValue:
    """The page a phone keeps and shows when there is no line: the same for everybody, in their language.

    Later pages are compressed with it (`web/dictionary.py`), for as long as it may be kept.
    """
    response = make_response(_offline_page())
    if not request.query_string:  # asked for another language, it also leaves a cookie
        response.headers["Use-As-Dictionary"] = AS_DICTIONARY
        response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
        response.vary.add("Cookie")
    return response


def _offline_page() -> str:
    nobody: dict[str, Any] = {"current_user": AnonymousUser(), "viewer": None, "phone_owner": str}
    return render_template("pwa/offline.html", **nobody, languages=[], tabs=citizen_places())


def init_dictionaries(app: Flask) -> None:
    """Let pages be compressed with the one that phones keep, as it is where nobody is signed in."""

    def fetch() -> list[bytes]:
        return [_fetch_offline(app, language.code) for language in i18n.offered()]

    app.extensions["dictionaries"] = Dictionaries(fetch)


def _fetch_offline(app: Flask, language: str) -> bytes:
    """Ask as nobody, apart from the request that is answered now.

    In that one's context the page would share its `g`, and what is drawn after it would be in this language.
    """
    asked = create_environ(OFFLINE, headers={"Cookie": f"{LANGUAGE_COOKIE}={language}"})
    return Context().run(lambda: BareResponse.from_app(app.wsgi_app, asked, buffered=True).get_data())


@bp.get(WORKER)
@public
def worker() -> ResponseReturnValue:
    """The service worker of this release; or, when the site wants none, one that ends itself."""
    if settings().worker_off:
        response = asset_response(_read("farewell.js"))
    else:
        # The page is part of the name: another language, or another phone number, is another worker.
        made = hashlib.sha256(_assets().release.encode() + _offline_page().encode())
        response = asset_response(
            _worker(made.hexdigest()[:12], tuple(map(_assets().url, precached_files(_assets()))))
        )
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Cookie")
    return response


def precached_files(assets: Assets) -> list[str]:
    """Return the static files a phone keeps: not a desk's sheet, nor the home screen's icons, taken once."""
    return [name for name in assets.files if not name.endswith((".png", ".css"))]


@lru_cache(maxsize=2)
def _read(name: str) -> Asset:
    return Asset(compact_script((_HERE / name).read_bytes()), TYPES[".js"])


@lru_cache(maxsize=32)
def _worker(version: str, files: tuple[str, ...]) -> Asset:
    told = {"CACHE": f"enplan-{version}", "FILES": files, "OFFLINE": OFFLINE}
    lines = [f"const {name} = {json.dumps(value)};" for name, value in told.items()]
    body = "\n".join(lines).encode() + b"\n" + _read("worker.js").body
    return Asset(body, TYPES[".js"])


@bp.app_context_processor
def phone_context() -> dict[str, Any]:
    """What pages say to the phone: its worker, whose things it keeps, and how they are sealed."""
    return {
        "worker_url": None if settings().worker_off else WORKER,
        "phone_owner": _phone_owner,
        "seal": _storage_key,
        "contact_for_phone": _contact_for_phone,
    }


def _reader_id() -> UUID | None:
    return current_user.id if current_user.is_authenticated else None


def _phone_owner() -> str | None:
    reader = _reader_id()
    return offline_key.device_owner_name(settings().phone_key, reader) if reader else None


def _storage_key(place: object) -> str | None:
    reader = _reader_id()
    return offline_key.form_storage_key(settings().phone_key, reader, str(place)) if reader else None


def _contact_for_phone() -> HelperCard | None:
    """Return the reader's contact person, if there is a number to call."""
    if not current_user.is_citizen:
        return None
    contact = find_contact_now(prepared_reader(), current_user.id, now=clock()())
    return contact.helper if contact and contact.helper.phone else None
