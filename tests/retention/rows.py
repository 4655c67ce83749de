"""A row of each kind that retention knows, as old as a test wants it, and one that it must spare."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import Session, SQLModel, col, select

from app.access.act_kinds import ActKind
from app.access.models import AccessLogEntry, AdministrationAct
from app.booking.models import MeetingReminder, MeetingTask, QueuedProposal
from app.booking.rules import QueueState, TaskKind
from app.calendar_sync.models import CalendarFeed
from app.identity.credentials import Ceremony, Invitation, LoginAttempt, Passkey, WebauthnChallenge
from app.identity.models import LoginSession
from app.meetings.models import Meeting
from app.notifications.models import Notice
from app.store.idempotency import IdempotencyKey
from tests.cast import People

ANNA, LINE = People().anna.id, People().line.id
HOUR = timedelta(hours=1)
Make = Callable[[Session, datetime], SQLModel]


def some_hash() -> str:
    return uuid4().hex * 2


def sign_in(session: Session, at: datetime, **more: Any) -> LoginSession:
    row = LoginSession(token_hash=some_hash(), person_id=LINE, opened_at=at, last_seen_at=at, **more)
    session.add(row)
    session.flush()
    return row


def look(session: Session, at: datetime, **more: Any) -> AccessLogEntry:
    row = AccessLogEntry(at=at, citizen_id=ANNA, actor_id=LINE, action="plan:read", relation="contact")
    for name, value in more.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def notice(at: datetime, *, seen: datetime | None, person: Any = ANNA, kind: str = "meeting_new") -> Notice:
    return Notice(person_id=person, citizen_id=ANNA, kind=kind, actor_id=None, at=at, seen_at=seen)


def task(session: Session, at: datetime, *, done: bool = True) -> MeetingTask:
    by: dict[str, Any] = {"done_at": at, "done_by": LINE} if done else {}
    return MeetingTask(
        citizen_id=ANNA,
        meeting_id=_meeting(session),
        kind=TaskKind.CALL,
        created_at=at - HOUR,
        due_on=date(2026, 1, 2),
        **by,
    )


def reminder(session: Session, at: datetime, *, sent: bool = True) -> MeetingReminder:
    return MeetingReminder(
        meeting_id=_meeting(session),
        sequence=999 if sent else 998,
        minutes_before=int(uuid4().int % 10**8) + 1,
        due_at=at,
        sent_at=at if sent else None,
    )


def queued(at: datetime, *, settled: bool = True) -> QueuedProposal:
    state: dict[str, Any] = {"state": QueueState.RETURNED, "settled_at": at} if settled else {}
    more: dict[str, Any] = {"request_key": uuid4().hex, "request": "{}", "first_at": at, "created_at": at}
    return QueuedProposal(citizen_id=ANNA, maker_id=LINE, **more, **state)


def invitation(at: datetime) -> Invitation:
    hashes: dict[str, Any] = {name: some_hash() for name in ("place_hash", "code_hash", "link_hash")}
    return Invitation(
        person_id=ANNA, **hashes, created_at=at - 72 * HOUR, expires_at=at, revoked_at=at - 71 * HOUR
    )


def passkey(at: datetime | None) -> Passkey:
    made: dict[str, Any] = {"credential_id": uuid4().bytes, "public_key": b"x", "created_at": _THEN}
    return Passkey(person_id=ANNA, **made, sign_count=0, backed_up=False, name="Telefon", revoked_at=at)


def feed(at: datetime | None) -> CalendarFeed:
    return CalendarFeed(
        person_id=ANNA, secret_hash=some_hash(), name="Telefon", created_at=_THEN, revoked_at=at
    )


def _meeting(session: Session) -> Any:
    return session.exec(select(Meeting.id).order_by(col(Meeting.id))).first()


_THEN = datetime.fromisoformat("2000-01-01T00:00+00:00")

# By rule: a row that goes when its moment is old.
OLD: Mapping[str, Make] = {
    "access_log_entry": look,
    "administration_act": lambda _session, at: AdministrationAct(at=at, by_id=LINE, kind=ActKind.INVITED),
    "login_session": sign_in,
    "notice_read": lambda _session, at: notice(at - HOUR, seen=at),
    "notice_of_helpers": lambda _session, at: notice(at, seen=None, person=LINE),
    "meeting_reminder": reminder,
    "meeting_task": task,
    "queued_proposal": lambda _session, at: queued(at),
    "invitation": lambda _session, at: invitation(at),
    "passkey": lambda _session, at: passkey(at),
    "calendar_feed": lambda _session, at: feed(at),
    "stored_answer": lambda _session, at: IdempotencyKey(
        actor_id=ANNA, key=uuid4().hex, request_hash=some_hash(), at=at, status=303
    ),
    "door_try": lambda _session, at: LoginAttempt(key_hash=some_hash(), at=at),
    "webauthn_challenge": lambda _session, at: WebauthnChallenge(
        challenge_hash=some_hash(), ceremony=Ceremony.SIGN_IN, created_at=at
    ),
}
# Rows of the same tables that stay however old they are: somebody has still to read, settle or use them.
SPARED: Mapping[str, Make] = {
    "news that the citizen has not read": lambda _session, at: notice(at, seen=None),
    "who wrote the citizen's answer down": lambda _session, at: notice(at, seen=at, kind="meeting_answered"),
    "a task that nobody has settled": lambda session, at: task(session, at, done=False),
    "a reminder that is not sent": lambda session, at: reminder(session, at, sent=False),
    "a proposal in line": lambda _session, at: queued(at, settled=False),
    "a passkey that works": lambda _session, _at: passkey(None),
    "a calendar address that works": lambda _session, _at: feed(None),
}
