"""The lives of steps and promises in Bent's plan: what waits, is dropped, changed, withdrawn, or left."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, select

from app.dates.local_time import danish_day
from app.demo.cast import person_id
from app.demo.states import StateContext, StateRows
from app.entries.models import EntryVersion
from app.goals.placing import place_promise, place_step
from app.goals.promises import change_promise, withdraw_promise
from app.goals.rules import NewWork, StepState
from app.goals.step_changes import halt_step

WAITS, DROPPED, LEFT = "Gå en tur hver tirsdag", "Købe en lampe til trappen", "Ringe til din kusine"
CHANGED, WITHDRAWN = "Du får hjælp til at rydde op i kælderen.", "Du får en ny postkasse."
LATER, LAST = timedelta(days=9), timedelta(days=20)


def _find(session: Session) -> str | None:
    found = session.exec(select(EntryVersion.entry_id).where(EntryVersion.words == WAITS)).first()
    return str(found) if found else None


def _make(stage: StateContext) -> str:
    """Let Line write three steps and two promises; Ali, who was to do one, does not help Bent any more."""
    session, bent, line, now = stage.session, person_id("bent"), person_id("line"), stage.now
    day = danish_day(now + LATER)

    def step(words: str, who: UUID) -> UUID:
        new, workdays = NewWork(words, who, day), stage.settings.site.workdays
        return place_step(session, bent, new, author=line, by=line, now=now, workdays=workdays)

    waits, dropped = step(WAITS, bent), step(DROPPED, line)
    step(LEFT, person_id("ali"))
    why = "Du skal være rask først."
    halt_step(session, bent, waits, StepState.BLOCKED, why, by=line, now=now)
    halt_step(session, bent, dropped, StepState.DROPPED, "Naboen har givet dig en.", by=line, now=now)
    changed = place_promise(session, bent, NewWork(CHANGED, line, day), by=line, now=now)
    later, why = danish_day(now + LAST), "Den, der hjælper, har ferie."
    change_promise(session, bent, changed, CHANGED, later, why, by=line, now=now)
    withdrawn = place_promise(session, bent, NewWork(WITHDRAWN, line, day), by=line, now=now)
    withdraw_promise(session, bent, withdrawn, "Kommunen betaler ikke for postkasser.", by=line, now=now)
    return str(waits)


STEP_ROWS = {"halted": StateRows(_find, _make)}
