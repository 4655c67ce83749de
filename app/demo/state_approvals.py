"""What Line has just approved, or long ago; and a step that Anna proposes under a goal she disagrees with."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.demo.cast import person_id
from app.demo.states import StateContext, StateRows
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.review import approve_entry
from app.goals.models import GoalResponse
from app.goals.rules import Agreement
from app.goals.service import set_step_details
from app.plan.models import Plan

JUST_APPROVED = "Jeg vil gerne have et nøgleskab ved døren."
LONG_APPROVED = "Jeg vil gerne vide, hvem der kommer."
UNDER_A_GOAL = "Jeg prøver ti timer om ugen først."
AN_HOUR = timedelta(hours=1)


def _find_words(session: Session, words: str) -> UUID | None:
    return session.exec(select(EntryVersion.entry_id).where(EntryVersion.words == words)).first()


def _proposed(stage: StateContext, words: str) -> UUID:
    """Return a step that Anna shared an hour ago, and let it wait for an answer."""
    anna, ago = person_id("anna"), stage.now - AN_HOUR
    known = _find_words(stage.session, words)
    if known is not None:
        return known
    entry_id = write_entry(stage.session, anna, EntryKind.STEP, words, by=anna, now=ago).id
    share_entry(stage.session, anna, entry_id, by=anna, now=ago, workdays=stage.settings.site.workdays)
    return entry_id


def _approve(stage: StateContext, words: str, ago: timedelta = timedelta()) -> str:
    entry_id, line, now = _proposed(stage, words), person_id("line"), stage.now - ago
    approve_entry(stage.session, person_id("anna"), entry_id, version=1, by=line, now=now)
    # It can be undone for ten minutes only: of one that is there already, those begin again.
    stage.session.get_one(Entry, entry_id).answered_at = now
    return str(entry_id)


def _find_long_approved(session: Session) -> str | None:
    found = _find_words(session, LONG_APPROVED)
    return str(found) if found else None


def _find_under_a_goal(session: Session) -> str | None:
    found = _find_words(session, UNDER_A_GOAL)
    waits = found is not None and session.get_one(Entry, found).state is EntryState.SHARED
    return str(found) if waits else None


def _make_under_a_goal(stage: StateContext) -> str:
    disagreed = (
        select(GoalResponse.goal_id)
        .join(Entry, col(Entry.id) == GoalResponse.goal_id)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .where(Plan.citizen_id == person_id("anna"), GoalResponse.answer == Agreement.DISAGREE)
    )
    entry_id = _proposed(stage, UNDER_A_GOAL)
    goal_id = stage.session.exec(disagreed.limit(1)).first()
    set_step_details(stage.session, entry_id, goal_id=goal_id, doer_id=person_id("anna"))
    return str(entry_id)


APPROVAL_ROWS = {
    "just_approved": StateRows(lambda _session: None, lambda stage: _approve(stage, JUST_APPROVED)),
    "long_approved": StateRows(_find_long_approved, lambda stage: _approve(stage, LONG_APPROVED, AN_HOUR)),
    "under_a_goal": StateRows(_find_under_a_goal, _make_under_a_goal),
}
