"""The rows some states need. Found if they are there, else made by the same verbs as everywhere else."""

from datetime import date, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.access.policy import Subject
from app.availability.queries import list_wishes
from app.availability.rules import PartOfDay, TimeRule, WishKind
from app.availability.service import add_wish, change_limits
from app.consent.models import Representation
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.demo.cast import CastMember, add_acting, person_id
from app.demo.meeting_stories import meeting_id
from app.demo.state_access import find_limited, limit_helpers
from app.demo.state_administration import ADMINISTRATION_ROWS
from app.demo.state_approvals import APPROVAL_ROWS
from app.demo.state_calendars import CALENDAR_ROWS
from app.demo.state_meetings import MEETING_ROWS
from app.demo.state_messages import MESSAGE_ROWS
from app.demo.state_proposals import PROPOSAL_ROWS
from app.demo.state_queued import QUEUED_ROWS
from app.demo.state_steps import STEP_ROWS
from app.demo.states import StateContext, StateRows
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.escalation import mark_late
from app.entries.service.review import approve_entry
from app.i18n import danish_key
from app.identity.invitations import make_invitation
from app.identity.models import Person, PersonRole
from app.identity.name_search import add_name_words
from app.identity.rules import Role
from app.meetings.queries import read_meeting
from app.plan.consent_effects import record_yes, withdraw_yes
from app.plan.handover_queries import list_open_handovers
from app.plan.handovers import HandoverInput, hand_over
from app.plan.list_filter import find_filter, keep_filter
from app.plan.models import LifeArea, Plan, TeamMembership
from app.plan.relations import find_subject
from app.plan.service import assign_contact, open_plan

# Some who are made when somebody asks for them, so that their pages are empty: two after a yes, one who took
# it back, and one who leads a department without contact persons.
AFTER_A_YES = (
    CastMember("ida", "Ida Bruun", Role.CITIZEN, "Borger, der har trukket sit ja tilbage"),
    CastMember("tobias", "Tobias Juul", Role.CITIZEN, "Borger med et ja og en tom plan"),
    CastMember("kaja", "Kaja Birk", Role.CONTACT, "Kontaktperson for Tobias", None, {"title": "Koordinator"}),
)
LEADS = CastMember("lea", "Lea Toft", Role.LEADER, "Leder. Intet er forsinket", None, {"title": "Leder"})
YOUNG = CastMember("otto", "Otto Østergaard", Role.CITIZEN, "Borger på 16 år. Mette har ikke sagt ja endnu")
EXTRA = (*AFTER_A_YES, LEADS, YOUNG)

LONG_AGO = timedelta(days=21)  # more than the working days one has for an answer
ONE_LONG_WORD = "Speciallægepraksisplanlægningsstabiliseringsperiode" * 3
PARAGRAPH = (
    "Jeg vil fortælle det hele, som det er. Det begyndte i foråret, da jeg flyttede. Så kom brevene, "
    "og jeg turde ikke åbne dem. Nu ligger de i en kasse ved døren. Det fylder meget, når jeg skal sove. "
)
LONG_DRAFT = f"Min lange kladde. {ONE_LONG_WORD}\n\n" + "\n\n".join([PARAGRAPH.strip()] * 15)
LONG_SHARED = f"Min lange drøm. {ONE_LONG_WORD}\n\n" + "\n\n".join([PARAGRAPH.strip()] * 15)
LATE_WORDS = "Jeg venter på svar om min nøgle."
TAKEN_WORDS = "Jeg vil gerne have, at møder begynder med en kop te."


def _find_words(session: Session, words: str, state: EntryState) -> str | None:
    """Return Anna's entry with these words if it stands so, else None."""
    wanted = (
        select(Entry.id)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .join(EntryVersion, col(EntryVersion.entry_id) == Entry.id)
        .where(
            Plan.citizen_id == person_id("anna"),
            EntryVersion.number == Entry.version,
            EntryVersion.words == words,
            Entry.state == state,
        )
    )
    found = session.exec(wanted).first()
    return str(found) if found else None


def _write(stage: StateContext, words: str, kind: EntryKind, *, ago: timedelta = timedelta()) -> UUID:
    anna = person_id("anna")
    return write_entry(stage.session, anna, kind, words, by=anna, now=stage.now - ago).id


def _share(stage: StateContext, entry_id: UUID, *, ago: timedelta = timedelta()) -> str:
    anna, workdays = person_id("anna"), stage.settings.site.workdays
    share_entry(stage.session, anna, entry_id, by=anna, now=stage.now - ago, workdays=workdays)
    return str(entry_id)


def _find_late(session: Session) -> str | None:
    wanted = (
        select(Entry.id)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .where(
            Plan.citizen_id == person_id("anna"),
            Entry.state == EntryState.SHARED,
            col(Entry.late_at).is_not(None),
        )
        .order_by(col(Entry.shared_at))
    )
    found = session.exec(wanted).first()
    return str(found) if found else None


def _make_late(stage: StateContext) -> str:
    shared = _share(stage, _write(stage, LATE_WORDS, EntryKind.STEP, ago=LONG_AGO), ago=LONG_AGO)
    mark_late(stage.session, now=stage.now)
    return shared


def _make_taken(stage: StateContext) -> str:
    """An entry that Omar has taken into the plan while Line was looking at it."""
    entry_id = _write(stage, TAKEN_WORDS, EntryKind.STEP)
    _share(stage, entry_id)
    entry = stage.session.get_one(Entry, entry_id)
    approve_entry(
        stage.session,
        person_id("anna"),
        entry_id,
        version=entry.version,
        by=person_id("omar"),
        now=stage.now,
    )
    return str(entry_id)


def _find_person(session: Session, slug: str) -> str | None:
    found = session.get(Person, person_id(slug))
    return str(found.id) if found else None


def _find_said_no(session: Session) -> str | None:
    found = session.exec(select(Plan.citizen_id).where(Plan.citizen_id == person_id("ida"))).first()
    return str(found) if found else None


def _make_said_no(stage: StateContext) -> str:
    """Ida, whom Kaja and Jonas help: she said yes, and has taken it back."""
    if not _find_person(stage.session, "tobias"):
        _make_empty(stage)
    ida, began, session = person_id("ida"), stage.now - LONG_AGO, stage.session
    assign_contact(session, ida, person_id("kaja"), now=began)
    open_plan(session, ida, now=began)
    area = session.exec(select(LifeArea.id).order_by(col(LifeArea.position)).limit(1)).one()
    jonas, since = person_id("jonas"), danish_day(began)
    session.add(TeamMembership(citizen_id=ida, person_id=jonas, area_id=area, starts_on=since))
    record_yes(session, ida, by=ida, text_version=stage.settings.site.consent_version, now=began)
    withdraw_yes(session, ida, by=ida, now=stage.now)
    return str(ida)


def _make_empty(stage: StateContext) -> str:
    began = stage.now - LONG_AGO
    _add_people(stage, AFTER_A_YES)
    tobias = person_id("tobias")
    assign_contact(stage.session, tobias, person_id("kaja"), now=began)
    open_plan(stage.session, tobias, now=began)
    version = stage.settings.site.consent_version
    record_yes(stage.session, tobias, by=tobias, text_version=version, now=began)
    return str(tobias)


def _make_limited(stage: StateContext) -> str:
    if not _find_person(stage.session, "tobias"):
        _make_empty(stage)
    return limit_helpers(stage)


def _make_leader(stage: StateContext) -> str:
    """A leader of Jonas's department, where nobody is a contact person."""
    _add_people(stage, (LEADS,))
    lea = stage.session.get_one(Person, person_id(LEADS.slug))
    lea.department_id = stage.session.get_one(Person, person_id("jonas")).department_id
    return str(lea.id)


def _make_young(stage: StateContext) -> str:
    """Emil's brother has said yes, and their mother not yet."""
    began, otto = stage.now - LONG_AGO, person_id(YOUNG.slug)
    _add_people(stage, (YOUNG,))
    today = danish_day(stage.now)
    stage.session.get_one(Person, otto).born_on = date(today.year - 16, 1, 1)
    may = (ActingScope.PLAN, ActingScope.MEETINGS, ActingScope.CONSENT)
    since, mette = danish_day(began), person_id("mette")
    add_acting(stage.session, otto, mette, RepresentationKind.CUSTODY, may, since=since)
    assign_contact(stage.session, otto, person_id("omar"), now=began)
    open_plan(stage.session, otto, now=began)
    version = stage.settings.site.consent_version
    record_yes(stage.session, otto, by=otto, text_version=version, now=began)
    return str(otto)


def _find_handed(session: Session) -> str | None:
    return next(iter(map(str, list_open_handovers(session, [person_id(YOUNG.slug)]))), None)


def _make_handed(stage: StateContext) -> str:
    """Emil's brother goes over to Line in a week."""
    otto, omar = person_id(YOUNG.slug), person_id("omar")
    if not _find_person(stage.session, YOUNG.slug):
        _make_young(stage)
    stage.session.flush()
    subject, _citizen = find_subject(stage.session, otto, omar, now=stage.now) or (Subject(otto), None)
    on = danish_day(stage.now) + timedelta(days=7)
    wanted = HandoverInput(
        omar, person_id("line"), on, "Jeg skal passe noget andet. Line ved, hvad I har aftalt."
    )
    hand_over(stage.session, [subject], wanted, by=omar, now=stage.now)
    return str(otto)


def _find_filtered(session: Session) -> str | None:
    return "kaja" if find_filter(session, person_id("kaja")).is_on else None


def _make_filtered(stage: StateContext) -> str:
    """Kaja wants to see those who need an interpreter, and helps nobody who does."""
    if not _find_person(stage.session, "tobias"):
        _make_empty(stage)
    keep_filter(stage.session, person_id("kaja"), interpreter=True)
    return "kaja"


def _find_acting(session: Session) -> str | None:
    wanted = select(Representation.id).where(
        Representation.citizen_id == person_id("tobias"), col(Representation.ended_at).is_(None)
    )
    found = session.exec(wanted).first()
    return str(found) if found else None


def _make_acting(stage: StateContext) -> str:
    """Tobias has given Vibeke a power of attorney. He is there, or made first."""
    if _find_person(stage.session, "tobias") is None:
        _make_empty(stage)
    given, since = RepresentationKind.POWER_OF_ATTORNEY, danish_day(stage.now - LONG_AGO)
    may = [ActingScope.PLAN, ActingScope.WRITE, ActingScope.MEETINGS, ActingScope.MESSAGES]
    tobias, vibeke = person_id("tobias"), person_id("vibeke")
    return str(add_acting(stage.session, tobias, vibeke, given, may, since=since).id)


def _add_people(stage: StateContext, people: tuple[CastMember, ...]) -> None:
    began = stage.now - LONG_AGO
    municipality_id = stage.session.get_one(Person, person_id("anna")).municipality_id
    for one in people:
        stage.session.add(
            Person(
                id=person_id(one.slug),
                municipality_id=municipality_id,
                name=one.name,
                sort_key=danish_key(one.name),
                slug=one.slug,
                created_at=began,
                **dict(one.more or {}),
            )
        )
    stage.session.flush()
    add_name_words(stage.session, {person_id(one.slug): one.name for one in people})
    stage.session.add_all(
        PersonRole(person_id=person_id(one.slug), role=one.role, starts_at=began) for one in people
    )
    stage.session.flush()


def _invite(stage: StateContext) -> str:
    made = make_invitation(
        stage.session, stage.settings.secret_key, person_id("ny"), by=person_id("line"), now=stage.now
    )
    return made.link_secret


def _find_wished(session: Session) -> str | None:
    said = list_wishes(session, person_id("anna"))
    return str(said[0].id) if said else None


def _make_wished(stage: StateContext) -> str:
    """Anna's wishes: each Tuesday, late in the day, and the day of a meeting she has."""
    anna = person_id("anna")
    met_on = danish_day(read_meeting(stage.session, meeting_id("anna-i-dag")).starts_at)
    tuesdays = TimeRule(weekday=1, from_time=time(8), until_time=time(12))
    late = TimeRule(from_time=time(14), until_time=time(0))
    that_day = TimeRule(starts_on=met_on, ends_on=met_on)
    for rule, kind, hard in (
        (tuesdays, WishKind.TREATMENT, True),
        (late, WishKind.OTHER, False),
        (that_day, WishKind.OTHER, True),
    ):
        add_wish(stage.session, anna, rule, kind, hard=hard, now=stage.now)
    limits = {"part_of_day": PartOfDay.MORNING, "companion": "Min søster"}
    change_limits(stage.session, anna, limits, now=stage.now)
    return str(anna)


ROWS = (
    ADMINISTRATION_ROWS
    | APPROVAL_ROWS
    | CALENDAR_ROWS
    | MEETING_ROWS
    | PROPOSAL_ROWS
    | QUEUED_ROWS
    | MESSAGE_ROWS
    | STEP_ROWS
    | {
        "wished": StateRows(_find_wished, _make_wished),
        "long_kept": StateRows(
            lambda session: _find_words(session, LONG_DRAFT, EntryState.DRAFT),
            lambda stage: str(_write(stage, LONG_DRAFT, EntryKind.DREAM)),
        ),
        "long_waiting": StateRows(
            lambda session: _find_words(session, LONG_SHARED, EntryState.SHARED),
            lambda stage: _share(stage, _write(stage, LONG_SHARED, EntryKind.DREAM)),
        ),
        "late": StateRows(_find_late, _make_late),
        "taken": StateRows(
            lambda session: _find_words(session, TAKEN_WORDS, EntryState.IN_PLAN), _make_taken
        ),
        "empty": StateRows(lambda session: _find_person(session, "tobias"), _make_empty),
        "limited": StateRows(find_limited, _make_limited),
        "said_no": StateRows(_find_said_no, _make_said_no),
        "young": StateRows(lambda session: _find_person(session, YOUNG.slug), _make_young),
        "handed": StateRows(_find_handed, _make_handed),
        "filtered": StateRows(_find_filtered, _make_filtered),
        "acting": StateRows(_find_acting, _make_acting),
        "leads": StateRows(lambda session: _find_person(session, LEADS.slug), _make_leader),
        "invited": StateRows(
            lambda _session: None, _invite
        ),  # each time a new one: its secret is kept nowhere
    }
)
