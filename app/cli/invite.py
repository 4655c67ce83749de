"""`invite`: the way in, as code and QR code on the terminal, or a sheet of paper each. For staff too."""

import sys
from argparse import Namespace
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from app.account.qr import print_qr
from app.administration.invitation_sheets import PaperInvitation, write_sheets
from app.administration.service import make_invitations
from app.cli.error_messages import CommandFailed
from app.cli.people import the_person
from app.cli.secret_key import opened_with_key
from app.cli.site import database_url, read_origin_of, read_secret_of, read_site_of
from app.dates.clock import system_clock
from app.errors import Refused
from app.i18n import long_datetime
from app.identity.invitation_codes import format_code
from app.identity.invitations import NewInvitation
from app.identity.models import Person
from app.identity.service import find_by_slug
from app.people_import.lookup import FoundPerson, list_citizens_of, list_department
from app.store.db import Database
from app.upkeep.atomic_file import atomic_write
from app.upkeep.rules import UnsafeOperation


@dataclass(frozen=True, slots=True)
class _Invited:
    person: FoundPerson
    made: NewInvitation


def run(asked: Namespace) -> int:
    """Invite people, and take back the invitations they had. Codes and links are shown this once."""
    if sum(map(bool, (asked.person, asked.slug, asked.unit))) != 1:
        asked.misused("Skriv, hvem der skal inviteres: en eller flere personer, --unit eller --slug.")
    if asked.citizens and not asked.unit:
        asked.misused("--citizens skal have --unit: afdelingens borgere.")
    url = database_url(asked)
    origin, secret_key = read_origin_of(url), read_secret_of(url)
    with opened_with_key(url, secret_key) as database:
        if asked.paper is not None:
            return _on_paper(database, asked, origin, secret_key)
        with database.writing() as session:
            invited = _invite(session, asked, secret_key, now=system_clock())
    print("Gem den ikke. Den kan ikke vises igen, og en ny lukker den gamle.", file=sys.stderr)
    for one in invited:
        _show(one, origin, named=len(invited) > 1)
    return 0


def _on_paper(database: Database, asked: Namespace, origin: str, secret_key: str) -> int:
    """Write a sheet for each into a file that isn't there yet; without the file nobody is invited."""
    path: Path = asked.paper
    if path.suffix.lower() != ".html":
        raise CommandFailed(
            f"{path.name} skal ende på .html: åbn filen i en browser, og skriv den ud, også som PDF.", code=2
        )
    site = read_site_of(database_url(asked))
    try:
        with atomic_write(path) as draft, database.writing() as session:
            invited = _invite(session, asked, secret_key, now=system_clock())
            write_sheets(draft, [_sheet(session, one) for one in invited], origin=origin, site=site)
    except UnsafeOperation as problem:
        raise CommandFailed(str(problem)) from problem
    print(f"{path} har {len(invited)} ark. Virker til {long_datetime(invited[0].made.expires_at)}.")
    print("Skriv arkene ud, giv hver person sit eget, og slet filen: den, der har den, kan logge ind.")
    return 0


def _sheet(session: Session, one: _Invited) -> PaperInvitation:
    person = session.get_one(Person, one.person.id)
    return PaperInvitation(person.name, person.language, one.made)


def _invite(session: Session, asked: Namespace, secret_key: str, *, now: datetime) -> list[_Invited]:
    """Invite all who are meant, or nobody."""
    people = _meant(session, asked, secret_key, now)
    for person in people:
        if not person.roles:
            raise CommandFailed(f"{person.name} har ingen rolle lige nu, så ingen er inviteret.")
    try:
        made = make_invitations(session, secret_key, [one.id for one in people], by=None, now=now)
    except Refused as refused:  # a role that begins on a day to come
        raise CommandFailed("En af dem har ingen rolle lige nu, så ingen er inviteret.") from refused
    return [_Invited(*one) for one in zip(people, made, strict=True)]


def _meant(session: Session, asked: Namespace, secret_key: str, now: datetime) -> list[FoundPerson]:
    if asked.slug:
        named = find_by_slug(session, asked.slug)
        if named is None:
            raise CommandFailed(f"Der er ingen, der hedder {asked.slug} i demoen.")
        return [the_person(session, str(named), secret_key)]
    if asked.person:
        found = [the_person(session, said, secret_key) for said in asked.person]
        return list({one.id: one for one in found}.values())
    here = list_department(session, asked.unit, now=now)
    if here is None:
        raise CommandFailed(f"Der er ingen afdeling, der hedder {asked.unit}.")
    if asked.citizens:
        here = list_citizens_of(session, here, now=now)
    without = [one for one in here if not one.has_passkey]
    if not without:
        raise CommandFailed(f"Der er ingen at invitere: {len(here)} hører til {asked.unit} og har adgang.")
    if len(without) < len(here):
        print(f"{len(here) - len(without)} har adgang allerede og er ikke med.", file=sys.stderr)
    return without


def _show(one: _Invited, origin: str, *, named: bool) -> None:
    if named:
        print(f"\n{one.person.name}")
    print_qr(f"{origin}/invitation#{one.made.link_secret}")
    print(f"Virker én gang, til {long_datetime(one.made.expires_at)}.")
    print(f"Scan koden, eller åbn {origin}/invitation og skriv:")
    print(format_code(one.made.code))
