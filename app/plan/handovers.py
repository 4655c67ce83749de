"""Handing citizens over to another contact person (overdragelse). Callers own the transaction.

Decision: until the day has come the assignment stands as it is, and the database goes on holding exactly one
for each citizen. The worker carries out what is due. Who was contact person is out the same moment, unless
they are on the team. Nothing else moves: what waits, what is promised and by when hangs on the citizen.

Decision: the citizen is told when it is agreed, before it happens, and again when it has.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.access.access_log import write_act
from app.access.policy import Action, Subject, SubjectReader, may
from app.dates.local_time import danish_day
from app.errors import Missing, Refused
from app.identity.models import PersonRole
from app.notifications.models import Notice
from app.notifications.rules import NoticeContent, NoticeKind
from app.notifications.service import add_notice, withdraw_news, withdraw_notice
from app.plan.models import ContactAssignment, ContactHandover
from app.plan.news import (
    CONTACT_AWAY,
    CONTACT_BACK,
    CONTACT_COMING,
    CONTACT_NEW,
    CONTACT_STAYS,
    HANDED_OVER,
    HANDOVER_STOPPED,
)
from app.plan.relations import subject_before, subject_led
from app.plan.service import assign_contact, find_contact, record_open
from app.plan.tie_conditions import CONTACT_FOR_GOOD, IS_CONTACT_NOW

AT_A_TIME = 100

# What is told of a contact person, and is not so any more when there is another.
OF_THE_ONE_BEFORE = (CONTACT_AWAY, CONTACT_BACK, CONTACT_NEW, CONTACT_STAYS, HANDED_OVER)

IS_OPEN = (col(ContactHandover.done_at).is_(None), col(ContactHandover.withdrawn_at).is_(None))


class NotTheirContact(Refused):
    """Some of the citizens have another contact person by now."""

    reason = "Du er ikke kontaktperson for alle, du valgte. Se listen igen. Ingen er overdraget."


class HandoverIsAgreed(Refused):
    """Some of the citizens go over to somebody already."""

    reason = "En af borgerne går allerede over til en anden. Fortryd det først. Ingen er overdraget."


class NobodyIsLeft(Refused):
    """All whom a leader would hand over have gone over, or it is agreed that they do."""

    reason = "Borgerne er allerede overdraget, eller det er aftalt, at de bliver det. Intet er ændret nu."


class NoContactRole(Refused):
    """Who is to take over may not be a contact person."""

    reason = "Den kollega kan ikke være kontaktperson nu. Vælg en anden."


@dataclass(frozen=True, slots=True)
class HandoverInput:
    """Who hands over to whom, from which day, and what is said of it."""

    from_id: UUID
    to_id: UUID
    on: date
    note: str | None = None


def hand_over(
    session: Session, subjects: Collection[Subject], wanted: HandoverInput, *, by: UUID, now: datetime
) -> None:
    """Hand all these citizens over at once, or none: today now, later when the day comes.

    Each is told. The same again, by a second tap, is what stands.

    Raises:
        NotTheirContact, HandoverIsAgreed, NoContactRole: somebody was first, or can't take over.
    """
    if not may_be_contact(session, wanted.to_id, now=now):
        raise NoContactRole
    ids = [one.citizen_id for one in subjects]
    contacts, standing = lock_contacts(session, ids), _list_standing(session, ids)
    for subject in sorted(subjects, key=lambda one: one.citizen_id):
        contact, agreed = contacts.get(subject.citizen_id), standing.get(subject.citizen_id, ())
        if any(_is_same(one, wanted, contact) for one in agreed):
            continue
        is_theirs = contact == wanted.from_id and may(subject, Action.HAND_OVER)
        if not is_theirs or subject.citizen_id == wanted.to_id:
            raise NotTheirContact
        if any(one.done_at is None for one in agreed):
            raise HandoverIsAgreed
        _agree(session, subject, wanted, by=by, now=now)


def hand_over_all(session: Session, wanted: HandoverInput, *, by: UUID, now: datetime) -> None:
    """Hand over all citizens of a contact person, as who leads them does: but those who go over already.

    Raises:
        NoContactRole: who is to take over can't.
        NobodyIsLeft: nobody is left, and the same was not sent before: nothing is done, nobody is told.
    """
    if not may_be_contact(session, wanted.to_id, now=now):
        raise NoContactRole
    theirs = select(ContactAssignment).where(
        ContactAssignment.person_id == wanted.from_id,
        ContactAssignment.citizen_id != wanted.to_id,
        IS_CONTACT_NOW,
    )
    rows = session.exec(theirs.order_by(col(ContactAssignment.id)).with_for_update()).all()
    agreed = _list_agreed(session, wanted.from_id)  # asked when the rows are ours: of two, the second sees it
    left = sorted({one.citizen_id for one in rows} - agreed)
    if not left and not was_sent(session, wanted, by=by):
        raise NobodyIsLeft
    for citizen_id in left:
        _agree(session, subject_led(citizen_id), wanted, by=by, now=now)


def undo_handover(session: Session, citizen_id: UUID, *, by: SubjectReader, now: datetime) -> None:
    """Let the contact person stay; raise Missing if nothing is to be. Who has read that it was is told."""
    wanted = select(ContactHandover).where(ContactHandover.citizen_id == citizen_id, *IS_OPEN)
    handover = session.exec(wanted.with_for_update()).first()
    if handover is None:
        raise Missing
    withdraw_handover(session, handover, CONTACT_STAYS, by=handover.from_id, now=now)
    write_act(session, by, Action.HAND_OVER, now=now)


def carry_out_handovers(session: Session, *, now: datetime) -> int:
    """Let each whose day has come take over; return how many were looked at."""
    due = select(ContactHandover).where(ContactHandover.takes_over_on <= danish_day(now), *IS_OPEN)
    due = due.order_by(col(ContactHandover.takes_over_on), col(ContactHandover.id)).limit(AT_A_TIME)
    found = session.exec(due.with_for_update()).all()
    for handover in found:
        contact = find_contact(session, handover.citizen_id)
        if contact is None or contact.id != handover.from_id:  # as the list of people said
            withdraw_handover(session, handover, CONTACT_NEW, by=contact.id if contact else None, now=now)
        elif not may_be_contact(session, handover.to_id, now=now):
            withdraw_handover(session, handover, CONTACT_STAYS, by=contact.id, now=now)
            stopped = NoticeContent(HANDOVER_STOPPED, handover.citizen_id)
            add_notice(session, handover.from_id, stopped, now=now)
        else:
            _carry_out(session, handover, now=now)
    return len(found)


def withdraw_overtaken(session: Session, contacts: Mapping[UUID, UUID], *, now: datetime) -> None:
    """Let what was agreed of these citizens not be: they have another contact person, as a list said.

    Nor is anything told them, or anybody, that was so of the one before.
    """
    ids = sorted(contacts)
    for start in range(0, len(ids), AT_A_TIME):
        withdraw_news(session, OF_THE_ONE_BEFORE, ids[start : start + AT_A_TIME])
        _withdraw_all(session, contacts, ids[start : start + AT_A_TIME], now=now)


def _withdraw_all(
    session: Session, contacts: Mapping[UUID, UUID], citizen_ids: Collection[UUID], *, now: datetime
) -> None:
    wanted = select(ContactHandover).where(col(ContactHandover.citizen_id).in_(citizen_ids), *IS_OPEN)
    for handover in session.exec(wanted.order_by(col(ContactHandover.id)).with_for_update()).all():
        withdraw_handover(session, handover, CONTACT_NEW, by=contacts[handover.citizen_id], now=now)


def _agree(session: Session, subject: Subject, wanted: HandoverInput, *, by: UUID, now: datetime) -> None:
    handover = ContactHandover(
        citizen_id=subject.citizen_id,
        from_id=wanted.from_id,
        to_id=wanted.to_id,
        takes_over_on=wanted.on,
        note=wanted.note,
        registered_by=by,
        registered_at=now,
    )
    session.add(handover)
    session.flush()
    write_act(session, SubjectReader(by, subject), Action.HAND_OVER, now=now)
    if wanted.on <= danish_day(now):
        _carry_out(session, handover, now=now)
        return
    coming = NoticeContent(CONTACT_COMING, subject.citizen_id, by=wanted.to_id, about=handover.id)
    add_notice(session, subject.citizen_id, coming, now=now)


def _carry_out(session: Session, handover: ContactHandover, *, now: datetime) -> None:
    """Let who takes over be the contact person from now on; the citizen and they are told."""
    citizen_id, before, after = handover.citizen_id, handover.from_id, handover.to_id
    assign_contact(session, citizen_id, after, now=now)
    withdraw_news(session, OF_THE_ONE_BEFORE, [citizen_id])
    handover.done_at = now
    withdraw_notice(session, CONTACT_COMING, handover.id)
    record_open(session, citizen_id, CONTACT_NEW.revision, by=handover.registered_by, now=now)
    new = NoticeContent(CONTACT_NEW, citizen_id, by=after, about=handover.id)
    add_notice(session, citizen_id, new, now=now)
    handed = NoticeContent(HANDED_OVER, citizen_id, by=before, about=handover.id)
    add_notice(session, after, handed, now=now)


def withdraw_handover(
    session: Session, handover: ContactHandover, kind: NoticeKind, *, by: UUID | None, now: datetime
) -> None:
    """Let it not be. A citizen who has read that it was coming is told who it is instead."""
    read = select(Notice.id).where(
        Notice.about_id == handover.id,
        Notice.kind == CONTACT_COMING.name,
        col(Notice.seen_at).is_not(None),
    )
    had_read = session.exec(read).first() is not None
    handover.withdrawn_at = now
    withdraw_notice(session, CONTACT_COMING, handover.id)
    if had_read and by is not None:
        instead = NoticeContent(kind, handover.citizen_id, by=by, about=handover.id)
        add_notice(session, handover.citizen_id, instead, now=now)
    session.flush()


def take_back_handover(session: Session, handover: ContactHandover, *, by: UUID, now: datetime) -> None:
    """Let who handed a citizen over be the contact person again, as if it had not been; `by` did that.

    A citizen who has read of the new one is told who stays.
    """
    citizen_id, before = handover.citizen_id, handover.from_id
    seen = select(Notice.id).where(
        Notice.about_id == handover.id, Notice.kind == CONTACT_NEW.name, col(Notice.seen_at).is_not(None)
    )
    had_read = session.exec(seen).first() is not None
    assign_contact(session, citizen_id, before, now=now)
    withdraw_news(session, OF_THE_ONE_BEFORE, [citizen_id])
    handover.done_at, handover.withdrawn_at = None, now
    session.flush()
    _withdraw_all(session, {citizen_id: before}, [citizen_id], now=now)  # what the new one had agreed since
    record_open(session, citizen_id, CONTACT_NEW.revision, by=by, now=now)
    if had_read:
        stays = NoticeContent(CONTACT_STAYS, citizen_id, by=before, about=handover.id)
        add_notice(session, citizen_id, stays, now=now)
    if by != before:
        add_notice(session, before, NoticeContent(HANDED_OVER, citizen_id, by=handover.to_id), now=now)
    tie = subject_before(citizen_id) if by == before else subject_led(citizen_id)
    write_act(session, SubjectReader(by, tie), Action.HAND_OVER, now=now)


def lock_contacts(session: Session, citizen_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return each citizen's contact person; nobody else hands them over until the transaction ends."""
    standing = select(ContactAssignment).where(
        col(ContactAssignment.citizen_id).in_(citizen_ids), IS_CONTACT_NOW
    )
    rows = session.exec(standing.order_by(col(ContactAssignment.id)).with_for_update())
    return {one.citizen_id: one.person_id for one in rows}


def _list_standing(session: Session, citizen_ids: Collection[UUID]) -> dict[UUID, list[ContactHandover]]:
    """Return what is to be, or was done, of these citizens."""
    rows = select(ContactHandover).where(
        col(ContactHandover.citizen_id).in_(citizen_ids), col(ContactHandover.withdrawn_at).is_(None)
    )
    found: dict[UUID, list[ContactHandover]] = {}
    for one in session.exec(rows):
        found.setdefault(one.citizen_id, []).append(one)
    return found


def _is_same(handover: ContactHandover, wanted: HandoverInput, contact: UUID | None) -> bool:
    """Say whether what is wanted stands already, to the word: who is contact person is as it left them."""
    same = (handover.from_id, handover.to_id, handover.takes_over_on, handover.note)
    left = handover.from_id if handover.done_at is None else handover.to_id
    return same == (wanted.from_id, wanted.to_id, wanted.on, wanted.note) and contact == left


def _list_agreed(session: Session, from_id: UUID) -> set[UUID]:
    """Return the citizens of a contact person who go over to somebody already."""
    theirs = select(ContactAssignment.citizen_id).where(
        ContactAssignment.person_id == from_id, IS_CONTACT_NOW
    )
    agreed = select(ContactHandover.citizen_id).where(col(ContactHandover.citizen_id).in_(theirs), *IS_OPEN)
    return set(session.exec(agreed))


def was_sent(session: Session, wanted: HandoverInput, *, by: UUID) -> bool:
    """Say whether `by` has sent the very same before: a second tap."""
    same = select(ContactHandover.id).where(
        ContactHandover.from_id == wanted.from_id,
        ContactHandover.to_id == wanted.to_id,
        ContactHandover.takes_over_on == wanted.on,
        ContactHandover.registered_by == by,
        col(ContactHandover.note).is_not_distinct_from(wanted.note),
        col(ContactHandover.withdrawn_at).is_(None),
    )
    return session.exec(same).first() is not None


def may_be_contact(session: Session, person_id: UUID, *, now: datetime) -> bool:
    """Say whether somebody is a contact person at `now` and for good. The role can't be ended meanwhile."""
    holds = select(PersonRole.id).where(PersonRole.person_id == person_id, CONTACT_FOR_GOOD)
    return session.exec(holds.with_for_update(read=True), params={"now": now}).first() is not None
