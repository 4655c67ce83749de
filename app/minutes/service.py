"""Writing what was agreed, sharing it, and the citizen's own words beside.

The meeting is locked before its words are read, so that of two who write the first draft at once the second
is told of the first; after that the version tells who comes second.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from app.access.policy import Action, SubjectReader, may
from app.errors import Missing
from app.meetings.queries import get_citizens_meeting
from app.minutes.models import MeetingAgreement, MeetingMinutes
from app.minutes.news import MINUTES_ANSWERED, MINUTES_SHARED
from app.minutes.queries import get_first_name, has_begun, line_of, list_lines, took_part
from app.minutes.rules import (
    LINES_MOST,
    AgreementChanged,
    AgreementLine,
    MeetingNotBegun,
    MinutesChanged,
    MinutesInput,
    MinutesState,
    MinutesTaken,
)
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.service import find_contact, find_plan, record_revision


def save_minutes(  # noqa: PLR0913 — whose, about what, what is written, and whether it is shown now
    session: Session,
    citizen_id: UUID,
    meeting_id: UUID,
    written: MinutesInput,
    *,
    share: bool,
    by: SubjectReader,
    now: datetime,
) -> MeetingMinutes:
    """Keep what was agreed; with `share` show it to the citizen, who is told. Twice changes nothing.

    What is shared stays shared: to keep it is to show it. Lines that stand in the plan are not touched. A
    draft is its author's; if the author no longer helps the citizen, it is nobody's, and whoever writes now
    begins anew.

    Raises:
        Missing: the citizen has no such meeting, or `by` had no part in it.
        MeetingNotBegun: the meeting is to come, or will not be.
        MinutesTaken: another one has a draft.
        MinutesChanged: it is not what `by` has read.
    """
    meeting = get_citizens_meeting(session, citizen_id, meeting_id, lock=True)
    if not may(by.subject, Action.MINUTES_WRITE, own=took_part(session, meeting_id, by.id)):
        raise Missing
    if not has_begun(meeting, now):
        raise MeetingNotBegun
    found = _own_or_shared(session, meeting_id, by)
    share = share or (found is not None and found.state is MinutesState.SHARED)
    if found is not None and _is_same(session, found, written, share=share):
        return found
    if written.version != (found.version if found else 0):
        raise MinutesChanged
    kept = _save(session, meeting_id, found, written.words, by=by.id, now=now)
    _save_lines(session, meeting_id, written.lines)
    if share:
        kept.state, kept.shared_at = MinutesState.SHARED, kept.shared_at or now
        news = NoticeContent(MINUTES_SHARED, citizen_id, by=by.id, about=meeting_id)
        _notify_change(session, news, {citizen_id}, now=now)
    return kept


def add_own_words(
    session: Session,
    citizen_id: UUID,
    meeting_id: UUID,
    words: str,
    *,
    seen: datetime | None,
    now: datetime,
) -> None:
    """Keep the citizen's own words beside what was agreed, and tell who wrote it and the contact person.

    `seen` is when the words that were there before are from (None: there were none). Twice changes nothing.

    Raises:
        Missing: nothing is shared of such a meeting of the citizen's.
        MinutesChanged: other own words were kept meanwhile, from another phone.
    """
    found = _shared_of(session, citizen_id, meeting_id)
    if found.own_words == words:
        return
    if found.own_words_at != seen:
        raise MinutesChanged
    found.own_words, found.own_words_at = words, now
    contact = find_contact(session, citizen_id)
    told = {found.author_id} | ({contact.id} if contact else set())
    news = NoticeContent(MINUTES_ANSWERED, citizen_id, by=citizen_id, about=meeting_id)
    _notify_change(session, news, told, now=now)


def lock_agreement(
    session: Session, citizen_id: UUID, meeting_id: UUID, agreement_id: UUID
) -> tuple[MeetingMinutes, MeetingAgreement]:
    """Return a shared agreement, so that nobody else puts it into the plan or rewrites it meanwhile.

    Raises:
        Missing: nothing is shared of such a meeting of the citizen's.
        AgreementChanged: this line is not among what was agreed, or not any more.
    """
    minutes = _shared_of(session, citizen_id, meeting_id)
    wanted = select(MeetingAgreement).where(
        MeetingAgreement.id == agreement_id, MeetingAgreement.meeting_id == meeting_id
    )
    agreement = session.exec(wanted).first()
    if agreement is None:
        raise AgreementChanged
    return minutes, agreement


def mark_in_plan(minutes: MeetingMinutes, agreement: MeetingAgreement, placed_id: UUID) -> None:
    """Note that an agreement stands in the plan, as which step or promise. Who is rewriting it is told."""
    agreement.placed_id = placed_id
    minutes.version += 1


def _shared_of(session: Session, citizen_id: UUID, meeting_id: UUID) -> MeetingMinutes:
    get_citizens_meeting(session, citizen_id, meeting_id, lock=True)
    found = session.get(MeetingMinutes, meeting_id)
    if found is None or found.state is not MinutesState.SHARED:
        raise Missing
    return found


def _own_or_shared(session: Session, meeting_id: UUID, by: SubjectReader) -> MeetingMinutes | None:
    found = session.get(MeetingMinutes, meeting_id)
    if found is None or found.state is MinutesState.SHARED or found.author_id == by.id:
        return found
    if found.author_id in by.subject.team_ids:
        raise MinutesTaken(name=get_first_name(session, found.author_id))
    session.delete(found)
    session.flush()
    return None


def _save(
    session: Session, meeting_id: UUID, found: MeetingMinutes | None, words: str, *, by: UUID, now: datetime
) -> MeetingMinutes:
    if found is None:
        found = MeetingMinutes(
            meeting_id=meeting_id, words=words, state=MinutesState.DRAFT, author_id=by, written_at=now
        )
        session.add(found)
    else:
        found.words, found.author_id, found.written_at = words, by, now
        found.version += 1
    session.flush()
    return found


def _save_lines(session: Session, meeting_id: UUID, lines: Sequence[AgreementLine]) -> None:
    """Let these be the lines that don't stand in the plan. One that is as it was keeps its id."""
    rows = list_lines(session, meeting_id)
    known = [(line_of(row), row.id) for row in rows if row.placed_id is None]
    taken = {row.position for row in rows if row.placed_id is not None}
    free = (number for number in range(1, LINES_MOST + 1) if number not in taken)
    unplaced = delete(MeetingAgreement).where(col(MeetingAgreement.meeting_id) == meeting_id)
    session.exec(unplaced.where(col(MeetingAgreement.placed_id).is_(None)))
    kept = []
    for line, position in zip(lines, free, strict=False):
        same = next((pair for pair in known if pair[0] == line), None)
        if same is not None:
            known.remove(same)
        kept.append(
            {
                "id": same[1] if same else uuid4(),
                "meeting_id": meeting_id,
                "position": position,
                "kind": line.kind,
                "words": line.words,
                "doer_id": line.doer_id,
                "due_on": line.due_on,
                "goal_id": line.goal_id,
            }
        )
    if kept:
        session.exec(insert(MeetingAgreement), params=kept)


def _is_same(session: Session, found: MeetingMinutes, written: MinutesInput, *, share: bool) -> bool:
    stands = tuple(line_of(row) for row in list_lines(session, found.meeting_id) if row.placed_id is None)
    shared = found.state is MinutesState.SHARED
    return (found.words, stands, shared) == (written.words, written.lines, share)


def _notify_change(session: Session, news: NoticeContent, told: Collection[UUID], *, now: datetime) -> None:
    for one in sorted(told):
        add_notice(session, one, news, now=now)
    plan = find_plan(session, news.citizen_id)
    if plan is not None:
        record_revision(session, plan.id, news.kind.revision, by=news.by, now=now)
