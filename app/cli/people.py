"""`people find` and `people end`: who there is, and whose access ends. No contact data, nothing of a plan."""

import logging
import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import date, datetime, time
from uuid import UUID

from sqlmodel import Session

from app.administration.service import end_role
from app.administration.texts import ROLE_NAMES
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import keys_of, opened_with_key
from app.cli.site import database_url, secret_if_set
from app.dates.clock import system_clock
from app.dates.local_time import DANISH_TIME, danish_day
from app.errors import Refused
from app.i18n import date_only
from app.offboarding.rules import AccessEnded, EndOfAccess, HasCitizens, WaysIn
from app.people_import.fields import ROLES
from app.people_import.line_errors import InvalidCell
from app.people_import.lookup import FoundPerson, find_identified, search_people

log = logging.getLogger("enplan.people")

MOST_SHOWN = 20


def find(asked: Namespace) -> int:
    """Print who fits: name, roles, department and id."""
    url, now = database_url(asked), system_clock()
    secret_key = secret_if_set(url)
    text = " ".join(asked.text)
    with opened_with_key(url, secret_key) as database, database.reading() as session:
        try:
            found = search_people(session, text, keys_of(session, secret_key), now=now)
        except InvalidCell as why:
            raise CommandFailed(str(why)) from why
    log.info("people were looked up at the terminal: %d found", len(found))
    if not found:
        raise CommandFailed("Der er ingen, der passer på det.")
    print(*map(person_line, found[:MOST_SHOWN]), sep="\n")
    if len(found) > MOST_SHOWN:
        print(f"… og {len(found) - MOST_SHOWN} til: skriv mere af navnet.", file=sys.stderr)
    return 0


def end(asked: Namespace) -> int:
    """End somebody's roles, or one of them, and say what was closed."""
    url, now = database_url(asked), system_clock()
    secret_key = secret_if_set(url)
    try:
        with opened_with_key(url, secret_key) as database, database.writing() as session:
            person = the_person(session, asked.person, secret_key)
            after = the_person(session, asked.handover_to, secret_key).id if asked.handover_to else None
            wanted = EndOfAccess(person.id, _begins(asked.on, now), asked.role, after)
            ended, _act = end_role(session, wanted, by=None, now=now)
    except Refused as refused:
        raise CommandFailed(_with_way_out(refused)) from refused
    log.info("access was ended at the terminal: %d roles", len(ended.roles))
    print(*_told(person.name, ended, now), sep="\n")
    return 0


def _begins(on: date | None, now: datetime) -> datetime:
    """Return the moment from which there is no access: the first of the day, or now."""
    return now if on is None else datetime.combine(on, time(), DANISH_TIME)


def _with_way_out(refused: Refused) -> str:
    said = refused.reason % refused.params
    if isinstance(refused, HasCitizens):
        return f"{said} Skriv --handover-to PERSON, eller lad kontaktpersonen overdrage dem én for én."
    return said


def _told(name: str, ended: AccessEnded, now: datetime) -> Iterator[str]:
    roles = ", ".join(str(ROLE_NAMES[one]) for one in ended.roles)
    if ended.at > now:
        yield f"{name} er {roles} til {date_only(danish_day(ended.at))} og har ikke adgang fra den dag."
    else:
        yield f"{name} er ikke længere {roles}."
    for role in ended.stays:
        yield f"{name} er stadig {ROLE_NAMES[role]}: det slutter med --role {ROLES[role][0]}."
    ways = ended.ways_in
    if ways != WaysIn():
        yield (
            f"Lukket. Steder, der var logget ind: {ways.sessions}. Adgangsnøgler: {ways.passkeys}."
            f" Invitationer: {ways.invitations}. Kalenderlinks: {ways.feeds}."
        )
    if ended.handed_over:
        yield f"Borgere, der har en ny kontaktperson og har fået det at vide: {ended.handed_over}."
    if ended.stands_in_for:
        yield f"OBS: Kolleger, der har {name} som vikar: {ended.stands_in_for}. De skal vælge en anden."


def person_line(one: FoundPerson) -> str:
    """Return one person as a line: name, roles and their ends, department, whether they have a way in, id."""
    roles = ", ".join(
        str(ROLE_NAMES[held.role]) + (f" til {date_only(danish_day(held.ends_at))}" if held.ends_at else "")
        for held in one.roles
    )
    way_in = "har adgangsnøgle" if one.has_passkey else "ingen adgangsnøgle"
    return " · ".join(filter(None, (one.name, roles or "ingen rolle", one.department, way_in, str(one.id))))


def the_person(session: Session, said: str, secret_key: str | None) -> FoundPerson:
    """Return the one whom a word on the command line means: an id, a phone, an e-mail or a number.

    Of several with the same phone those who have left don't count.

    Raises:
        CommandFailed: nobody is meant, or more than one.
    """
    try:
        found = find_identified(session, said, keys_of(session, secret_key), now=system_clock())
    except InvalidCell as why:
        raise CommandFailed(str(why)) from why
    active = [one for one in found if one.roles] or found
    if len(active) > 1:
        raise CommandFailed(
            f"{said} passer på {len(active)} personer: find den rigtige med ./enplan people find {said},"
            " og skriv id'et, der står sidst på linjen."
        )
    if not active:
        raise CommandFailed(_nobody(said))
    return active[0]


def _nobody(said: str) -> str:
    try:
        UUID(said)
    except ValueError:
        return (
            f"Der er ingen med nummeret, telefonen eller e-mailen {said}:"
            f" søg på navnet med ./enplan people find NAVN."
        )
    return "Der er ingen aktiv person med det id."
