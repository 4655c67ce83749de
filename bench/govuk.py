"""What our pages are measured against: the same words dressed in GOV.UK Frontend, by the same server.

GOV.UK Frontend comes from its npm package, whose version stands in `e2e/engines/package.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import brotli
from flask import Flask, Response, abort, render_template

from app.config import Settings
from app.identity.pending_sign_outs import PendingSignOuts
from app.store.db import Database
from app.web.assets import TYPES, Asset, asset_response
from app.web.compression import QUALITY

HERE = Path(__file__).parent
MODULES = HERE.parent / "e2e" / "engines" / "node_modules"
PACKAGE = MODULES / "govuk-frontend" / "dist" / "govuk"
KINDS = {"blockquote": "quote", "a": "link", "button": "button", "p": "text", "li": "text", "div": "text"}
PLACES = {"main", "footer", "nav"}


def is_installed() -> bool:
    return (PACKAGE / "govuk-frontend.min.css").exists()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and what they are: `text`, `quote`, `link` or `button`."""

    kind: str
    words: str


@dataclass(slots=True)
class Line:
    """What stands under one small heading."""

    title: str = ""
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Card:
    """What stands under one heading; the first of a page is the page's own."""

    title: str
    lines: list[Line] = field(default_factory=lambda: [Line()])


class Words(HTMLParser):
    """The words of one of our pages, in their order, without our clothes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cards: list[Card] = []
        self.foot: list[Piece] = []
        self.places: list[Piece] = []
        self._in: list[str] = []
        self._kind, self._said = "text", ""
        self.feed(html)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self._begin(tag)
        if tag in PLACES:
            self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._begin(tag, "text")
        if tag in PLACES:
            self._in.pop()

    def handle_data(self, data: str) -> None:
        if self._in:
            self._said += data

    def _begin(self, tag: str, kind: str | None = None) -> None:
        """Close what was said, if `tag` is more than a part of a sentence."""
        if tag not in KINDS and tag not in {"h1", "h2", "h3"}:
            return
        words, self._said = " ".join(self._said.split()), ""
        if words:
            self._put(words)
        self._kind = kind or KINDS.get(tag, tag)

    def _put(self, words: str) -> None:
        match self._in[0], self._kind:
            case "footer", _:
                self.foot.append(Piece("link", words))
            case "nav", _:
                self.places.append(Piece("link", words))
            case _, "h1" | "h2":
                self.cards.append(Card(words))
            case _, "h3":
                self.cards[-1].lines.append(Line(words))
            case _, kind:
                self.cards[-1].lines[-1].pieces.append(Piece(kind, words))


def dressed(pages: Mapping[str, str], settings: Settings) -> Flask:
    """Return a site with the words of `pages`, by address, in GOV.UK's clothes.

    Style sheet, script and fonts are compressed as ours are, and a phone may keep them for as long.
    """
    app = Flask(__name__, static_folder=None, template_folder=str(HERE))
    app.extensions.update(settings=settings, db=Database(settings.database_url))
    app.extensions["pending_ends"] = PendingSignOuts()  # our server asks; nobody signs out here
    kinds = TYPES | {".woff2": "font/woff2"}
    files = {
        path.relative_to(PACKAGE).as_posix(): Asset(path.read_bytes(), kinds[path.suffix])
        for path in PACKAGE.rglob("*")
        if path.suffix in kinds
        and path.parent in (PACKAGE, PACKAGE / "assets/fonts", PACKAGE / "assets/images")
    }

    @app.get("/<path:name>")
    def file(name: str) -> Response:
        asset = files.get(name) or abort(404)
        packed = asset.kind.startswith("font/")
        response = Response(asset.body, content_type=asset.kind) if packed else asset_response(asset)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    def page(address: str) -> Response:
        body = render_template("govuk.html", page=Words(pages[address]))
        response = Response(brotli.compress(body.encode(), quality=QUALITY), mimetype="text/html")
        response.headers["Content-Encoding"] = "br"
        response.headers["Cache-Control"] = "no-store"
        return response

    for address in pages:
        app.add_url_rule(address, address, page, defaults={"address": address})
    return app
