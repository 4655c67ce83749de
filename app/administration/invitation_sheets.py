"""Invitations on paper: one A4 sheet a person, in their own language, for a browser to print.

The terminal writes a page that stands alone: nothing is fetched, since the codes in it open doors.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from markupsafe import Markup

from app.account.qr import qr_path
from app.config import Site
from app.i18n import answer_in, current, end_answer, language_named, long_datetime, phone
from app.i18n import gettext as _
from app.identity.invitation_codes import format_code
from app.identity.invitations import NewInvitation

HEAD = """<!doctype html>
<html lang="da"><head><meta charset="utf-8"><meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Invitationer</title>
<style>
@page { size: A4; margin: 2cm }
body { font: 14pt/1.5 sans-serif; max-width: 17cm; margin: auto }
section { break-after: page; padding-block: 1cm }
section:last-child { break-after: auto }
svg { width: 6cm; height: 6cm }
.code { font: bold 28pt monospace; letter-spacing: .1em }
</style></head><body>
"""
END = "</body></html>\n"


@dataclass(frozen=True, slots=True)
class PaperInvitation:
    """Whom a sheet is for, which language they read, and their invitation."""

    name: str
    language: str
    made: NewInvitation


def write_sheets(path: Path, sheets: Iterable[PaperInvitation], *, origin: str, site: Site) -> None:
    """Write the sheets, in the order they are handed out in."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD)
        for sheet in sheets:
            file.write(sheet_html(sheet, origin, site))
        file.write(END)


def sheet_html(sheet: PaperInvitation, origin: str, site: Site, *, level: int = 1) -> Markup:
    """Return a sheet in its reader's language; `level` is that of its first heading."""
    token = answer_in(language_named(sheet.language))
    try:
        return Markup("").join(map(Markup, _lines(sheet, origin, site, level)))
    finally:
        end_answer(token)


def _lines(sheet: PaperInvitation, origin: str, site: Site, level: int) -> Iterator[str]:
    qr = qr_path(f"{origin}/invitation#{sheet.made.link_secret}")
    address, ours = f"<bdi>{escape(origin)}/invitation</bdi>", escape(phone(site.phone))
    title, below = f"h{level}", f"h{level + 1}"
    yield f'<section lang="{current().code}" dir="{current().direction}" class="sheet">\n'
    yield f"<p><bdi>{escape(sheet.name)}</bdi></p>\n"
    yield _element(title, _("Din invitation"))
    yield _element("p", _("Brug invitationen til at lave en adgangsnøgle. Den logger du ind med fra nu af."))
    yield _element(below, _("Scan koden med telefonens kamera"))
    label = escape(_("QR-kode med invitationen"))
    yield f'<svg class="qr" viewBox="0 0 {qr.side} {qr.side}" role="img" aria-label="{label}">'
    yield f'<path fill="white" d="M0 0h{qr.side}v{qr.side}H0z"/><path fill="black" d="{qr.path}"/></svg>\n'
    yield _element(below, _("Eller skriv koden"))
    yield _element("p", _("Åbn denne adresse, og skriv koden:"), address)
    yield f'<p class="code" dir="ltr">{format_code(sheet.made.code)}</p>\n'
    until = long_datetime(sheet.made.expires_at)
    yield _element("p", _("Den virker én gang og gælder til %(when)s.", when=until))
    number = f'<bdi dir="ltr">{ours}</bdi>'
    yield _element("p", _("Har du brug for hjælp? Ring til %(name)s:", name=site.name), number)
    yield "</section>\n"


def _element(name: str, text: str, more: str = "") -> str:
    """Return a text in its element, and after it what is markup already."""
    return f"<{name}>{escape(text)} {more}".rstrip() + f"</{name}>\n"
