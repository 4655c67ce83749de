"""What roles, states and acts are called, and what is said of each. Msgids are Danish."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from app.access.act_kinds import ActKind
from app.administration.queries import DoneAct
from app.administration.readiness import Lack
from app.dates.local_time import danish_day
from app.i18n import date_only, name_list, ngettext
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.identity.rules import Role
from app.offboarding.service import A_MOMENT

ROLE_NAMES = {
    Role.CITIZEN: _l("borger"),
    Role.CONTACT: _l("kontaktperson"),
    Role.PROFESSIONAL: _l("fagperson"),
    Role.REPRESENTATIVE: _l("værge eller pårørende"),
    Role.LEADER: _l("leder"),
    Role.ADMINISTRATOR: _l("administrator"),
}
SCOPE_NAMES = {
    "meetings": _l("Finde tider og foreslå møder"),
    "people": _l("Slå personer op"),
    "plan.read": _l("Læse planen"),
    "plan.write": _l("Skrive i planen"),
}


def role_choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    """Return roles as the choices of a list."""
    return [(str(one), str(ROLE_NAMES[one]).capitalize()) for one in roles]


def role_names(roles: Iterable[Role]) -> str:
    return name_list([str(ROLE_NAMES[one]) for one in roles])


def last_day_text(ends_at: datetime) -> str:
    """Return the last day on which something still holds that ends at a moment."""
    return date_only(danish_day(ends_at - A_MOMENT))


def role_days(starts_at: datetime, ends_at: datetime | None) -> str:
    """Return from and until when somebody has a role."""
    first = date_only(danish_day(starts_at))
    if ends_at is None:
        return _("Fra %(first)s, indtil videre", first=first)
    return _("Fra %(first)s til og med %(last)s", first=first, last=last_day_text(ends_at))


def act_title(act: DoneAct) -> str:
    """Return what was done, in one sentence."""
    name, roles, system = act.person or "", role_names(act.roles), act.about or ""
    if act.kind is ActKind.ROLE_ENDED and act.until:
        return _(
            "%(name)s er %(role)s til og med %(day)s.", name=name, role=roles, day=last_day_text(act.until)
        )
    if act.kind is ActKind.INVITED and not name:
        return ngettext(
            "%(num)s person fik en invitation.", "%(num)s personer fik en invitation.", act.number
        )
    return str(_DONE[act.kind]) % {"name": name, "role": roles, "system": system}


_DONE = {
    ActKind.PERSON_ADDED: _l("%(name)s er oprettet som %(role)s."),
    ActKind.CONTACT_GIVEN: _l("%(name)s har nu en kontaktperson."),
    ActKind.WAYS_CLOSED: _l("Alle veje ind er lukket for %(name)s."),
    ActKind.ROLE_GIVEN: _l("%(name)s fik rollen %(role)s."),
    ActKind.ROLE_ENDED: _l("%(name)s er ikke længere her som %(role)s."),
    ActKind.INVITED: _l("%(name)s fik en invitation."),
    ActKind.INVITATION_WITHDRAWN: _l("Invitationen til %(name)s er trukket tilbage."),
    ActKind.KEY_MADE: _l("%(system)s fik en nøgle."),
    ActKind.KEY_ENDED: _l("Nøglen til %(system)s er spærret."),
    ActKind.PEOPLE_IMPORTED: _l("En liste med personer er hentet ind."),
    ActKind.IMPORT_REFUSED: _l("En liste med personer blev ikke hentet ind."),
}


def act_lines(act: DoneAct) -> Iterator[str]:
    """Yield what came of it, a sentence each."""
    told = act.details
    if act.kind in (ActKind.PERSON_ADDED, ActKind.ROLE_GIVEN) and act.until:
        yield _("Rollen gælder til og med %(day)s.", day=last_day_text(act.until))
    if "starts" in told:
        day = date_only(danish_day(datetime.fromisoformat(told["starts"])))
        yield _("Rollen begynder %(day)s.", day=day)
    if told.keys() & {"sessions", "passkeys", "invitations", "feeds"}:
        yield _("Lukket: %(ways)s.", ways=name_list(list(_closed(act))))
    if number := told.get("handed_over"):
        yield ngettext(
            "%(num)s borger har fået en ny kontaktperson og har fået det at vide.",
            "%(num)s borgere har fået en ny kontaktperson og har fået det at vide.",
            number,
        )
    if number := told.get("stands_in_for"):
        yield ngettext(
            "%(num)s kollega har personen som vikar og skal vælge en anden.",
            "%(num)s kolleger har personen som vikar og skal vælge en anden.",
            number,
        )
    if stays := told.get("stays"):
        yield _("Personen er stadig %(role)s.", role=role_names(tuple(map(Role, stays))))


def _closed(act: DoneAct) -> Iterator[str]:
    told = act.details
    if number := told.get("sessions"):
        yield ngettext("%(num)s sted, der var logget ind", "%(num)s steder, der var logget ind", number)
    if number := told.get("passkeys"):
        yield ngettext("%(num)s adgangsnøgle", "%(num)s adgangsnøgler", number)
    if number := told.get("invitations"):
        yield ngettext("%(num)s invitation", "%(num)s invitationer", number)
    if number := told.get("feeds"):
        yield ngettext("%(num)s kalenderlink", "%(num)s kalenderlinks", number)


def lack_title(lack: Lack) -> str:
    """Return what is missing."""
    said = {
        "without_contact": lambda num: ngettext(
            "%(num)s borger har ingen kontaktperson", "%(num)s borgere har ingen kontaktperson", num
        ),
        "staff_shut_out": lambda num: ngettext(
            "%(num)s medarbejder kan ikke logge ind", "%(num)s medarbejdere kan ikke logge ind", num
        ),
        "contacts_without_phone": lambda num: ngettext(
            "%(num)s kontaktperson har intet telefonnummer",
            "%(num)s kontaktpersoner har intet telefonnummer",
            num,
        ),
        "empty_departments": lambda num: ngettext(
            "%(num)s afdeling har ingen medarbejdere", "%(num)s afdelinger har ingen medarbejdere", num
        ),
        "unplaced": lambda num: ngettext(
            "%(num)s medarbejder har ingen afdeling", "%(num)s medarbejdere har ingen afdeling", num
        ),
        "citizens_shut_out": lambda num: ngettext(
            "%(num)s borger er ikke inviteret", "%(num)s borgere er ikke inviteret", num
        ),
        "run_out": lambda num: ngettext(
            "%(num)s invitation er udløbet uden at blive brugt",
            "%(num)s invitationer er udløbet uden at blive brugt",
            num,
        ),
        "reminders_stuck": lambda num: ngettext(
            "%(num)s påmindelse er ikke sendt til tiden", "%(num)s påmindelser er ikke sendt til tiden", num
        ),
        "unread_calendars": lambda num: ngettext(
            "%(num)s kalender kan ikke læses", "%(num)s kalendere kan ikke læses", num
        ),
    }
    return said[lack.what](lack.number) if lack.what in said else str(_TITLES[lack.what])


_TITLES = {
    "database": _l("Serveren mangler noget"),
    "no_contact_person": _l("Der er ingen kontaktperson"),
    "no_citizens": _l("Der er ingen borgere"),
    "one_administrator": _l("Du er den eneste administrator"),
    "no_leader": _l("Der er ingen leder"),
    "no_duty_text": _l("Teksten om mødepligt mangler"),
    "no_message_duty": _l("Teksten over beskeder mangler"),
    "no_legal_basis": _l("Lovgrundlaget mangler"),
    "old_statement": _l("Erklæringen om tilgængelighed er over et år gammel"),
    "no_closing_days": _l("Der er ingen lukkedage"),
    "no_places": _l("Der er ingen mødesteder"),
}
LACK_HELP = {
    "database": _l("Bed dem, der driver serveren, om at køre ./enplan doctor. Den siger, hvad der er galt."),
    "reminders_stuck": _l("Bed dem, der driver serveren, om at se, om ./enplan worker kører."),
    "no_contact_person": _l("Hver borger skal have én. Giv en medarbejder rollen, eller hent en liste ind."),
    "no_citizens": _l("Hent en liste ind fra jeres fagsystem."),
    "without_contact": _l("Se, hvem det er, og vælg en kontaktperson. Det kan også ske med en liste."),
    "staff_shut_out": _l("Der mangler både en adgangsnøgle og en invitation, der virker. Lav en invitation."),
    "contacts_without_phone": _l("Så kan borgeren ikke ringe. Hent en liste ind, hvor nummeret står."),
    "empty_departments": _l("Giv en medarbejder en rolle i afdelingen, eller tag den ud af kommunens fil."),
    "unplaced": _l("En leder ser kun sin egen afdeling. Giv medarbejderen en afdeling sammen med en rolle."),
    "one_administrator": _l("Er du væk, kan ingen andre lukke folk ind. Giv en kollega rollen."),
    "no_leader": _l("Så holder ingen øje med svar, der er forsinket."),
    "citizens_shut_out": _l("Kontaktpersonen kan invitere borgeren. Du kan også skrive ark ud til mange."),
    "run_out": _l("En invitation gælder i tre dage. Lav en ny til dem, der stadig skal ind."),
    "unread_calendars": _l("En medarbejders egen kalender svarer ikke. Medarbejderen kan se hvorfor."),
    "no_duty_text": _l("Skriv duty under [texts] i kommunens fil: hvad der sker, hvis man ikke kommer."),
    "no_message_duty": _l("Skriv message_duty under [texts] i kommunens fil: hvem der kan læse en besked."),
    "no_legal_basis": _l("Skriv legal_basis under [texts] i kommunens fil."),
    "old_statement": _l("Se den igennem, og ret statement_updated_on i kommunens fil."),
    "no_closing_days": _l("Skriv dem under [days] i kommunens fil, så ingen frist udløber på en lukkedag."),
    "no_places": _l("Skriv dem som [[place]] i kommunens fil, så de kan vælges til et møde."),
}
