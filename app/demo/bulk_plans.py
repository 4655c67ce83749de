"""What stands in the plans of a large made-up municipality: dreams, goals, steps, promises, answers."""

from datetime import datetime, timedelta
from uuid import UUID

from app.assessments.models import Assessment, AssessmentAnswer, AssessmentReading
from app.assessments.question_sets import SHIPPED
from app.assessments.rules import AnswerKind, Visibility
from app.dates.local_time import danish_day
from app.demo.bulk_batch import BulkCitizen, BulkSeeder, made_id
from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.goals.models import Goal, GoalResponse, Promise, Step
from app.goals.rules import Agreement
from app.plan.models import PlanRevision

DREAM = "At have det godt derhjemme og overskud til børnene, som jeg havde engang."
GOALS = ("Jeg vil sove om natten.", "Jeg vil finde et arbejde, jeg kan holde til.", "Jeg vil ud af min gæld.")
STEPS = ("Ring til lægen.", "Find papirerne fra banken.", "Gå en tur hver morgen.", "Skriv en ansøgning.")
PROMISES = ("Jeg spørger boligselskabet.", "Jeg finder ud af, om du kan få støtte.")
REVISIONS = 6  # of each plan
HALF, UNANSWERED, KEPT, READ = 0.5, 0.2, 0.8, 0.9  # how many of those that can


def add_plan_content(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    """Add a citizen's dream, goals, steps and promises, a draft, and what waits for an answer."""
    dream = _add_entry(seeder, citizen, EntryKind.DREAM, DREAM, citizen.id)
    for words in GOALS:
        _add_goal(seeder, citizen, words, dream)
    for words in PROMISES:
        _add_promise(seeder, citizen, words)
    _add_unanswered(seeder, citizen)
    dice = citizen.dice
    for number in range(1, REVISIONS + 1):
        at = citizen.began + (seeder.now - citizen.began) * dice.random()
        plan, what = citizen.plan_id, "entry_approved"
        seeder.batch.add(PlanRevision, id=made_id(dice), plan_id=plan, number=number, at=at, what=what)


def _add_goal(seeder: BulkSeeder, citizen: BulkCitizen, words: str, dream: UUID) -> None:
    dice, batch = citizen.dice, seeder.batch
    member, area = dice.choice(citizen.caseload.team)
    author = citizen.id if dice.random() < HALF else member
    goal = _add_entry(seeder, citizen, EntryKind.GOAL, words, author)
    batch.add(Goal, entry_id=goal, area_id=area, dream_id=dream, because="Så får jeg mere overskud.")
    answer = dice.choices(tuple(Agreement), (8, 1, 1, 1))[0]
    at = seeder.now - timedelta(days=dice.randint(0, 30))
    batch.add(GoalResponse, id=made_id(dice), goal_id=goal, person_id=citizen.id, answer=answer, at=at)
    for words_of_step in dice.sample(STEPS, 2):
        doer = dice.choice((citizen.id, citizen.contact_id, member))
        step = _add_entry(seeder, citizen, EntryKind.STEP, words_of_step, author)
        done = at if dice.random() < HALF else None
        due = seeder.today + timedelta(days=dice.randint(-20, 60))
        row = {"entry_id": step, "goal_id": goal, "doer_id": doer, "due_on": due}
        batch.add(Step, **row, done_at=done, done_by=doer if done else None)


def _add_entry(seeder: BulkSeeder, citizen: BulkCitizen, kind: EntryKind, words: str, author: UUID) -> UUID:
    """Add what has been shared and approved long ago."""
    at = citizen.began + (seeder.now - citizen.began) * (citizen.dice.random() / 2)
    answered = {"approved_version": 1, "answered_at": at, "answered_by": citizen.contact_id}
    more = {"state": EntryState.IN_PLAN, "shared_version": 1, "shared_at": at, **answered}
    entry_id = _add_words(seeder, citizen, kind, words, author=author, at=at, **more)
    for what, actor in ((EntryEventKind.SHARED, author), (EntryEventKind.APPROVED, citizen.contact_id)):
        _add_event(seeder, citizen, entry_id, what, actor, at)
    return entry_id


def _add_unanswered(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    """Add a draft, and with a few citizens something that the contact person has not answered."""
    dice, dream = citizen.dice, EntryKind.DREAM
    at = seeder.now - timedelta(days=dice.randint(0, 9))
    _add_words(seeder, citizen, dream, "Noget, jeg tænker over.", author=citizen.id, at=at)
    if dice.random() >= UNANSWERED:
        return
    until = seeder.site.workdays.answer_by(danish_day(at))
    more = {"state": EntryState.SHARED, "shared_version": 1, "shared_at": at, "answer_by": until}
    words = "Jeg vil gerne have en have."
    entry_id = _add_words(seeder, citizen, dream, words, author=citizen.id, at=at, **more)
    _add_event(seeder, citizen, entry_id, EntryEventKind.SHARED, citizen.id, at)


def _add_words(
    seeder: BulkSeeder,
    citizen: BulkCitizen,
    kind: EntryKind,
    words: str,
    *,
    author: UUID,
    at: datetime,
    **more: object,
) -> UUID:
    entry_id, by = made_id(citizen.dice), {"author_id": author, "written_at": at}
    seeder.batch.add(Entry, id=entry_id, plan_id=citizen.plan_id, kind=kind, **by, **more)
    seeder.batch.add(EntryVersion, entry_id=entry_id, number=1, words=words, **by)
    _add_event(seeder, citizen, entry_id, EntryEventKind.WRITTEN, author, at)
    return entry_id


def _add_event(
    seeder: BulkSeeder, citizen: BulkCitizen, entry_id: UUID, what: EntryEventKind, actor: UUID, at: datetime
) -> None:
    event_id = made_id(citizen.dice)
    seeder.batch.add(EntryEvent, id=event_id, entry_id=entry_id, version=1, what=what, at=at, actor_id=actor)


def _add_promise(seeder: BulkSeeder, citizen: BulkCitizen, words: str) -> None:
    dice = citizen.dice
    made = seeder.now - timedelta(days=dice.randint(1, 40))
    kept = seeder.now if dice.random() < KEPT else None
    by = dice.choice((citizen.contact_id, dice.choice(citizen.caseload.team)[0]))
    due = danish_day(made) + timedelta(days=30)
    plan, promise = citizen.plan_id, made_id(dice)
    seeder.batch.add(
        Promise, id=promise, plan_id=plan, words=words, by_id=by, made_at=made, due_on=due, kept_at=kept
    )


def add_answers(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    """Add how it went twice: once private, once shown to the contact person, who has mostly read it."""
    dice, batch, contact = citizen.dice, seeder.batch, citizen.contact_id
    for state in Visibility:
        at = seeder.now - timedelta(days=dice.randint(1, 60))
        new_id, own = made_id(dice), {"citizen_id": citizen.id, "given_at": at}
        shown = {"shown_to": contact, "shown_at": at} if state is Visibility.SHARED else {}
        batch.add(Assessment, id=new_id, **own, state=state, **shown)
        question = SHIPPED.question_id(dice.choice(SHIPPED.questions).topic)
        given = {"kind": AnswerKind.GIVEN, "value": dice.randint(1, 5)}
        batch.add(AssessmentAnswer, assessment_id=new_id, question_id=question, **given)
        if shown and dice.random() < READ:
            read = {"contact_id": contact, "read_by": contact, "read_at": seeder.now}
            batch.add(AssessmentReading, assessment_id=new_id, **read)
