"""What is new, in at most three sentences that say nothing of the content."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, func
from sqlmodel import Session, case, col, or_

from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.i18n import gettext as _
from app.i18n import ngettext
from app.identity.models import LoginSession, Person
from app.identity.rules import first_name
from app.meetings.models import Meeting
from app.meetings.rules import MeetingState
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind
from app.store.db import UtcDateTime
from app.store.query import select_columns

SENTENCES_MOST = 3
NOTICES_MOST = 50  # gathered into the sentences

_CURRENT = col(LoginSession.id) == bindparam("session_id", type_=Uuid())
_VISITS = select_columns(
    func.max(case((_CURRENT, LoginSession.opened_at))).label("opened_at"),
    func.max(case((~_CURRENT, LoginSession.last_seen_at))).label("before_at"),
).where(col(LoginSession.person_id) == bindparam("person_id", type_=Uuid()))
_COLUMNS: tuple[Any, ...] = (
    Notice.kind,
    Notice.actor_id,
    Notice.about_id,
    Notice.seen_at,
    Person.name,
    col(Entry.kind).label("entry_kind"),
    Meeting.state,
)
_NEW = (
    select_columns(*_COLUMNS)
    .outerjoin(Person, col(Person.id) == Notice.actor_id)
    .outerjoin(Entry, col(Entry.id) == Notice.about_id)
    .outerjoin(Meeting, col(Meeting.id) == Notice.about_id)
    .where(
        Notice.person_id == bindparam("person_id", type_=Uuid()),
        or_(col(Notice.seen_at).is_(None), Notice.seen_at >= bindparam("since", type_=UtcDateTime())),
    )
    .order_by(col(Notice.at).desc(), col(Notice.id))
    .limit(NOTICES_MOST)
)

PLACES = {
    EntryKind.DREAM: "droem",
    EntryKind.GOAL: "maal",
    EntryKind.STEP: "skridt",
    EntryKind.OTHER: "andet",
}  # ids on /plan
OF_ENTRIES = frozenset(kind for kind in NoticeKind if kind.startswith("entry")) | {
    NoticeKind.STEP_DONE,
    NoticeKind.GOAL_ANSWERED,
}
OF_MEETINGS = (
    NoticeKind.MEETING_NEW,
    NoticeKind.MEETING_ANSWERED,
    NoticeKind.MEETING_MOVED,
    NoticeKind.MEETING_CHANGED,
    NoticeKind.MEETING_CANCELLED,
    NoticeKind.MEETING_RESTORED,
    NoticeKind.MEETING_EXPIRED,
    NoticeKind.MEETING_SOON,
    NoticeKind.MEETING_TASK_LATE,
    NoticeKind.MINUTES_SHARED,
    NoticeKind.MINUTES_ANSWERED,
)
UNASKED = frozenset(OF_MEETINGS) - {NoticeKind.MEETING_NEW, NoticeKind.MEETING_MOVED}  # no question tells it
OF_PROGRESS = (NoticeKind.ASSESSMENT_SHOWN, NoticeKind.ASSESSMENT_READ)


@dataclass(frozen=True, slots=True)
class NewsSentence:
    """One sentence, and where what it tells of stands."""

    text: str
    endpoint: str | None  # None: there is no such page
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnseenNews:
    """What a reader hasn't seen before this visit."""

    sentences: tuple[NewsSentence, ...] = ()
    since: datetime | None = None  # the visit before; None: there was none
    unseen: bool = False  # something is shown for the first time


def read_news(
    session: Session, person_id: UUID, session_id: UUID, *, waiting: Collection[UUID] = ()
) -> UnseenNews:
    """Return what is new for a person in the visit of this sign-in. Two queries.

    `waiting` are entries, goals and meetings that the same page asks the person about: they are not told of
    twice. That a meeting is changed is told, for the question doesn't say it.
    """
    visits = session.exec(_VISITS, params={"person_id": person_id, "session_id": session_id}).one()
    rows = session.exec(_NEW, params={"person_id": person_id, "since": visits.opened_at}).all()
    told = [one for one in rows if one.about_id not in waiting or one.kind in UNASKED]
    return UnseenNews(
        sentences=tuple(_sentences(told)),
        since=visits.before_at,
        unseen=any(one.seen_at is None for one in rows),
    )


def _sentences(rows: Iterable[Row[Any]]) -> list[NewsSentence]:
    """Gather what the same person did of the same kind into one sentence, the newest first."""
    gathered: dict[tuple[NoticeKind, UUID | None, bool], list[Row[Any]]] = {}
    for row in rows:
        proposed = row.state is MeetingState.PROPOSED
        gathered.setdefault((row.kind, row.actor_id, proposed), []).append(row)
    said = []
    for (kind, _actor, proposed), alike in islice(gathered.items(), SENTENCES_MOST):
        first, alone = alike[0], len(alike) == 1
        of = first.entry_kind if alone and kind in OF_ENTRIES else None
        name = first_name(first.name) if first.name else None
        text = news_sentence(kind, name, len(alike), MeetingState.PROPOSED if proposed else of)
        said.append(NewsSentence(text, *_place(kind, first.about_id if alone else None, of)))
    return said


def _place(kind: NoticeKind, about: UUID | None, of: EntryKind | None) -> tuple[str | None, dict[str, Any]]:
    """Return the page that shows it, and what its address needs; `about` is None for several things."""
    if kind in OF_MEETINGS:
        return ("calendar.meeting", {"meeting_id": about}) if about else ("calendar.index", {})
    if kind in OF_PROGRESS:
        return "assessments.index", {}
    if kind is NoticeKind.DEVICE_NEW:
        return None, {}
    if kind in (NoticeKind.CONSENT_GIVEN, NoticeKind.CONSENT_REVOKED):
        return "consent.index", {}
    return "goals.index", {"_anchor": f"{PLACES[of]}-{about}"} if of else {}


def news_sentence(
    kind: NoticeKind, name: str | None, count: int = 1, of: EntryKind | MeetingState | None = None
) -> str:
    """Return what a citizen is told.

    `name` is who did it (None: the app itself), `count` how many times, `of` the kind of the one entry, or
    that the meetings are proposed.
    """
    who = name or _("Kommunen")
    if count == 1 and isinstance(of, EntryKind) and (named := _named(kind, of, who)):
        return named
    return _counted(kind, who, count, proposed=of is MeetingState.PROPOSED) or _single(kind, who)


def _counted(kind: NoticeKind, who: str, count: int, *, proposed: bool) -> str | None:
    """Return the sentence that says how many, or None where it reads the same however often it happened."""
    match kind:
        case NoticeKind.MEETING_ANSWERED:
            return ngettext(
                "%(who)s skrev dit svar ned. Se, om det passer.",
                "%(who)s skrev %(num)s svar ned for dig. Se, om de passer.",
                count,
                who=who,
            )
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
            return _called(who, count, proposed=proposed)
    return None


def _called(who: str, count: int, *, proposed: bool) -> str:
    """Return that somebody called meetings; while they wait for an answer they are only proposed."""
    if proposed:
        return ngettext(
            "%(who)s foreslår et møde. Vælg en tid.",
            "%(who)s foreslår %(num)s møder. Vælg tider.",
            count,
            who=who,
        )
    return ngettext(
        "%(who)s har sat et møde i din kalender.",
        "%(who)s har sat %(num)s møder i din kalender.",
        count,
        who=who,
    )


def _named(kind: NoticeKind, of: EntryKind, who: str) -> str | None:
    """Return the sentence that names what the one entry is, or None where it needs no name."""
    said: dict[tuple[NoticeKind, EntryKind], str] = {
        (NoticeKind.ENTRY_APPROVED, EntryKind.DREAM): _("%(who)s tog din drøm med i planen.", who=who),
        (NoticeKind.ENTRY_APPROVED, EntryKind.GOAL): _("%(who)s tog dit mål med i planen.", who=who),
        (NoticeKind.ENTRY_APPROVED, EntryKind.STEP): _("%(who)s tog dit skridt med i planen.", who=who),
        (NoticeKind.ENTRY_APPROVED, EntryKind.OTHER): _("%(who)s tog det, du skrev, med i planen.", who=who),
        (NoticeKind.ENTRY_SHARED, EntryKind.STEP): _("%(who)s tog et skridt med i din plan.", who=who),
        (NoticeKind.ENTRY_TALK, EntryKind.DREAM): _("%(who)s vil gerne tale med dig om din drøm.", who=who),
        (NoticeKind.ENTRY_TALK, EntryKind.GOAL): _("%(who)s vil gerne tale med dig om dit mål.", who=who),
        (NoticeKind.ENTRY_TALK, EntryKind.STEP): _("%(who)s vil gerne tale med dig om dit skridt.", who=who),
        (NoticeKind.ENTRY_TALK, EntryKind.OTHER): _(
            "%(who)s vil gerne tale med dig om det, du skrev.", who=who
        ),
    }
    return said.get((kind, of))


def _single(kind: NoticeKind, who: str) -> str:
    """Return the sentence of a kind that reads the same however often it happened."""
    said: dict[NoticeKind, str] = {
        NoticeKind.ENTRY_SHARED: _("%(who)s har sat noget nyt i din plan.", who=who),
        NoticeKind.ENTRY_TAKEN_BACK: _("%(who)s har taget et forslag tilbage.", who=who),
        NoticeKind.ENTRY_LATE: _("Du skulle have haft et svar nu. Se i din plan, hvem der svarer."),
        NoticeKind.GOAL_ANSWERED: _("%(who)s har svaret på et mål i din plan.", who=who),
        NoticeKind.MEETING_MOVED: _("%(who)s har flyttet et møde.", who=who),
        NoticeKind.MEETING_CHANGED: _("%(who)s har ændret et møde. Se, hvad der er nyt.", who=who),
        NoticeKind.MEETING_TASK_LATE: _("Noget om et møde skulle være klaret nu."),
        NoticeKind.MEETING_CANCELLED: _("%(who)s har aflyst et møde.", who=who),
        NoticeKind.MEETING_RESTORED: _("%(who)s har fortrudt. Mødet står der igen.", who=who),
        NoticeKind.MEETING_EXPIRED: _("Et forslag til et møde er udløbet. Du skal ikke gøre noget."),
        NoticeKind.MEETING_SOON: _("Du har snart en aftale."),
        NoticeKind.MINUTES_SHARED: _("%(who)s har skrevet, hvad I aftalte.", who=who),
        NoticeKind.MINUTES_ANSWERED: _("%(who)s har skrevet noget til det, I aftalte.", who=who),
        NoticeKind.CONSENT_GIVEN: _("%(who)s har sagt ja til din plan.", who=who),
        NoticeKind.ASSESSMENT_SHOWN: _("%(who)s har vist, hvordan det går.", who=who),
        NoticeKind.ASSESSMENT_READ: _("%(who)s har læst dit svar om, hvordan det går.", who=who),
        NoticeKind.DEVICE_NEW: _("Der er lavet en ny adgangsnøgle til dig."),
        NoticeKind.CONSENT_REVOKED: _("%(who)s har sagt nej til din plan. Den er lukket nu.", who=who),
    }
    return said.get(kind) or _("Der er noget nyt i din plan.")
