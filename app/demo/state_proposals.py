"""The rows that the states of a proposed step need: one waits for Line, one she would rather talk about."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session, select

from app.demo.cast import person_id
from app.demo.states import StateContext, StateRows
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryState
from app.entries.service.review import talk_about_entry
from app.goals.proposals import propose_step
from app.goals.rules import NewWork

WAITS, TALK = "Prøve at gå til kaffe i fælleshuset", "Ringe til kusinen og invitere hende på kaffe"


def _find(words: str, state: EntryState) -> Callable[[Session], str | None]:
    wanted = select(Entry.id).join(EntryVersion).where(EntryVersion.words == words, Entry.state == state)

    def find(session: Session) -> str | None:
        found = session.exec(wanted).first()
        return str(found) if found else None

    return find


def _propose(stage: StateContext, words: str) -> UUID:
    """Let Thea propose a step for Bent."""
    new, workdays = NewWork(words, person_id("bent"), None), stage.settings.site.workdays
    bent, thea = person_id("bent"), person_id("thea")
    return propose_step(stage.session, bent, new, by=thea, now=stage.now, workdays=workdays)


def _make_waiting(stage: StateContext) -> str:
    return str(_propose(stage, WAITS))


def _make_talk(stage: StateContext) -> str:
    made, reply = _propose(stage, TALK), "Lad os høre, om hun kan lide at få gæster."
    bent, line = person_id("bent"), person_id("line")
    talk_about_entry(stage.session, bent, made, reply, version=1, by=line, now=stage.now)
    return str(made)


PROPOSAL_ROWS = {
    "proposed_waits": StateRows(_find(WAITS, EntryState.SHARED), _make_waiting),
    "proposed_step": StateRows(_find(TALK, EntryState.TALK), _make_talk),
}
