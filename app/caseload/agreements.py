"""What was agreed at a meeting becomes a step or a promise in the plan, with one tap. No commits here.

A step is an entry like any other: whoever wrote it down shares it, and the contact person takes it in.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.config import Site
from app.entries.news import ENTRY_SHARED
from app.entries.rules import EntryKind
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.review import approve_entry
from app.goals.rules import NotOpen
from app.goals.service import make_promise, set_step_details
from app.minutes.models import MeetingAgreement, MeetingMinutes
from app.minutes.rules import AgreementKind
from app.minutes.service import lock_agreement, mark_in_plan
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.plan.rules import PlanState
from app.plan.service import find_plan


def add_agreement_to_plan(  # noqa: PLR0913 — whose, which, and the municipality's calendar
    session: Session,
    citizen_id: UUID,
    meeting_id: UUID,
    agreement_id: UUID,
    *,
    by: UUID,
    now: datetime,
    site: Site,
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
    plan = find_plan(session, citizen_id)
    if plan is None or plan.state is not PlanState.ACTIVE:
        raise NotOpen
    if agreement.kind is AgreementKind.PROMISE:
        placed_id = _promise(session, plan.id, agreement, minutes, now=now)
    else:
        author = minutes.author_id
        placed_id = write_entry(session, citizen_id, EntryKind.STEP, agreement.words, by=author, now=now).id
        share_entry(
            session,
            citizen_id,
            placed_id,
            by=author,
            now=now,
            closing_days=site.closing_days,
            working_days=site.answer_working_days,
        )
        _take_in(session, citizen_id, placed_id, agreement, by=by, now=now)
    mark_in_plan(minutes, agreement, placed_id)
    add_notice(
        session,
        citizen_id,
        NoticeContent(ENTRY_SHARED, citizen_id, by=by, about=placed_id),
        now=now,
    )
    return True


def _promise(
    session: Session, plan_id: UUID, agreement: MeetingAgreement, minutes: MeetingMinutes, *, now: datetime
) -> UUID:
    if agreement.due_on is None:
        raise ValueError("a promise has a day: the database sees to it")
    promised_by = agreement.doer_id or minutes.author_id
    return make_promise(
        session, plan_id, agreement.words, by=promised_by, due_on=agreement.due_on, now=now
    ).id


def _take_in(
    session: Session,
    citizen_id: UUID,
    entry_id: UUID,
    agreement: MeetingAgreement,
    *,
    by: UUID,
    now: datetime,
) -> None:
    """Take the step in: nobody is asked for an answer that is given in the same moment."""
    approve_entry(session, citizen_id, entry_id, version=1, by=by, now=now)
    set_step_details(session, entry_id, doer_id=agreement.doer_id, due_on=agreement.due_on)
    withdraw_notice(session, ENTRY_SHARED, entry_id)
