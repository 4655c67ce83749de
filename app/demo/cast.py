"""The people of Solbjerg Kommune, and what ties them: the cast of the demo and of the tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session

from app.access.policy import PlanExtent
from app.config import Site
from app.consent.models import Representation, RepresentationScope
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.i18n import danish_key
from app.identity.models import Department, Municipality, Person, PersonRole
from app.identity.name_search import add_name_words
from app.identity.rules import Role
from app.plan.consent_effects import record_yes
from app.plan.models import LifeArea, TeamMembership
from app.plan.plan_access import choose_access
from app.plan.service import assign_contact, open_plan

HOURS = "Mandag til torsdag kl. 9.00–15.00. Fredag kl. 9.00–13.00."
LONG_AGO = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class CastMember:
    """One line of the cast list."""

    slug: str
    name: str
    role: Role
    about: str  # who this is, for the page that lists them
    department: int | None = None  # place in the municipality's list
    more: Mapping[str, Any] | None = None


CAST = (
    CastMember("anna", "Anna Jensen", Role.CITIZEN, "Borger med en fuld plan", None, {"phone": "20304050"}),
    CastMember(
        "karim",
        "Karim Haddad",
        Role.CITIZEN,
        "Borger. Læser arabisk og har brug for tolk",
        None,
        {"language": "ar", "interpreter_language": "ar", "phone": "21314151"},
    ),
    CastMember(
        "bent",
        "Bent Aagaard",
        Role.CITIZEN,
        "Borger. Læser med besvær. Vibeke er hans værge",
        None,
        {"text_size": "large"},
    ),
    CastMember("emil", "Emil Østergaard", Role.CITIZEN, "Borger på 17 år. Mette er hans mor"),
    CastMember(
        "signe", "Signe Lund", Role.CITIZEN, "Borger med beskyttet adresse", None, {"protected_address": True}
    ),
    CastMember("ny", "Nynne Bech", Role.CITIZEN, "Borger, som lige er inviteret. Alt er tomt"),
    CastMember(
        "line",
        "Line Madsen",
        Role.CONTACT,
        "Kontaktperson for Anna, Karim, Bent og Nynne",
        0,
        {"title": "Koordinator", "phone": "70123461"},
    ),
    CastMember(
        "omar",
        "Omar Saleh",
        Role.CONTACT,
        "Kontaktperson for Emil og Signe. Lines vikar",
        0,
        {"title": "Koordinator", "phone": "70123462"},
    ),
    CastMember(
        "jonas",
        "Jonas Friis",
        Role.PROFESSIONAL,
        "Fagperson: job",
        1,
        {"title": "Jobkonsulent", "phone": "70123463"},
    ),
    CastMember(
        "sara",
        "Sara Holm",
        Role.PROFESSIONAL,
        "Fagperson: helbred",
        2,
        {"title": "Sygeplejerske", "phone": "70123464"},
    ),
    CastMember(
        "thea",
        "Thea Krogh",
        Role.PROFESSIONAL,
        "Fagperson: bolig og støtte",
        3,
        {"title": "Bostøtte", "phone": "70123465"},
    ),
    CastMember(
        "ali",
        "Ali Demir",
        Role.PROFESSIONAL,
        "Fagperson: familie",
        4,
        {"title": "Familierådgiver", "phone": "70123466"},
    ),
    CastMember("lone", "Lone Vang", Role.LEADER, "Leder. Ser, hvad der er forsinket", 0, {"title": "Leder"}),
    CastMember(
        "admin",
        "Asta Riis",
        Role.ADMINISTRATOR,
        "Administrator. Ser ingen planer",
        0,
        {"title": "Administrator"},
    ),
    CastMember("vibeke", "Vibeke Aagaard", Role.REPRESENTATIVE, "Bents værge", None, {"phone": "22324252"}),
    CastMember("mette", "Mette Østergaard", Role.REPRESENTATIVE, "Emils mor", None, {"phone": "23334353"}),
    CastMember("fremmed", "Frede Mikkelsen", Role.CITIZEN, "Borger uden bånd til de andre"),
)

CONTACTS = {"anna": "line", "karim": "line", "bent": "line", "ny": "line", "emil": "omar", "signe": "omar"}
SAID_YES = ("anna", "karim", "bent", "emil", "signe")
TEAMS = {  # citizen: (professional, area, what they help with)
    "anna": (
        ("jonas", 0, "Hjælper dig med praktik og job."),
        ("sara", 1, "Hjælper dig med søvn og behandling."),
        ("thea", 2, "Hjælper dig med at finde en bolig."),
        ("ali", 3, "Hjælper dig med samværet med din datter."),
    ),
    "karim": (("jonas", 0, "Hjælper dig med sprog og job."), ("sara", 1, "Hjælper dig med din ryg.")),
    "bent": (("thea", 4, "Kommer hjemme hos dig to gange om ugen."),),
    "emil": (("ali", 3, "Hjælper dig og din mor."),),
    "signe": (("thea", 2, "Hjælper dig med at falde til."),),
}


LIMITED_TO_AREA = (("bent", "thea"),)  # the citizen lets the professional see their own area alone


def person_id(slug: str) -> UUID:
    """Return the id a demo person always has, so that addresses survive a reset."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:{slug}")


def seed_people(session: Session, site: Site, *, now: datetime) -> dict[str, Person]:
    """Lay the municipality, its people and their ties around `now`; return the people by slug."""
    municipality = Municipality(name=site.name)
    departments = [Department(municipality_id=municipality.id, name=name) for name in site.departments]
    areas = [
        LifeArea(municipality_id=municipality.id, name=name, position=place)
        for place, name in enumerate(site.areas)
    ]
    session.add(municipality)
    session.flush()
    session.add_all([*departments, *areas])
    session.flush()
    people = {one.slug: _person(one, municipality, departments, now) for one in CAST}
    session.add_all(people.values())
    session.flush()
    add_name_words(session, {one.id: one.name for one in people.values()})
    people["line"].substitute_id, people["omar"].substitute_id = people["omar"].id, people["line"].id
    session.add_all(
        PersonRole(person_id=people[one.slug].id, role=one.role, starts_at=now - LONG_AGO) for one in CAST
    )
    _tie(session, people, areas, site=site, now=now)
    session.flush()
    return people


def _person(
    one: CastMember, municipality: Municipality, departments: list[Department], now: datetime
) -> Person:
    more = dict(one.more or {})
    if one.department is not None:
        more |= {"department_id": departments[one.department].id, "office_hours": HOURS}
    if one.slug == "emil":
        more["born_on"] = _birthday(17, danish_day(now))
    return Person(
        id=person_id(one.slug),
        municipality_id=municipality.id,
        name=one.name,
        sort_key=danish_key(one.name),
        slug=one.slug,
        created_at=now - LONG_AGO,
        **more,
    )


def _birthday(years: int, today: date) -> date:
    return date(today.year - years, 1, 1)


def add_acting(
    session: Session,
    citizen_id: UUID,
    acts_id: UUID,
    kind: RepresentationKind,
    scopes: Iterable[ActingScope],
    *,
    since: date,
) -> Representation:
    """Write down that somebody acts for a citizen, with these scopes."""
    acts = Representation(citizen_id=citizen_id, person_id=acts_id, kind=kind, starts_on=since)
    session.add(acts)
    session.flush()
    session.add_all(
        RepresentationScope(representation_id=acts.id, scope=one, starts_on=since, paper_on=since)
        for one in scopes
    )
    session.flush()
    return acts


def _tie(
    session: Session, people: dict[str, Person], areas: list[LifeArea], *, site: Site, now: datetime
) -> None:
    today, began = danish_day(now), now - timedelta(days=60)
    since, may = today - timedelta(days=300), [ActingScope.PLAN, ActingScope.MEETINGS]
    bent, emil = people["bent"].id, people["emil"].id
    add_acting(session, bent, people["vibeke"].id, RepresentationKind.GUARDIAN, may, since=since)
    may = [*may, ActingScope.CONSENT]
    add_acting(session, emil, people["mette"].id, RepresentationKind.CUSTODY, may, since=since)
    for slug, contact in CONTACTS.items():
        assign_contact(session, people[slug].id, people[contact].id, now=began)
        open_plan(session, people[slug].id, now=began)
    for slug in SAID_YES:
        for giver in (slug, "mette") if slug == "emil" else (slug,):
            record_yes(
                session, people[slug].id, by=people[giver].id, text_version=site.consent_version, now=began
            )
    _tie_teams(session, people, areas, now=now)


def _tie_teams(session: Session, people: dict[str, Person], areas: list[LifeArea], *, now: datetime) -> None:
    today = danish_day(now)
    for slug, members in TEAMS.items():
        for professional, area, helps_with in members:
            session.add(
                TeamMembership(
                    citizen_id=people[slug].id,
                    person_id=people[professional].id,
                    area_id=areas[area].id,
                    helps_with=helps_with,
                    starts_on=today - timedelta(days=50),
                )
            )
    session.flush()
    for slug, professional in LIMITED_TO_AREA:
        citizen, limited = people[slug].id, people[professional].id
        choose_access(session, citizen, limited, PlanExtent.AREA, now=now - timedelta(days=40))
