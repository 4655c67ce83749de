"""Sending, reading and taking out. Callers own the transaction. Nothing here changes who sees a message."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.access.access_log import write_act
from app.access.policy import Action, SubjectReader
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.errors import Missing
from app.messages.models import Message, MessageDraft, PlanRequest
from app.messages.news import (
    MESSAGE_LATE,
    MESSAGE_REMOVED,
    MESSAGE_SENT,
    PLAN_REQUESTED,
)
from app.messages.rules import (
    ABOUT_KINDS,
    About,
    AlreadyInPlan,
    DraftVersion,
    MessageNeedsContact,
    NothingToAnswer,
    NotTakenOut,
    PlanNotOpen,
    leaves_a_trace,
)
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, mark_read_about, withdraw_notice
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import close_cover, find_absence, find_contact
from app.store.insert import insert_new


def send_to_contact(
    session: Session,
    citizen_id: UUID,
    words: str,
    *,
    about: About | None = None,
    now: datetime,
    workdays: WorkingCalendar,
) -> Message:
    """Send the citizen's words to their contact person, who has some working days to answer.

    Raises:
        Missing: what it is about is not this citizen's.
        MessageNeedsContact: there is nobody to read it yet.
    """
    readers = _helpers(session, citizen_id, now=now)
    if not readers:
        raise MessageNeedsContact
    message = _add_message(session, citizen_id, words, by=citizen_id, about=about, now=now)
    message.answer_by = workdays.reply_by(danish_day(now))
    for reader_id in sorted(readers):
        news = NoticeContent(MESSAGE_SENT, citizen_id, by=citizen_id, about=message.id)
        add_notice(session, reader_id, news, now=now)
    return message


def send_to_citizen(  # noqa: PLR0913 — a reply is: to whom, the words, by whom, about what, what was read, when
    session: Session,
    citizen_id: UUID,
    words: str,
    *,
    by: UUID,
    about: About | None = None,
    seen_id: UUID | None = None,
    now: datetime,
) -> Message:
    """Send words of a helper's to the citizen: the answer to what waits for one, as `settle_messages`.

    Raises:
        Missing: what it is about is not this citizen's.
    """
    message = _add_message(session, citizen_id, words, by=by, about=about, now=now)
    settle_messages(session, citizen_id, seen_id=seen_id, answer=message, now=now)
    add_notice(session, citizen_id, NoticeContent(MESSAGE_SENT, citizen_id, by=by, about=message.id), now=now)
    return message


def note_talk(
    session: Session, citizen_id: UUID, words: str, *, by: UUID, about: About, now: datetime
) -> Message:
    """Put a helper's wish to talk into the thread. It tells nobody itself, and answers no question there."""
    message = _add_message(session, citizen_id, words, by=by, about=about, now=now)
    message.is_talk = True
    return message


def _add_message(
    session: Session, citizen_id: UUID, words: str, *, by: UUID, about: About | None, now: datetime
) -> Message:
    check_about(session, citizen_id, about)
    message = Message(
        citizen_id=citizen_id,
        author_id=by,
        words=words,
        about_kind=about.kind if about else None,
        about_id=about.id if about else None,
        sent_at=now,
    )
    session.add(message)
    session.flush()
    return message


def check_about(session: Session, citizen_id: UUID, about: About | None) -> None:
    """Raise Missing unless what a message is about is this citizen's, or it is about nothing."""
    if about is None:
        return
    topic = ABOUT_KINDS.get(about.kind)
    if topic is None or about.id not in topic.find(session, citizen_id, [about.id]):
        raise Missing


def save_draft(  # noqa: PLR0913 — a draft is: whose thread, the words, by whom, about what, made from which, when
    session: Session,
    citizen_id: UUID,
    words: str,
    *,
    by: UUID,
    about: About | None = None,
    known: DraftVersion | None = None,
    now: datetime,
) -> MessageDraft:
    """Keep `words` unsent: the same on every device of their author, and nobody else's to see.

    `known` is the draft they were made from. If it was changed on another device meanwhile, both are kept.
    """
    check_about(session, citizen_id, about)
    draft = _find_draft(session, citizen_id, known, by)
    if draft is None:
        draft = MessageDraft(citizen_id=citizen_id, author_id=by, words=words, written_at=now)
        session.add(draft)
    draft.words, draft.written_at = words, now
    draft.about_kind, draft.about_id = (about.kind, about.id) if about else (None, None)
    session.flush()
    return draft


def drop_sent_draft(session: Session, citizen_id: UUID, known: DraftVersion | None, *, by: UUID) -> None:
    """Remove the draft that is sent; what was written in it on another device meanwhile stays."""
    draft = _find_draft(session, citizen_id, known, by)
    if draft is not None:
        session.delete(draft)


def delete_draft(session: Session, citizen_id: UUID, draft_id: UUID, *, by: UUID) -> None:
    """Remove a draft of its author's, as it stands; nothing happens if there is none."""
    for draft in session.exec(_own_draft(citizen_id, draft_id, by)):
        session.delete(draft)


def is_sent_already(
    session: Session, citizen_id: UUID, words: str, known: DraftVersion | None, *, by: UUID
) -> bool:
    """Say whether a draft was sent from another device: it is gone, and its words are the author's newest."""
    if known is None or session.exec(_own_draft(citizen_id, known.id, by)).first() is not None:
        return False
    own = select(Message.words).where(Message.citizen_id == citizen_id, Message.author_id == by)
    return session.exec(own.order_by(col(Message.sent_at).desc())).first() == words


def mark_read(session: Session, ids: Collection[UUID], *, by: UUID, now: datetime) -> None:
    """Note that these messages, which are about to be shown to `by`, are read by the other side."""
    mark_read_about(session, by, ids, now=now)
    unread = update(Message).where(col(Message.id).in_(ids), col(Message.read_at).is_(None))
    session.exec(unread.values(read_at=now))


def settle_messages(
    session: Session,
    citizen_id: UUID,
    *,
    seen_id: UUID | None = None,
    answer: Message | None = None,
    now: datetime,
) -> int:
    """End the wait for an answer; return how many waited.

    `answer`: the message that gives it; None: none is needed. `seen_id`: the newest message that the page of
    whoever ends it showed; what came after that still waits. None: all that is there.
    """
    waiting = select(Message).where(
        Message.citizen_id == citizen_id,
        col(Message.answer_by).is_not(None),
        col(Message.settled_at).is_(None),
    )
    newest = select(Message.sent_at).where(Message.id == seen_id, Message.citizen_id == citizen_id)
    seen_at = session.exec(newest).first() if seen_id else None
    if seen_at is not None:
        waiting = waiting.where(Message.sent_at <= seen_at)
    found = session.exec(waiting.order_by(col(Message.id)).with_for_update()).all()
    for message in found:
        message.settled_at, message.late_at = now, None
        message.settled_by_id = answer.id if answer else None
        close_cover(session, message.id, now=now)
        withdraw_notice(session, MESSAGE_LATE, message.id)
    session.flush()
    return len(found)


def _wait_again(session: Session, answer_id: UUID) -> None:
    """Let what a message answered wait once more: the message is taken out. The worker finds it late anew."""
    for message in session.exec(select(Message).where(Message.settled_by_id == answer_id).with_for_update()):
        message.settled_at = message.settled_by_id = None
    session.flush()


def remove_message(session: Session, message_id: UUID, *, by: SubjectReader, now: datetime) -> None:
    """Take a message of a helper's out of the thread of `by`'s citizen. Only its writer still sees it.

    Twice is once. One that nobody has read, sent minutes ago, goes without a trace. Else the citizen is told
    that a message was taken out, and it stands in the log.

    What it answered waits for its answer again.

    Raises:
        Missing: no such message.
        NotTakenOut: the citizen wrote it, or its words stand at an entry too.
    """
    citizen_id = by.subject.citizen_id
    message = _lock_message(session, citizen_id, message_id)
    if message.author_id == citizen_id or message.is_talk:
        raise NotTakenOut
    if message.removed_at is not None:
        return
    _wait_again(session, message_id)
    withdraw_notice(session, MESSAGE_SENT, message_id)
    if not leaves_a_trace(sent_at=message.sent_at, read_at=message.read_at, now=now):
        session.delete(message)
        return
    message.removed_at, message.removed_by = now, by.id
    write_act(session, by, Action.MESSAGE_TAKE_OUT, now=now)
    news = NoticeContent(MESSAGE_REMOVED, citizen_id, by=by.id, about=message_id)
    add_notice(session, citizen_id, news, now=now)


def ask_for_plan(session: Session, citizen_id: UUID, message_id: UUID, *, by: UUID, now: datetime) -> None:
    """Ask the citizen whether what they wrote may stand in the plan. Twice is once; nothing else changes.

    Raises:
        Missing: no such message of the citizen's.
        PlanNotOpen: there is no yes to one plan.
        AlreadyInPlan: they have said yes to it already.
    """
    message = _lock_message(session, citizen_id, message_id)
    if message.author_id != citizen_id:
        raise Missing
    plan = select(Plan.id).where(Plan.citizen_id == citizen_id, Plan.state == PlanState.ACTIVE)
    if session.exec(plan).first() is None:
        raise PlanNotOpen
    taken = select(PlanRequest.id).where(
        PlanRequest.message_id == message_id, col(PlanRequest.entry_id).is_not(None)
    )
    if session.exec(taken).first() is not None:
        raise AlreadyInPlan
    asked = PlanRequest(message_id=message_id, asked_by=by, asked_at=now)
    if insert_new(session, PlanRequest, asked.model_dump()):
        news = NoticeContent(PLAN_REQUESTED, citizen_id, by=by, about=message_id)
        add_notice(session, citizen_id, news, now=now)


def lock_plan_request(session: Session, citizen_id: UUID, request_id: UUID) -> PlanRequest:
    """Return the question, locked until the transaction ends.

    Raises:
        Missing: no such question to this citizen.
        NothingToAnswer: it is answered already.
    """
    wanted = select(PlanRequest).join(Message, col(Message.id) == PlanRequest.message_id)
    wanted = wanted.where(PlanRequest.id == request_id, Message.citizen_id == citizen_id)
    found = session.exec(wanted.with_for_update(of=PlanRequest)).first()
    if found is None:
        raise Missing
    if found.answer is not None:
        raise NothingToAnswer
    return found


def _helpers(session: Session, citizen_id: UUID, *, now: datetime) -> set[UUID]:
    """Return who is told: the contact person, and who stands in while they are away."""
    contact = find_contact(session, citizen_id)
    if contact is None:
        return set()
    away = find_absence(session, contact.id, now=now)
    return {contact.id, away[1].id} if away else {contact.id}


def _lock_message(session: Session, citizen_id: UUID, message_id: UUID) -> Message:
    wanted = select(Message).where(Message.id == message_id, Message.citizen_id == citizen_id)
    message = session.exec(wanted.with_for_update()).first()
    if message is None:
        raise Missing
    return message


def _own_draft(citizen_id: UUID, draft_id: UUID, by: UUID) -> SelectOfScalar[MessageDraft]:
    mine = select(MessageDraft).where(MessageDraft.id == draft_id, MessageDraft.author_id == by)
    return mine.where(MessageDraft.citizen_id == citizen_id).with_for_update()


def _find_draft(
    session: Session, citizen_id: UUID, known: DraftVersion | None, by: UUID
) -> MessageDraft | None:
    """Return the draft if it still is as `known` was; None if there is none, or it was changed meanwhile."""
    draft = known and session.exec(_own_draft(citizen_id, known.id, by)).first()
    return draft if draft and known and draft.written_at == known.written_at else None
