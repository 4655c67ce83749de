"""Who reads a plan and what they may do there: all that its cards hang on beside what stands in it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.access.guard import Viewer
from app.access.policy import Action
from app.config import Site
from app.goals.queries import PlanItem, PlanView
from app.plan.rules import PlanState


@dataclass(frozen=True, slots=True)
class ViewContext:
    """Who reads whose plan, on which day, and what they may do there."""

    reader_id: UUID
    citizen_id: UUID
    own: bool  # citizens who read their own: then the words are theirs (du)
    name: str  # the citizen's first name
    url_id: UUID | None  # the id to build addresses with, as in Viewer
    active: bool  # the plan is open
    answers: bool  # may answer what waits
    finishes: bool  # may say that a step is done
    asked: str  # who is to answer what waits
    answering: str  # who does so today
    today: date

    def wrote(self, item: PlanItem) -> bool:
        """Say whether the words are to be told as the reader's own."""
        return self.own and item.author_id == self.reader_id


def view_context_of(viewer: Viewer, plan: PlanView, site: Site, today: date) -> ViewContext:
    """Return how `viewer` sees `plan`; without a contact person the municipality answers."""
    contact, active = plan.contact, plan.state == PlanState.ACTIVE
    return ViewContext(
        reader_id=viewer.actor.person_id,
        citizen_id=viewer.subject.citizen_id,
        own=viewer.own,
        name=viewer.first_name,
        url_id=viewer.url_id,
        active=active,
        answers=viewer.may(Action.ENTRY_ANSWER),
        finishes=active and viewer.may(Action.STEP_FINISH),
        asked=contact.helper.first_name if contact else site.name,
        answering=contact.answering.first_name if contact else site.name,
        today=today,
    )
