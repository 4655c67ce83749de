"""Changing a meeting by machine: once under its key, only what was read, and only one's own."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from sqlmodel import Session

from app.access.guard import log_system_look
from app.api.answers import meeting_response, taken
from app.api.door import idempotency_key, seen
from app.api.meetings import own_meeting, tell
from app.calendar import booking
from app.calendar.models import Meeting
from app.calendar.rules import Clash, Slot
from app.idempotency import Answer, first_answer, keep_answer, request_hash
from app.identity.tokens import System
from app.web import clock, db, settings

Effect = Callable[[Session, int], Meeting]  # with the sequence that the system saw

STALE = -1  # the sequence of no meeting


def written(body: Mapping[str, Any]) -> str:
    """Return a body the same however its members were ordered."""
    return json.dumps(body, sort_keys=True)


def log_look(system: System, citizen_id: UUID, action: str) -> None:
    """Write down that a system was told something, where nothing else is written."""
    with db().writing() as session:
        log_system_look(session, citizen_id, action, system_id=system.id)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One call that changes a meeting; `action` is what the citizen's access log says."""

    system: System
    meeting_id: UUID
    action: str
    body: Mapping[str, Any]

    def do(self, effect: Effect, *, around: tuple[datetime, datetime] | None = None) -> Response:
        """Run `effect` and return the meeting as it is then, or other times near `around`.

        Raises:
            Turned: a header is missing.
            Missing: this system has no such meeting.
            Refused: the rules say no.
        """
        key, states, now = idempotency_key(), seen(), clock()()
        same = request_hash(self.action, str(self.meeting_id), ",".join(sorted(states)), written(self.body))

        def work(session: Session) -> Answer:
            known = first_answer(session, self.system.id, key, same, now)
            found = own_meeting(session, self.system, self.meeting_id)
            log_system_look(session, found.citizen_id, self.action, system_id=self.system.id)
            if known is None:
                sequence = found.sequence if str(found.sequence) in states else STALE
                known = Answer(200, None, tell(session, effect(session, sequence)))
                keep_answer(session, self.system.id, key, known)
            return known

        try:
            answer = booking.attempt_change(
                db(),
                self.meeting_id,
                work,
                around=Slot(*around) if around else None,
                now=now,
                closing_days=settings().site.closing_days,
            )
        except Clash as clash:
            with db().writing() as session:
                citizen_id = own_meeting(session, self.system, self.meeting_id).citizen_id
                log_system_look(session, citizen_id, self.action, system_id=self.system.id)
            return taken(clash)
        return meeting_response(answer.body or "")
