"""What there is to tell. Pure. The value is stored; the sentence is drawn in the reader's language."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class NoticeKind(StrEnum):
    ENTRY_SHARED = "entry_shared"
    ENTRY_APPROVED = "entry_approved"
    ENTRY_TALK = "entry_talk"
    ENTRY_LATE = "entry_late"
    ENTRY_TAKEN_BACK = "entry_taken_back"
    STEP_DONE = "step_done"
    GOAL_ANSWERED = "goal_answered"
    MEETING_NEW = "meeting_new"
    MEETING_ANSWERED = "meeting_answered"
    MEETING_MOVED = "meeting_moved"
    MEETING_CANCELLED = "meeting_cancelled"
    MEETING_RESTORED = "meeting_restored"
    MEETING_EXPIRED = "meeting_expired"
    MEETING_SOON = "meeting_soon"
    MEETING_CHANGED = "meeting_changed"  # all of it but its time
    MEETING_TASK_LATE = "meeting_task_late"  # told to those who must settle it
    MINUTES_SHARED = "minutes_shared"
    MINUTES_ANSWERED = "minutes_answered"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REVOKED = "consent_revoked"
    ASSESSMENT_SHOWN = "assessment_shown"
    ASSESSMENT_READ = "assessment_read"
    DEVICE_NEW = "device_new"


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """One thing to tell: its kind, about whose plan, who did it (None: the app), which entry or meeting."""

    kind: NoticeKind
    citizen_id: UUID
    by: UUID | None = None
    about: UUID | None = None
