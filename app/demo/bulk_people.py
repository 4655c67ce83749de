"""A large made-up municipality: many citizens beside the demo's own people, the same for the same seed.

`./enplan seed` and what measures lay it. Nobody's story is told here: the rows are as many, and spread as,
those of a real site, so that pages and queries meet what they would meet there. They are written in bulk, not
by the verbs (a thousand citizens in seconds); the database refuses what can't be, as always.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from uuid import UUID

from sqlmodel import Session, col, select

from app.assessments.question_sets import SHIPPED
from app.assessments.service import add_question_set
from app.booking.occupancy import write_occupancy
from app.booking.queries import OCCUPANCY
from app.config import Site
from app.consent.models import Consent, Representation, RepresentationScope
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.demo.bulk_batch import BulkCitizen, BulkSeeder, Caseload, made_id
from app.demo.bulk_diary import Diary
from app.demo.bulk_meetings import add_meetings
from app.demo.bulk_plans import REVISIONS, add_answers, add_plan_content
from app.demo.bulk_traffic import add_log, add_messages, add_news
from app.demo.cast import HOURS, LONG_AGO, person_id, seed_people
from app.demo.seed import seed_demo
from app.i18n import danish_key
from app.identity.models import LoginSession, Person, PersonRole
from app.identity.name_search import add_name_words
from app.identity.rules import Role
from app.identity.sessions import token_hash
from app.meetings.models import CalendarSubject, Meeting
from app.meetings.rules import SubjectKind
from app.plan.models import ContactAssignment, Plan, TeamMembership
from app.plan.rules import PlanState
from app.store.insert import insert_missing

CASELOADS = (300, *(40,) * 9)  # of ten contact persons, again and again
KNOWN = ("line", "omar")  # the first of them
AT_A_TIME = 100  # citizens whose rows are written together
FIRST = ("Aage", "Birgit", "Carl", "Dorte", "Erik", "Fatima", "Gorm", "Hanne", "Ivan", "Jytte", "Khalid")
LAST = ("Andersen", "Brandt", "Christensen", "Dahl", "Eriksen", "Friis", "Gade", "Holst", "Iversen", "Juhl")
CONSENTED, WITH_GUARDIAN = 0.9, 0.05  # how many of the citizens


def seed_municipality(session: Session, site: Site, *, citizens: int, seed: int, now: datetime) -> None:
    """Lay the demo's people and stories, and beside them so many citizens, in the caller's transaction."""
    people = seed_people(session, site, now=now)
    seed_demo(session, people, site, now=now)
    lay_citizens(session, site, citizens=citizens, seed=seed, now=now)


def lay_citizens(
    session: Session, site: Site, *, citizens: int, seed: int, now: datetime, known: Sequence[str] = KNOWN
) -> None:
    """Lay so many citizens, and who helps them, beside the demo's own people.

    The first of them are with the contact persons `known`. With another seed, more come beside these.
    """
    add_question_set(session, SHIPPED)
    session.flush()
    seeder = BulkSeeder(session, site, now, seed)
    number = 0
    for place, size in enumerate(caseload_sizes(citizens)):
        caseload = _add_caseload(seeder, place, size, known[place : place + 1])
        for _one in range(size):
            _add_citizen(seeder, caseload, number)
            number += 1
            if number % AT_A_TIME == 0:
                _write(seeder)
    _write(seeder)


def _write(seeder: BulkSeeder) -> None:
    """Write what was gathered, and the time that its meetings take."""
    session, ids = seeder.session, [row["id"] for row in seeder.batch.rows(Meeting)]
    names = {row["id"]: row["name"] for row in seeder.batch.rows(Person)}
    seeder.batch.write(session)
    add_name_words(session, names)
    write_occupancy(session, session.exec(select(Meeting).where(col(Meeting.id).in_(ids))).all())
    session.expunge_all()


def caseload_sizes(citizens: int) -> Iterator[int]:
    """Yield how many citizens each contact person has; of a few hundred the first has half."""
    first = min(CASELOADS[0], (citizens + 1) // 2)
    yield first
    left = citizens - first
    for size in islice(cycle(CASELOADS), 1, None):
        if left <= 0:
            return
        yield min(size, left)
        left -= size


def _add_caseload(seeder: BulkSeeder, place: int, size: int, known: Sequence[str]) -> Caseload:
    """Add a contact person, if none is known, and two professionals."""
    contact_id = _known(seeder, known[0]) if known else _add_helper(seeder, Role.CONTACT, place)
    team = []
    for one in range(2):
        turn = 2 * place + one
        team.append((_add_helper(seeder, Role.PROFESSIONAL, turn), seeder.areas[turn % len(seeder.areas)]))
    helpers = [(contact_id, "contact"), *((one, "professional") for one, _area in team)]
    looks = [(one, relation, _add_login(seeder, one)) for one, relation in helpers]
    span = select(OCCUPANCY.c.starts_at, OCCUPANCY.c.ends_at).where(OCCUPANCY.c.subject_id == contact_id)
    diary = Diary(seeder.site, seeder.now, size, seeder.session.exec(span).all())
    return Caseload(contact_id, team, looks, diary)


def _known(seeder: BulkSeeder, slug: str) -> UUID:
    """Return one of the demo's own contact persons, who may have been in no meeting yet."""
    contact_id = person_id(slug)
    own = {"id": contact_id, "kind": SubjectKind.PROFESSIONAL}
    insert_missing(seeder.session, CalendarSubject, [own])
    return contact_id


def _add_helper(seeder: BulkSeeder, role: Role, turn: int) -> UUID:
    department = seeder.departments[turn % len(seeder.departments)]
    title = "Koordinator" if role is Role.CONTACT else "Rådgiver"
    more = {"department_id": department, "title": title, "office_hours": HOURS}
    helper_id = _add_person(seeder, seeder.id(role, turn), role, **more)
    seeder.batch.add(CalendarSubject, id=helper_id, kind=SubjectKind.PROFESSIONAL)
    return helper_id


def _add_person(seeder: BulkSeeder, new_id: UUID, role: Role, **more: object) -> UUID:
    dice, since = seeder.dice("name", new_id), seeder.now - LONG_AGO
    name = f"{dice.choice(FIRST)} {dice.choice(LAST)}-{dice.choice(LAST)}"
    seeder.batch.add(
        Person,
        id=new_id,
        municipality_id=seeder.municipality_id,
        name=name,
        sort_key=danish_key(name),
        created_at=since,
        **more,
    )
    seeder.batch.add(PersonRole, id=made_id(dice), person_id=new_id, role=role, starts_at=since)
    return new_id


def _add_login(seeder: BulkSeeder, person: UUID) -> UUID:
    login_id, at = seeder.id("login", person), seeder.now - timedelta(days=20)
    hashed = token_hash(f"nobody has this one: {login_id}")
    seeder.batch.add(
        LoginSession, id=login_id, token_hash=hashed, person_id=person, opened_at=at, last_seen_at=at
    )
    return login_id


def _add_citizen(seeder: BulkSeeder, caseload: Caseload, number: int) -> None:
    dice = seeder.dice("citizen", number)
    new_id = _add_person(seeder, seeder.id("citizen", number), Role.CITIZEN, phone=f"2{number:07}")
    began = seeder.now - timedelta(days=dice.randint(5, 390), minutes=dice.randint(0, 400))
    citizen = BulkCitizen(new_id, made_id(dice), began, dice.random() < CONSENTED, caseload, dice)
    _tie(seeder, citizen)
    if citizen.consented:
        add_plan_content(seeder, citizen)
        add_answers(seeder, citizen)
    add_meetings(seeder, citizen)
    add_messages(seeder, citizen)
    add_news(seeder, citizen)
    add_log(seeder, citizen)


def _tie(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    batch, dice, began = seeder.batch, citizen.dice, citizen.began
    own = {"citizen_id": citizen.id}
    consent_id = made_id(dice) if citizen.consented else None
    if consent_id:
        text = seeder.site.consent_version
        batch.add(Consent, id=consent_id, **own, given_by=citizen.id, text_version=text, given_at=began)
    state = PlanState.ACTIVE if consent_id else PlanState.WAITING
    batch.add(
        Plan,
        id=citizen.plan_id,
        **own,
        state=state,
        consent_id=consent_id,
        opened_at=began,
        revision=REVISIONS,
    )
    batch.add(ContactAssignment, id=made_id(dice), **own, person_id=citizen.contact_id, starts_at=began)
    for member, area in citizen.caseload.team:
        since = danish_day(began)
        batch.add(TeamMembership, id=made_id(dice), **own, person_id=member, area_id=area, starts_on=since)
    if dice.random() < WITH_GUARDIAN:
        _add_guardian(seeder, citizen)


def _add_guardian(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    batch, dice, since = seeder.batch, citizen.dice, danish_day(citizen.began)
    guardian = _add_person(seeder, made_id(dice), Role.REPRESENTATIVE)
    acts = made_id(dice)
    kind = RepresentationKind.GUARDIAN
    batch.add(Representation, id=acts, citizen_id=citizen.id, person_id=guardian, kind=kind, starts_on=since)
    for scope in (ActingScope.PLAN, ActingScope.MEETINGS):
        scope_id = made_id(dice)
        batch.add(RepresentationScope, id=scope_id, representation_id=acts, scope=scope, starts_on=since)
