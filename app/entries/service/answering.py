"""The contact person's verbs: take it into the plan, or talk about it first."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.entries.models import Entry
from app.entries.rules import Happening, IllegalMove, NewerWords, Standing, State
from app.entries.service.rows import already, happened, lock, name_of, no_longer_waits, stand, standing
from app.notifications.rules import News, NoticeKind
from app.notifications.service import tell

NOTICES = {Happening.APPROVED: NoticeKind.ENTRY_APPROVED, Happening.TALK: NoticeKind.ENTRY_TALK}


def approve_entry(
    session: Session, citizen_id: UUID, entry_id: UUID, *, version: int, by: UUID, now: datetime
) -> Entry:
    """Take the shared words into the plan. The same answer by the same person again changes nothing.

    Raises:
        Missing: no such entry.
        NewerWords: `version`, which `by` has read, is no longer the one that is shared.
        AnsweredYes, AnsweredTalk, TakenBack: somebody was first, and who.
    """
    entry = lock(session, citizen_id, entry_id)
    if entry.state is State.IN_PLAN and entry.answered_by == by and entry.approved_version == version:
        return entry
    _move(session, entry, citizen_id, version, Standing.approved)
    _answered(session, entry, citizen_id, Happening.APPROVED, by=by, now=now)
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
    entry = lock(session, citizen_id, entry_id)
    if entry.state is State.TALK and entry.answered_by == by and entry.reply == reply:
        return entry
    _move(session, entry, citizen_id, version, Standing.talked_about)
    entry.reply = reply
    _answered(session, entry, citizen_id, Happening.TALK, by=by, now=now)
    return entry


def _move(
    session: Session, entry: Entry, citizen_id: UUID, seen: int, answer: Callable[[Standing, int], Standing]
) -> None:
    try:
        stand(entry, answer(standing(entry), seen))
    except NewerWords:
        raise NewerWords(name=name_of(session, citizen_id)) from None
    except IllegalMove:
        raise already(session, entry, citizen_id, seen) from None


def _answered(
    session: Session, entry: Entry, citizen_id: UUID, what: Happening, *, by: UUID, now: datetime
) -> None:
    entry.answered_at, entry.answered_by = now, by
    no_longer_waits(session, entry, now=now)
    happened(session, entry, what, by=by, now=now)
    tell(session, entry.author_id, News(NOTICES[what], citizen_id, by=by, about=entry.id), now=now)
