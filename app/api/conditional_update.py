"""Changing a meeting by machine: once under its key, only what was read, and only one's own."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from sqlmodel import Session

from app.access.guard import log_system_view
from app.access.system_policy import SystemAction
from app.api.meeting_resource import check_consent, get_own_meeting, meeting_json
from app.api.responses import clash_problem, meeting_response
from app.api.token_auth import if_match_sequences, read_idempotency_key
from app.booking.book import change_with_alternatives
from app.errors import Refused
from app.identity.tokens import System
from app.meetings.models import Meeting
from app.meetings.rules import Clash, Slot
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, settings

Effect = Callable[[Session, int], Meeting]  # with the sequence that the system saw

STALE = -1  # the sequence of no meeting


def canonical_json(body: Mapping[str, Any]) -> str:
    """Return a body the same however its members were ordered."""
    return json.dumps(body, sort_keys=True)


def log_api_view(system: System, citizen_id: UUID, action: SystemAction) -> None:
    """Write down that a system was told something, where nothing else is written."""
    with db().writing() as session:
        log_system_view(session, citizen_id, action, system_id=system.id)


@dataclass(frozen=True, slots=True)
class ConditionalUpdate:
    """One call that changes a meeting; `action` is what the citizen's access log says."""

    system: System
    meeting_id: UUID
    action: SystemAction
    body: Mapping[str, Any]

    def do(self, effect: Effect, *, around: tuple[datetime, datetime] | None = None) -> Response:
        """Run `effect` and return the meeting as it is then, or other times near `around`.

        Raises:
            ApiError: a header is missing.
            Missing: this system has no such meeting.
            NoConsent: what it asks needs the citizen's yes.
            Refused: the rules say no.
        """
        key, states, now = read_idempotency_key(), if_match_sequences(), clock()()
        same = request_hash(
            self.action, str(self.meeting_id), ",".join(sorted(states)), canonical_json(self.body)
        )

        def work(session: Session) -> str:
            known = claim_key(session, self.system.id, key, same, now)
            found = get_own_meeting(session, self.system, self.meeting_id)
            log_system_view(session, found.citizen_id, self.action, system_id=self.system.id)
            if known is None:
                check_consent(session, found.citizen_id, self.action)
                sequence = found.sequence if str(found.sequence) in states else STALE
                found = effect(session, sequence)
                save_response(session, self.system.id, key, SavedResponse(200, None, None))
            return meeting_json(session, found)  # of a retry, too: told as the yes stands now

        try:
            told = change_with_alternatives(
                db(),
                self.meeting_id,
                work,
                around=Slot(*around) if around else None,
                now=now,
                workdays=settings().site.workdays,
            )
        except KeyReused:  # nothing was looked at
            raise
        except Clash as clash:
            self._log()
            return clash_problem(clash)
        except Refused:  # why tells something about the citizen, too: whether there is a yes
            self._log()
            raise
        return meeting_response(told)

    def _log(self) -> None:
        with db().writing() as session:
            citizen_id = get_own_meeting(session, self.system, self.meeting_id).citizen_id
            log_system_view(session, citizen_id, self.action, system_id=self.system.id)
