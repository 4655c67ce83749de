"""What was agreed at a meeting becomes a step or a promise in the plan, with one tap. No commits here."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.dates.workdays import WorkingCalendar
from app.goals.placing import place_promise, place_step
from app.goals.rules import NewWork
from app.minutes.rules import AgreementKind
from app.minutes.service import lock_agreement, mark_in_plan


def add_agreement_to_plan(  # noqa: PLR0913 — whose, which, by whom and when, and the working days
    session: Session,
    citizen_id: UUID,
    meeting_id: UUID,
    agreement_id: UUID,
    *,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> bool:
    """Take an agreement into the citizen's plan, and tell the citizen; return False if it was there already.

    Raises:
        Missing: nothing is shared of such a meeting of the citizen's.
        AgreementChanged: it has been rewritten since `by` read it.
        NotOpen: the citizen's yes to one plan does not stand.
    """
    minutes, agreement = lock_agreement(session, citizen_id, meeting_id, agreement_id)
    if agreement.placed_id is not None:
        return False
    author = minutes.author_id
    if agreement.kind is AgreementKind.PROMISE:
        promised = NewWork(agreement.words, agreement.doer_id or author, agreement.due_on, agreement.goal_id)
        placed_id = place_promise(session, citizen_id, promised, by=by, now=now)
    else:
        step = NewWork(agreement.words, agreement.doer_id, agreement.due_on, agreement.goal_id)
        placed_id = place_step(session, citizen_id, step, author=author, by=by, now=now, workdays=workdays)
    mark_in_plan(minutes, agreement, placed_id)
    return True
