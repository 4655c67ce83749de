"""What is new, in at most three sentences that say nothing of the content."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, case, func, select
from sqlmodel import Session, col

from app.i18n import gettext as _
from app.i18n import ngettext
from app.identity.models import LoginSession, Person
from app.identity.rules import first_name
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind
from app.notifications.service import list_new

SENTENCES_MOST = 3
NOTICES_MOST = 50  # gathered into the sentences

_CURRENT = col(LoginSession.id) == bindparam("session_id", type_=Uuid())
_VISITS = select(
    func.max(case((_CURRENT, LoginSession.opened_at))).label("opened_at"),
    func.max(case((~_CURRENT, LoginSession.last_seen_at))).label("before_at"),
).where(col(LoginSession.person_id) == bindparam("person_id", type_=Uuid()))
_NAMES = select(col(Person.id), col(Person.name)).where(
    col(Person.id).in_(bindparam("ids", expanding=True, type_=Uuid()))
)


@dataclass(frozen=True, slots=True)
class News:
    """What a reader hasn't seen before this visit."""

    sentences: tuple[str, ...] = ()
    since: datetime | None = None  # the visit before; None: there was none
    unseen: bool = False  # something is shown for the first time


def read_news(session: Session, person_id: UUID, session_id: UUID) -> News:
    """Return what is new for a person in the visit of this sign-in. At most three queries."""
    visits = session.execute(_VISITS, {"person_id": person_id, "session_id": session_id}).one()
    notices = list_new(session, person_id, since=visits.opened_at, most=NOTICES_MOST)
    if not notices:
        return News(since=visits.before_at)
    actors = {notice.actor_id for notice in notices if notice.actor_id}
    names = {row.id: first_name(row.name) for row in session.execute(_NAMES, {"ids": list(actors)})}
    return News(
        sentences=tuple(_sentences(notices, names)),
        since=visits.before_at,
        unseen=any(notice.seen_at is None for notice in notices),
    )


def _sentences(notices: Iterable[Notice], names: dict[UUID, str]) -> list[str]:
    """Gather what the same person did of the same kind into one sentence, the newest first."""
    counts: dict[tuple[NoticeKind, Any], int] = {}
    for notice in notices:
        key = (notice.kind, notice.actor_id)
        counts[key] = counts.get(key, 0) + 1
    said = [sentence(kind, names.get(actor), count) for (kind, actor), count in counts.items()]
    return said[:SENTENCES_MOST]


def sentence(kind: NoticeKind, name: str | None, count: int = 1) -> str:
    """Return what a citizen is told. `name` is who did it (None: the app itself), `count` how many times."""
    who = name or _("Kommunen")
    match kind:
        case NoticeKind.ENTRY_APPROVED:
            return ngettext(
                "%(who)s tog dit forslag med i planen.",
                "%(who)s tog %(num)s af dine forslag med i planen.",
                count,
                who=who,
            )
        case NoticeKind.ENTRY_TALK:
            return ngettext(
                "%(who)s vil gerne tale med dig om dit forslag.",
                "%(who)s vil gerne tale med dig om %(num)s forslag.",
                count,
                who=who,
            )
        case NoticeKind.STEP_DONE:
            return ngettext(
                "%(who)s har gjort et skridt i din plan.",
                "%(who)s har gjort %(num)s skridt i din plan.",
                count,
                who=who,
            )
        case NoticeKind.MEETING_NEW:
            return ngettext(
                "%(who)s har sat et møde i din kalender.",
                "%(who)s har sat %(num)s møder i din kalender.",
                count,
                who=who,
            )
    return _single(kind, who)


def _single(kind: NoticeKind, who: str) -> str:
    """Return the sentence of a kind that reads the same however often it happened."""
    said: dict[NoticeKind, str] = {
        NoticeKind.ENTRY_SHARED: _("%(who)s har foreslået noget til din plan.", who=who),
        NoticeKind.ENTRY_TAKEN_BACK: _("%(who)s har taget et forslag tilbage.", who=who),
        NoticeKind.ENTRY_LATE: _("Du skulle have haft et svar nu. Se i din plan, hvem der svarer."),
        NoticeKind.GOAL_ANSWERED: _("%(who)s har svaret på et mål i din plan.", who=who),
        NoticeKind.MEETING_ANSWERED: _("%(who)s har svaret på et møde.", who=who),
        NoticeKind.CONSENT_GIVEN: _("%(who)s har sagt ja til din plan.", who=who),
        NoticeKind.ASSESSMENT_SHOWN: _("%(who)s har vist, hvordan det går.", who=who),
        NoticeKind.ASSESSMENT_READ: _("%(who)s har læst dit svar om, hvordan det går.", who=who),
        NoticeKind.CONSENT_REVOKED: _("%(who)s har sagt nej til din plan. Den er lukket nu.", who=who),
    }
    return said.get(kind) or _("Der er noget nyt i din plan.")
