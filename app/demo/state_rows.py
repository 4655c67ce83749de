"""The rows some states need. Found if they are there, else made by the same verbs as everywhere else."""

from datetime import time, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.availability.rules import PartOfDay, TimeRule, WishKind
from app.availability.service import add_wish, change_limits, list_wishes
from app.calendar.queries import get_shown_meeting
from app.demo.cast import CastMember, person_id
from app.demo.meeting_stories import meeting_id
from app.demo.state_calendars import CALENDAR_ROWS
from app.demo.state_meetings import MEETING_ROWS
from app.demo.states import StateContext, StateRows
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.escalation import mark_late
from app.entries.service.review import approve_entry
from app.i18n import danish_key
from app.identity.invitations import make_invitation
from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.plan.consent_effects import record_yes
from app.plan.models import Plan
from app.plan.service import assign_contact, open_plan

# Two who are made when somebody asks for them, so that all of their pages are empty after a yes.
EXTRA = (
    CastMember("tobias", "Tobias Juul", Role.CITIZEN, "Borger med et ja og en tom plan"),
    CastMember("kaja", "Kaja Birk", Role.CONTACT, "Kontaktperson for Tobias", None, {"title": "Koordinator"}),
)

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
    anna, site = person_id("anna"), stage.settings.site
    share_entry(
        stage.session,
        anna,
        entry_id,
        by=anna,
        now=stage.now - ago,
        closing_days=site.closing_days,
        working_days=site.answer_working_days,
    )
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
    shared = _share(stage, _write(stage, LATE_WORDS, EntryKind.OTHER, ago=LONG_AGO), ago=LONG_AGO)
    mark_late(stage.session, now=stage.now)
    return shared


def _make_taken(stage: StateContext) -> str:
    """An entry that Omar has taken into the plan while Line was looking at it."""
    entry_id = _write(stage, TAKEN_WORDS, EntryKind.OTHER)
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


def _find_empty(session: Session) -> str | None:
    found = session.get(Person, person_id("tobias"))
    return str(found.id) if found else None


def _make_empty(stage: StateContext) -> str:
    began = stage.now - LONG_AGO
    municipality_id = stage.session.get_one(Person, person_id("anna")).municipality_id
    for one in EXTRA:
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
    stage.session.add_all(
        PersonRole(person_id=person_id(one.slug), role=one.role, starts_at=began) for one in EXTRA
    )
    stage.session.flush()
    tobias = person_id("tobias")
    assign_contact(stage.session, tobias, person_id("kaja"), now=began)
    open_plan(stage.session, tobias, now=began)
    version = stage.settings.site.consent_version
    record_yes(stage.session, tobias, by=tobias, text_version=version, now=began)
    return str(tobias)


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
    met = get_shown_meeting(stage.session, anna, meeting_id("anna-i-dag"), now=stage.now)
    tuesdays = TimeRule(weekday=1, from_time=time(8), until_time=time(12))
    late = TimeRule(from_time=time(14), until_time=time(0))
    that_day = TimeRule(starts_on=met.day, ends_on=met.day)
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
    CALENDAR_ROWS
    | MEETING_ROWS
    | {
        "wished": StateRows(_find_wished, _make_wished),
        "long_kept": StateRows(
            lambda session: _find_words(session, LONG_DRAFT, EntryState.DRAFT),
            lambda stage: str(_write(stage, LONG_DRAFT, EntryKind.OTHER)),
        ),
        "long_waiting": StateRows(
            lambda session: _find_words(session, LONG_SHARED, EntryState.SHARED),
            lambda stage: _share(stage, _write(stage, LONG_SHARED, EntryKind.DREAM)),
        ),
        "late": StateRows(_find_late, _make_late),
        "taken": StateRows(
            lambda session: _find_words(session, TAKEN_WORDS, EntryState.IN_PLAN), _make_taken
        ),
        "empty": StateRows(_find_empty, _make_empty),
        "invited": StateRows(
            lambda _session: None, _invite
        ),  # each time a new one: its secret is kept nowhere
    }
)
