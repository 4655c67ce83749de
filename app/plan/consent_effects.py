"""What a yes or a no does to the plan: it becomes active, or it closes; the record stays."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.consent import service as consent
from app.dates.local_time import danish_day
from app.notifications.rules import NoticeContent, NoticeKind
from app.notifications.service import add_notice
from app.plan.models import Plan
from app.plan.news import CONSENT_GIVEN, CONSENT_REVOKED, OTHER_YES_GIVEN, OTHER_YES_REVOKED
from app.plan.rules import PlanState
from app.plan.service import find_contact, find_plan, lock_citizen, open_plan, record_revision


def record_yes(session: Session, citizen_id: UUID, *, by: UUID, text_version: str, now: datetime) -> Plan:
    """Write down a yes; the plan becomes active once all who must have said it. A closed plan opens again."""
    lock_citizen(session, citizen_id)
    given = consent.give_consent(session, citizen_id, by=by, text_version=text_version, now=now)
    plan = (
        find_plan(session, citizen_id)
        or _reopened(session, citizen_id)
        or open_plan(session, citizen_id, now=now)
    )
    if plan.state != PlanState.ACTIVE and consent.has_consent(session, citizen_id, today=danish_day(now)):
        plan.state, plan.consent_id, plan.closed_at = PlanState.ACTIVE, given.id, None
        record_revision(session, plan.id, CONSENT_GIVEN.revision, by=by, now=now)
        _notify_contact(session, citizen_id, CONSENT_GIVEN, by=by, now=now)
    if by != citizen_id and given.given_at == now:
        add_notice(session, citizen_id, NoticeContent(OTHER_YES_GIVEN, citizen_id, by=by), now=now)
    return plan


def withdraw_yes(session: Session, citizen_id: UUID, *, by: UUID, now: datetime) -> None:
    """Take back a yes: the plan closes at once, and the contact person is told. Twice changes nothing.

    It stays open when those who still say yes are enough: of two who have custody one is.
    """
    lock_citizen(session, citizen_id)
    plan = find_plan(session, citizen_id)
    if not consent.revoke_consent(session, citizen_id, by=by, now=now):
        return
    if by != citizen_id:
        add_notice(session, citizen_id, NoticeContent(OTHER_YES_REVOKED, citizen_id, by=by), now=now)
    enough = consent.has_consent(session, citizen_id, today=danish_day(now))
    if plan is not None and plan.state is PlanState.ACTIVE and not enough:
        record_revision(session, plan.id, CONSENT_REVOKED.revision, by=by, now=now)
        plan.state, plan.closed_at = PlanState.CLOSED, now
        _notify_contact(session, citizen_id, CONSENT_REVOKED, by=by, now=now)


def _reopened(session: Session, citizen_id: UUID) -> Plan | None:
    """Return the plan that was closed last, to be opened again: nobody starts over."""
    wanted = select(Plan).where(Plan.citizen_id == citizen_id).order_by(col(Plan.opened_at).desc())
    return session.exec(wanted).first()


def _notify_contact(session: Session, citizen_id: UUID, kind: NoticeKind, *, by: UUID, now: datetime) -> None:
    contact = find_contact(session, citizen_id)
    if contact is not None:
        add_notice(session, contact.id, NoticeContent(kind, citizen_id, by=by), now=now)
