"""What the municipality's file says, and under which key, so that it can be changed there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.config import Site
from app.i18n import date_only, phone
from app.i18n import lazy_gettext as _l

SOMEBODY = "Line"  # stands where a text has {navn}, as a contact person's first name would


@dataclass(frozen=True, slots=True)
class FileSetting:
    """One setting: what it is, its key, and what it says; `lines` empty: it says nothing."""

    title: Any
    key: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilePart:
    """Settings that belong together."""

    title: Any
    settings: tuple[FileSetting, ...]


def list_file_parts(site: Site) -> tuple[FilePart, ...]:
    """Return what the file says, part by part, in the words and order in which people meet it."""
    return (
        FilePart(_l("Kommunen"), tuple(_about(site))),
        FilePart(_l("Dage og frister"), tuple(_days(site))),
        FilePart(_l("Afdelinger, livsområder og steder"), tuple(_places(site))),
        FilePart(_l("Tekster"), tuple(_texts(site))),
    )


def _about(site: Site) -> Iterator[FileSetting]:
    yield FileSetting(_l("Navn"), "name", (site.name,))
    yield FileSetting(_l("Telefon"), "phone", (phone(site.phone),))
    yield FileSetting(_l("E-mail"), "email", (site.email,))
    yield FileSetting(_l("Telefontid"), "opening_hours", (site.opening_hours,))
    others = tuple(f"{one.label}: {phone(one.phone)}" for one in site.emergencies)
    yield FileSetting(_l("Når det haster"), "[[emergency]]", others)


def _days(site: Site) -> Iterator[FileSetting]:
    days = site.workdays
    closed = tuple(date_only(one) for one in sorted(days.closing_days))
    yield FileSetting(_l("Lukkedage"), "[days] closed", closed)
    answers = (str(days.answer_days),)
    shared = _l("Arbejdsdage til at svare på det, en borger deler")
    yield FileSetting(shared, "[days] answer_working_days", answers)
    replies = (str(days.reply_days),)
    yield FileSetting(_l("Arbejdsdage til at svare på en besked"), "[days] reply_working_days", replies)


def _places(site: Site) -> Iterator[FileSetting]:
    yield FileSetting(_l("Afdelinger"), "departments", site.departments)
    hidden = tuple(one for one in site.departments if one in site.hidden_departments)
    yield FileSetting(_l("Skjulte afdelinger"), "departments: hidden = true", hidden)
    yield FileSetting(_l("Livsområder"), "areas", site.areas)
    where = tuple(f"{one.name}, {one.address}" for one in site.places)
    yield FileSetting(_l("Mødesteder"), "[[place]]", where)


def _texts(site: Site) -> Iterator[FileSetting]:
    yield FileSetting(_l("Før borgeren siger ja"), "[texts] consent", site.consent_text)
    yield FileSetting(_l("Tekstens udgave"), "[texts] consent_version", (site.consent_version,))
    yield FileSetting(_l("Lovgrundlag"), "[texts] legal_basis", site.legal_basis)
    yield FileSetting(_l("Privatliv"), "[texts] privacy", site.privacy_text)
    yield FileSetting(_l("Når et møde er en pligt"), "[texts] duty", _if_any(site.duty_text))
    said = site.message_duty.replace("{navn}", SOMEBODY)
    yield FileSetting(_l("Over feltet til en besked"), "[texts] message_duty", _if_any(said))
    yield FileSetting(_l("Sætninger at begynde en besked med"), "[messages] starts", site.message_starts)


def _if_any(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
