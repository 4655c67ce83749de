"""The contact person's verbs: take it into the plan, or talk about it first."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.entries.entry_messages import ENTRY_TOPIC
from app.entries.models import Entry
from app.entries.news import ENTRY_APPROVED, ENTRY_TALK
from app.entries.rules import EntryEventKind, EntryStanding, EntryState, IllegalMove, NewerWords
from app.entries.service.transitions import (
    add_event,
    close_waiting,
    conflict_for,
    get_person_name,
    lock_entry,
    read_standing,
    write_standing,
)
from app.messages.rules import About
from app.messages.service import note_talk
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice

NOTICES = {EntryEventKind.APPROVED: ENTRY_APPROVED, EntryEventKind.TALK: ENTRY_TALK}


def approve_entry(
    session: Session, citizen_id: UUID, entry_id: UUID, *, version: int, by: UUID, now: datetime
) -> Entry:
    """Take the shared words into the plan. The same answer by the same person again changes nothing.

    Raises:
        Missing: no such entry.
        NewerWords: `version`, which `by` has read, is no longer the one that is shared.
        AlreadyApproved, AlreadyInTalk, TakenBack: somebody was first, and who.
    """
    entry = lock_entry(session, citizen_id, entry_id)
    if entry.state is EntryState.IN_PLAN and entry.answered_by == by and entry.approved_version == version:
        return entry
    _move(session, entry, citizen_id, version, EntryStanding.approved)
    _answered(session, entry, citizen_id, EntryEventKind.APPROVED, by=by, now=now)
    return entry


def talk_about_entry(  # noqa: PLR0913 — an answer is: whose, which, what, to which version, by whom, when
    session: Session,
    citizen_id: UUID,
    entry_id: UUID,
    reply: str,
    *,
    version: int,
    by: UUID,
    now: datetime,
) -> Entry:
    """Say that it should be talked about first, with a kind sentence. Raises as `approve_entry`."""
    entry = lock_entry(session, citizen_id, entry_id)
    if entry.state is EntryState.TALK and entry.answered_by == by and entry.reply == reply:
        return entry
    _move(session, entry, citizen_id, version, EntryStanding.talked_about)
    entry.reply = reply
    _answered(session, entry, citizen_id, EntryEventKind.TALK, by=by, now=now)
    if entry.author_id == citizen_id:  # the thread is the citizen's: another's proposal is no talk in it
        note_talk(session, citizen_id, reply, by=by, about=About(ENTRY_TOPIC, entry_id), now=now)
    return entry


def _move(
    session: Session,
    entry: Entry,
    citizen_id: UUID,
    seen: int,
    answer: Callable[[EntryStanding, int], EntryStanding],
) -> None:
    try:
        write_standing(entry, answer(read_standing(entry), seen))
    except NewerWords:
        raise NewerWords(name=get_person_name(session, entry.author_id)) from None
    except IllegalMove:
        raise conflict_for(session, entry, citizen_id, seen) from None


def _answered(
    session: Session, entry: Entry, citizen_id: UUID, what: EntryEventKind, *, by: UUID, now: datetime
) -> None:
    entry.answered_at, entry.answered_by = now, by
    close_waiting(session, entry, now=now)
    add_event(session, entry, what, by=by, now=now)
    add_notice(
        session, entry.author_id, NoticeContent(NOTICES[what], citizen_id, by=by, about=entry.id), now=now
    )
