"""Static files: read once, compressed once, named by their content, so that a phone may keep them for a year.

The style sheet is one block that stands in every page: on a slow line it saves a round trip, and a page
that fails still looks like ours. What only those who help see is a sheet of its own, in their pages alone.
htmx comes from its package and is served from there.
"""

import base64
import gzip
import hashlib
import importlib.util
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import brotli
from flask import Flask, Response, abort, request
from markupsafe import Markup

from app.web.headers import NEVER_CHANGES

STATIC = Path(__file__).parent.parent / "static"
HTMX_VERSION = "2.0.10"
HTMX_SHA256 = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
WORK_SHEET = "css/work.css"
KEPT_SECONDS = 365 * 24 * 60 * 60
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".css": "text/css; charset=utf-8",
}
IMPORT = re.compile(r'@import url\("([^"]+)"\)\s*layer\(([\w.]+)\);')
COMMENT = re.compile(r"/\*.*?\*/", re.S)
# A script's texts and patterns, which stay as they are; and gaps: remarks and space, for its readers alone.
PIECE = re.compile(
    r"""
    "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`
    | (?:(?<=\()|(?<=[=(,]\ )) / (?![/*]) (?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[])+ /
    | (?P<gap>(?:\s|//[^\n]*|/\*.*?\*/)+)
    """,
    re.S | re.X,
)
JOINS_ON = re.compile(r"[;{,(\[>=?:&|].|.[.)\]}?:]|.?", re.S)  # two characters between which no sentence ends
APART = re.compile(r"[\w$]{2}|\+\+|--")  # two characters that would be read as one word, or one sign
IDLE_SPACE = re.compile(r"\s*([{};,]|: )\s*")  # "a :hover" and "calc(1px + 2px)" need theirs


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: its bytes, what they are, and their compressed forms."""

    body: bytes
    kind: str

    @cached_property
    def brotli(self) -> bytes:
        return bytes(brotli.compress(self.body, quality=11))

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.body, 9, mtime=0)

    @cached_property
    def integrity(self) -> str:
        return "sha384-" + base64.b64encode(hashlib.sha384(self.body).digest()).decode()


class Assets:
    """All static files of one release, found by the path after /static/<release>/."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.files = {
            path.relative_to(folder).as_posix(): Asset(_read(path), TYPES[path.suffix])
            for path in sorted(folder.rglob("*"))
            if path.suffix in TYPES and path.suffix != ".css"
        }
        self.files[f"vendor/htmx-{HTMX_VERSION}.js"] = Asset(_htmx(), TYPES[".js"])
        work = _one_sheet(folder / WORK_SHEET)
        self.files[WORK_SHEET] = Asset(work.encode(), TYPES[".css"])
        self.css = Markup(_one_sheet(folder / "css" / "app.css"))  # noqa: S704 — our own file
        everything = hashlib.sha256(self.css.encode())
        for name, asset in self.files.items():
            everything.update(name.encode() + asset.body)
        self.release = everything.hexdigest()[:12]

    @property
    def css_hash(self) -> str:
        """The CSP source that lets the one inlined style block stand."""
        return "sha256-" + base64.b64encode(hashlib.sha256(self.css.encode()).digest()).decode()

    def url(self, name: str) -> str:
        return f"/static/{self.release}/{name}"

    def sri(self, name: str) -> str:
        return self.files[name].integrity

    def answer(self, name: str) -> Response:
        """Return the file, compressed as the asker can read it, or 404."""
        response = asset_response(self.files.get(name) or abort(404))
        response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}, {NEVER_CHANGES}"
        return response


def asset_response(asset: Asset) -> Response:
    """Return the answer that carries `asset`, in the best form the asker can read."""
    accepted = request.headers.get("Accept-Encoding", "")
    coding = next((one for one in ("br", "gzip") if one in accepted), "")
    body = {"br": lambda: asset.brotli, "gzip": lambda: asset.gzip}.get(coding, lambda: asset.body)()
    response = Response(body, mimetype=None, content_type=asset.kind)
    if coding:
        response.headers["Content-Encoding"] = coding
    response.vary.add("Accept-Encoding")
    return response


def _read(path: Path) -> bytes:
    return compact_script(path.read_bytes()) if path.suffix == ".js" else path.read_bytes()


def compact_script(script: bytes) -> bytes:
    """Return a script as a browser needs it: the same words, without remarks and idle space."""
    text = script.decode()

    def fold(found: re.Match[str]) -> str:
        gap, around = (
            found["gap"],
            text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1],
        )
        if gap is None:
            return found[0]
        if "\n" in gap:
            return "" if JOINS_ON.fullmatch(around) else "\n"
        return " " if APART.fullmatch(around) else ""

    return PIECE.sub(fold, text).encode()


def _htmx() -> bytes:
    """Read htmx from the package it comes in, which is never imported; a changed file stops the start."""
    spec = importlib.util.find_spec("django_htmx")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package that brings htmx is not installed")
    path = Path(spec.submodule_search_locations[0]) / "static" / "django_htmx" / "htmx-2.min.js"
    body = path.read_bytes()
    if hashlib.sha256(body).hexdigest() != HTMX_SHA256:
        raise RuntimeError(f"htmx is not the file that was checked for version {HTMX_VERSION}")
    return body


def _one_sheet(top: Path) -> str:
    """Return a sheet with its imports in their layers, one level deep, without comments and idle space."""

    def fold(found: re.Match[str]) -> str:
        name, layer = found.groups()
        return f"@layer {layer} {{\n{(top.parent / name).read_text('utf-8')}\n}}"

    sheet = COMMENT.sub("", IMPORT.sub(fold, top.read_text("utf-8")))
    return IDLE_SPACE.sub(lambda found: found[1].strip(), sheet).strip()


def init_app(app: Flask) -> Assets:
    """Serve the files under /static/<release>/; another release's address answers 404, never other bytes."""
    assets = Assets()
    app.extensions["assets"] = assets

    def static(release: str, name: str) -> Response:
        return assets.answer(name) if release == assets.release else abort(404)

    static.action = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/static/<release>/<path:name>", "static", static)
    app.jinja_env.globals.update(
        static_url=assets.url,
        sri=assets.sri,
        critical_css=assets.css,
        work_css_url=assets.url(WORK_SHEET),
        work_css_sri=assets.sri(WORK_SHEET),
        htmx_url=assets.url(f"vendor/htmx-{HTMX_VERSION}.js"),
        htmx_sri=assets.sri(f"vendor/htmx-{HTMX_VERSION}.js"),
    )
    return assets
