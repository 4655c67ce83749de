"""Lays the demo's stories around the moment it starts: entries with all that happened, promises, meetings."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session, SQLModel

from app.config import Site
from app.dates.local_time import DANISH_TIME, danish_day
from app.demo.anna_story import ANNA
from app.demo.cast import CONTACTS
from app.demo.other_stories import STORIES
from app.demo.seed_assessments import seed_assessments
from app.demo.seed_meetings import seed_meetings
from app.demo.seed_messages import seed_messages
from app.demo.seed_minutes import seed_minutes
from app.demo.seed_reminders import seed_reminders
from app.demo.story import CitizenStory, StoryEntry, StoryPromise
from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.news import ENTRY_APPROVED, ENTRY_LATE, ENTRY_SHARED, ENTRY_TALK
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.goals.models import Goal, GoalResponse, Promise, Step
from app.identity.models import Person
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind
from app.plan.models import Absence, Cover, LifeArea, Plan, PlanRevision
from app.plan.service import get_plan, list_areas

WRITTEN_AT, SHARED_AT, ANSWERED_AT = time(9, 10), time(9, 40), time(13, 20)
LATE_AT = time(6, 5)  # when the worker looks in the morning
NEWER_DAYS_AGO = 1


@dataclass(slots=True)
class StorySeeder:
    """One citizen's plan while its story is laid."""

    plan: Plan
    people: dict[str, Person]
    areas: list[LifeArea]
    site: Site
    now: datetime
    citizen: str
    rows: list[SQLModel] = field(default_factory=list)
    changes: list[tuple[datetime, str, UUID | None]] = field(default_factory=list)

    @property
    def contact(self) -> UUID:
        return self.id(CONTACTS[self.citizen])

    def id(self, slug: str) -> UUID:
        return self.people[slug].id

    def day(self, ahead: int) -> date:
        return danish_day(self.now) + timedelta(days=ahead)

    def at(self, days_ago: int, wall: time) -> datetime:
        """Return that time of day so many days ago; today it is a little while ago instead."""
        moment = datetime.combine(self.day(-days_ago), wall, DANISH_TIME)
        return min(moment, self.now - timedelta(minutes=20))

    def happened(self, moment: datetime, what: str, by: UUID | None) -> None:
        """Note a change that readers of the plan can see."""
        self.changes.append((moment, what, by))


def entry_id(key: str) -> UUID:
    """Return the id a demo entry always has, so that addresses survive a reset."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:entry:{key}")


def promise_id(key: str) -> UUID:
    """Return the id a demo promise always has."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:promise:{key}")


def seed_demo(session: Session, people: dict[str, Person], site: Site, *, now: datetime) -> None:
    """Tell every story around `now`, in the caller's transaction."""
    areas = list(list_areas(session, people["anna"].municipality_id))
    for story in (ANNA, *STORIES):
        plan = get_plan(session, people[story.citizen].id)
        seeder = StorySeeder(plan, people, areas, site, now, story.citizen)
        _add_notices(seeder, story)
        _add_in_order(session, seeder.rows)
        _number(session, seeder)
    seed_meetings(session, people, site, now=now)
    seed_minutes(session, people, {"anna-brev": entry_id("anna-brev")}, now=now)
    seed_assessments(session, people, now=now)
    seed_messages(session, people, site, now=now)
    seed_reminders(session, now=now)
    session.add(
        Absence(
            person_id=people["line"].id,
            substitute_id=people["omar"].id,
            starts_at=datetime.combine(danish_day(now) + timedelta(days=17), time(0), DANISH_TIME),
            ends_at=datetime.combine(danish_day(now) + timedelta(days=24), time(0), DANISH_TIME),
        )
    )
    session.flush()


def _add_in_order(session: Session, rows: list[SQLModel]) -> None:
    """Write rows table by table, so that each finds what it points at."""
    place = {table.name: number for number, table in enumerate(SQLModel.metadata.sorted_tables)}
    for _name, group in groupby(sorted(rows, key=lambda row: place[_table_of(row)]), _table_of):
        session.add_all(group)
        session.flush()


def _table_of(row: SQLModel) -> str:
    return str(row.__tablename__)


def _add_notices(seeder: StorySeeder, story: CitizenStory) -> None:
    for written in story.entries:
        _seed_entry(seeder, written)
        if written.kind is EntryKind.GOAL:
            _seed_goal(seeder, written)
        elif written.kind is EntryKind.STEP:
            _seed_step(seeder, written)
    for promised in story.promises:
        _seed_promise(seeder, promised)


def _number(session: Session, seeder: StorySeeder) -> None:
    """Give the changes their revision numbers, in the order they happened."""
    for at, what, by in sorted(seeder.changes, key=lambda change: change[0]):
        seeder.plan.revision += 1
        number = seeder.plan.revision
        session.add(PlanRevision(plan_id=seeder.plan.id, number=number, at=at, actor_id=by, what=what))
    session.flush()


def _seed_entry(seeder: StorySeeder, written: StoryEntry) -> None:
    author = seeder.id(written.by or seeder.citizen)
    entry = Entry(
        id=entry_id(written.key),
        plan_id=seeder.plan.id,
        author_id=author,
        kind=written.kind,
        state=written.state,
        written_at=seeder.at(written.written, WRITTEN_AT),
    )
    seeder.rows += [entry, _version(entry, 1, written.words, entry.written_at)]
    _event(seeder, entry, EntryEventKind.WRITTEN, entry.written_at, author)
    if written.shared is not None:
        _share(seeder, entry, seeder.at(written.shared, SHARED_AT))
    if written.answered is not None:
        _answer(seeder, entry, seeder.at(written.answered, ANSWERED_AT), written.reply)
    if written.newer is not None:
        entry.version, entry.written_at = 2, seeder.at(NEWER_DAYS_AGO, WRITTEN_AT)
        seeder.rows.append(_version(entry, 2, written.newer, entry.written_at))
        _event(seeder, entry, EntryEventKind.WRITTEN, entry.written_at, author)
        _share(seeder, entry, seeder.at(NEWER_DAYS_AGO, SHARED_AT))
    if written.late:
        _be_late(seeder, entry)


def _version(entry: Entry, number: int, words: str, at: datetime) -> EntryVersion:
    return EntryVersion(
        entry_id=entry.id, number=number, words=words, written_at=at, author_id=entry.author_id
    )


def _event(
    seeder: StorySeeder,
    entry: Entry,
    what: EntryEventKind,
    at: datetime,
    by: UUID | None,
    words: str | None = None,
) -> None:
    event = EntryEvent(entry_id=entry.id, version=entry.version, what=what, at=at, actor_id=by, words=words)
    seeder.rows.append(event)
    if what is not EntryEventKind.WRITTEN:
        seeder.happened(at, f"entry_{what}", by)


def _share(seeder: StorySeeder, entry: Entry, at: datetime) -> None:
    entry.shared_version, entry.shared_at = entry.version, at
    entry.answer_by = seeder.site.workdays.answer_by(danish_day(at))
    _event(seeder, entry, EntryEventKind.SHARED, at, entry.author_id)
    if entry.state is EntryState.SHARED and entry.author_id == seeder.id(seeder.citizen):
        seeder.rows.append(_notice(seeder, seeder.contact, ENTRY_SHARED, entry, at, entry.author_id))


def _answer(seeder: StorySeeder, entry: Entry, at: datetime, reply: str | None) -> None:
    entry.answer_by, entry.answered_at, entry.answered_by = None, at, seeder.contact
    if reply is None:
        entry.approved_version = entry.version
        _event(seeder, entry, EntryEventKind.APPROVED, at, seeder.contact)
        kind = ENTRY_APPROVED
    else:
        entry.reply = reply
        _event(seeder, entry, EntryEventKind.TALK, at, seeder.contact, reply)
        kind = ENTRY_TALK
    if entry.author_id == seeder.id(seeder.citizen):
        seeder.rows.append(_notice(seeder, entry.author_id, kind, entry, at, seeder.contact))


def _be_late(seeder: StorySeeder, entry: Entry) -> None:
    """Nobody answered in time: the worker set a dated event, told both, and let the substitute in."""
    if entry.answer_by is None:
        raise ValueError("only what waits for an answer can be late")
    at = datetime.combine(entry.answer_by + timedelta(days=1), LATE_AT, DANISH_TIME)
    entry.late_at = at
    _event(seeder, entry, EntryEventKind.LATE, at, None)
    substitute = seeder.people[CONTACTS[seeder.citizen]].substitute_id
    told = [entry.author_id, seeder.contact]
    if substitute is not None:
        citizen = seeder.id(seeder.citizen)
        seeder.rows.append(
            Cover(citizen_id=citizen, substitute_id=substitute, about_id=entry.id, starts_at=at)
        )
        told.append(substitute)
    seeder.rows += [_notice(seeder, one, ENTRY_LATE, entry, at, None) for one in told]


def _notice(
    seeder: StorySeeder, to: UUID, kind: NoticeKind, entry: Entry, at: datetime, by: UUID | None
) -> Notice:
    """Return a notice; what is older than two weeks has been seen."""
    seen = at + timedelta(hours=3) if seeder.now - at > timedelta(days=14) else None
    return Notice(
        person_id=to,
        citizen_id=seeder.id(seeder.citizen),
        kind=kind.name,
        actor_id=by,
        about_id=entry.id,
        at=at,
        seen_at=seen,
    )


def _seed_goal(seeder: StorySeeder, written: StoryEntry) -> None:
    citizen = seeder.id(seeder.citizen)
    seeder.rows.append(
        Goal(
            entry_id=entry_id(written.key),
            area_id=None if written.area is None else seeder.areas[written.area].id,
            dream_id=entry_id(written.dream) if written.dream else None,
            because=written.because,
        )
    )
    for said in written.said:
        at = seeder.at(said.days_ago, ANSWERED_AT)
        seeder.rows.append(
            GoalResponse(
                goal_id=entry_id(written.key),
                person_id=citizen,
                answer=said.answer,
                words=said.words,
                at=at,
            )
        )
        seeder.happened(at, "goal_answered", citizen)


def _seed_step(seeder: StorySeeder, written: StoryEntry) -> None:
    doer = seeder.id(written.doer) if written.doer else None
    done_at = None if written.done is None else seeder.at(written.done, ANSWERED_AT)
    seeder.rows.append(
        Step(
            entry_id=entry_id(written.key),
            goal_id=entry_id(written.goal) if written.goal else None,
            doer_id=doer,
            due_on=None if written.due is None else seeder.day(written.due),
            done_at=done_at,
            done_by=None if done_at is None else doer,
        )
    )
    if done_at is not None:
        seeder.happened(done_at, "step_done", doer)


def _seed_promise(seeder: StorySeeder, promised: StoryPromise) -> None:
    by, made_at = seeder.id(promised.by), seeder.at(promised.made, ANSWERED_AT)
    kept_at = None if promised.kept is None else seeder.at(promised.kept, ANSWERED_AT)
    seeder.rows.append(
        Promise(
            id=promise_id(promised.key),
            plan_id=seeder.plan.id,
            words=promised.words,
            by_id=by,
            made_at=made_at,
            due_on=seeder.day(promised.due),
            kept_at=kept_at,
            kept_by=None if kept_at is None else by,
        )
    )
    seeder.happened(made_at, "promise_made", by)
    if kept_at is not None:
        seeder.happened(kept_at, "promise_kept", by)
