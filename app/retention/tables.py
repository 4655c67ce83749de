"""Every table, and whether its rows go: the one place that says so.

`since` is a column that is set once, to the moment at which the row begins to be old, and never to a moment
that has passed. So what a rule has looked at and spared can't become due later unseen. It has an index.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete
from sqlmodel import Session, SQLModel, and_, col, or_, select

from app.access.models import AccessLogEntry, AccessLogList, AdministrationAct
from app.booking.models import MeetingReminder, MeetingTask, QueuedProposal
from app.calendar.recorded_replies import TOLD_BY
from app.calendar_sync.models import CalendarFeed
from app.identity.credentials import Invitation, LoginAttempt, Passkey, WebauthnChallenge
from app.identity.models import LoginSession
from app.notifications.models import Notice
from app.store.idempotency import IdempotencyKey

Cutoffs = Mapping[str, datetime]  # by the key of a period: what is from before then is old


@dataclass(frozen=True, slots=True, eq=False)
class RetentionRule:
    """Which rows of one table go, and from when on their period counts."""

    name: str  # of its mark
    period: str  # the key of its period in the TOML
    model: type[SQLModel]
    since: Any
    goes: Any = None  # a condition on the row: those it is not true of are spared; None: all go
    also: Callable[[Session, Collection[Row[Any]], Cutoffs], int] | None = None  # what goes with such rows
    with_columns: tuple[Any, ...] = ()  # what `also` is told of them

    @property
    def table(self) -> Table:
        return self.model.__table__  # type: ignore[attr-defined,no-any-return]


_NOT_IN_THE_LOG = ~select(AccessLogEntry.id).where(AccessLogEntry.session_id == LoginSession.id).exists()


def _with_log_rows(session: Session, rows: Collection[Row[Any]], cutoffs: Cutoffs) -> int:
    """Delete the lists that the log names no more, and old sign-ins that stood for its sake."""
    digests = sorted({row.list_digest for row in rows if row.list_digest})
    sign_ins = sorted({row.session_id for row in rows if row.session_id}, key=str)
    named = select(AccessLogEntry.id).where(AccessLogEntry.list_digest == AccessLogList.digest)
    lists = delete(AccessLogList).where(col(AccessLogList.digest).in_(digests), ~named.exists())
    ended = delete(LoginSession).where(
        col(LoginSession.id).in_(sign_ins),
        col(LoginSession.opened_at) < cutoffs["sign_ins_days"],
        _NOT_IN_THE_LOG,
    )
    return sum(session.exec(one).rowcount for one in (lists, ended))


RULES = (
    RetentionRule(
        "access_log_entry",
        "access_log_days",
        AccessLogEntry,
        AccessLogEntry.at,
        also=_with_log_rows,
        with_columns=(AccessLogEntry.list_digest, AccessLogEntry.session_id),
    ),
    RetentionRule("administration_act", "access_log_days", AdministrationAct, AdministrationAct.at),
    # Nobody's is longer than half a day, so one that old has ended.
    RetentionRule(
        "login_session", "sign_ins_days", LoginSession, LoginSession.opened_at, goes=_NOT_IN_THE_LOG
    ),
    # A citizen's own stays until it is read; and who wrote an answer down for her stands in no other place.
    RetentionRule(
        "notice_read",
        "notices_days",
        Notice,
        Notice.seen_at,
        goes=and_(col(Notice.person_id) == Notice.citizen_id, col(Notice.kind).not_in(TOLD_BY)),
    ),
    RetentionRule(
        "notice_of_helpers", "notices_days", Notice, Notice.at, goes=Notice.person_id != Notice.citizen_id
    ),
    RetentionRule(
        "meeting_reminder",
        "reminders_days",
        MeetingReminder,
        MeetingReminder.due_at,
        goes=or_(col(MeetingReminder.sent_at).is_not(None), col(MeetingReminder.dropped_at).is_not(None)),
    ),
    RetentionRule("meeting_task", "tasks_days", MeetingTask, MeetingTask.done_at),
    RetentionRule("queued_proposal", "proposals_days", QueuedProposal, QueuedProposal.settled_at),
    RetentionRule("invitation", "invitations_days", Invitation, Invitation.expires_at),
    RetentionRule("passkey", "ended_access_days", Passkey, Passkey.revoked_at),
    RetentionRule("calendar_feed", "ended_access_days", CalendarFeed, CalendarFeed.revoked_at),
    RetentionRule("stored_answer", "answers_days", IdempotencyKey, IdempotencyKey.at),
    RetentionRule("door_try", "tries_days", LoginAttempt, LoginAttempt.at),
    RetentionRule("webauthn_challenge", "challenges_days", WebauthnChallenge, WebauthnChallenge.created_at),
)

# The table, and which rule takes its rows along with another's.
GOES_ALONG = {"access_log_list": "access_log_entry"}

# What never goes by time: the reason, and the tables that it is the reason of.
KEPT: Mapping[str, tuple[str, ...]] = {
    "det, borgeren har skrevet eller svaret, slettes kun af borgeren selv eller efter arkivloven": (
        *("entry", "entry_version", "message", "message_draft", "plan_request"),
        *("assessment", "assessment_answer", "calendar_wish", "calendar_limits"),
    ),
    "planen, det, der er sket i den, og det, kommunen har lovet, er ét": (
        *("plan", "plan_revision", "entry_event", "goal", "goal_change", "goal_response"),
        *("step", "step_halt", "promise", "promise_change", "assessment_reading", "life_area"),
    ),
    "møderne, og det, der blev aftalt på dem, hører til planen": (
        *("meeting", "meeting_option", "meeting_series", "participant", "occupancy"),
        *("meeting_minutes", "meeting_agreement"),
    ),
    "den siger, hvem der måtte hvad hvornår, og med hvilket ja": (
        *("consent", "representation", "representation_scope", "plan_access", "person_role"),
        *("contact_assignment", "contact_handover", "team_membership", "absence", "cover"),
    ),
    "det er noget, nogen vil huske eller har valgt, og den, der skrev det, sletter det": (
        *("citizen_reminder", "caseload_filter"),
    ),
    "én række for hver ting i kommunen: den vokser ikke med tiden": (
        *("person", "person_name_word", "municipality", "department", "place", "travel"),
        *("calendar_subject", "system_token"),
        *("question_set", "question_step", "question", "busy_source", "plan_look"),
        *("key_fingerprint", "retention_mark"),
    ),
    "den skrives forfra, hver gang arbejdskalenderen hentes": ("busy_time",),
}
