"""What is new, in at most three sentences that say nothing of the content."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, case, func, select
from sqlmodel import Session, col

from app.entries.models import Entry
from app.entries.rules import Kind
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

_KINDS = select(col(Entry.id), col(Entry.kind)).where(
    col(Entry.id).in_(bindparam("ids", expanding=True, type_=Uuid()))
)

PLACES = {Kind.DREAM: "droem", Kind.GOAL: "maal", Kind.STEP: "skridt", Kind.OTHER: "andet"}  # ids on /plan
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
OF_PROGRESS = (NoticeKind.ASSESSMENT_SHOWN, NoticeKind.ASSESSMENT_READ)


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence, and where what it tells of stands."""

    text: str
    endpoint: str | None  # None: there is no such page
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """What a reader hasn't seen before this visit."""

    sentences: tuple[Told, ...] = ()
    since: datetime | None = None  # the visit before; None: there was none
    unseen: bool = False  # something is shown for the first time


def read_news(session: Session, person_id: UUID, session_id: UUID, *, waiting: Collection[UUID] = ()) -> News:
    """Return what is new for a person in the visit of this sign-in. At most four queries.

    `waiting` are entries and goals that the same page asks the person about: they are not told of twice.
    """
    visits = session.execute(_VISITS, {"person_id": person_id, "session_id": session_id}).one()
    notices = list_new(session, person_id, since=visits.opened_at, most=NOTICES_MOST)
    told = [notice for notice in notices if notice.about_id not in waiting]
    actors = {notice.actor_id for notice in told if notice.actor_id}
    names = {row.id: first_name(row.name) for row in session.execute(_NAMES, {"ids": list(actors)})}
    about = {notice.about_id for notice in told if notice.kind in OF_ENTRIES}
    kinds = {row.id: row.kind for row in session.execute(_KINDS, {"ids": list(about)})} if about else {}
    return News(
        sentences=tuple(_sentences(told, names, kinds)),
        since=visits.before_at,
        unseen=any(notice.seen_at is None for notice in notices),
    )


def _sentences(notices: Iterable[Notice], names: dict[UUID, str], kinds: Mapping[UUID, Kind]) -> list[Told]:
    """Gather what the same person did of the same kind into one sentence, the newest first."""
    gathered: dict[tuple[NoticeKind, UUID | None], list[UUID | None]] = {}
    for notice in notices:
        gathered.setdefault((notice.kind, notice.actor_id), []).append(notice.about_id)
    said = []
    for (kind, actor), about in islice(gathered.items(), SENTENCES_MOST):
        only = about[0] if len(about) == 1 else None
        of = kinds.get(only) if only else None
        text = sentence(kind, names.get(actor) if actor else None, len(about), of)
        said.append(Told(text, *_place(kind, only, of)))
    return said


def _place(kind: NoticeKind, about: UUID | None, of: Kind | None) -> tuple[str | None, dict[str, Any]]:
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


def sentence(kind: NoticeKind, name: str | None, count: int = 1, of: Kind | None = None) -> str:
    """Return what a citizen is told.

    `name` is who did it (None: the app itself), `count` how many times, `of` the kind of the one entry.
    """
    who = name or _("Kommunen")
    if count == 1 and of and (named := _named(kind, of, who)):
        return named
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


def _named(kind: NoticeKind, of: Kind, who: str) -> str | None:
    """Return the sentence that names what the one entry is, or None where it needs no name."""
    said: dict[tuple[NoticeKind, Kind], str] = {
        (NoticeKind.ENTRY_APPROVED, Kind.DREAM): _("%(who)s tog din drøm med i planen.", who=who),
        (NoticeKind.ENTRY_APPROVED, Kind.GOAL): _("%(who)s tog dit mål med i planen.", who=who),
        (NoticeKind.ENTRY_APPROVED, Kind.STEP): _("%(who)s tog dit skridt med i planen.", who=who),
        (NoticeKind.ENTRY_APPROVED, Kind.OTHER): _("%(who)s tog det, du skrev, med i planen.", who=who),
        (NoticeKind.ENTRY_SHARED, Kind.STEP): _("%(who)s tog et skridt med i din plan.", who=who),
        (NoticeKind.ENTRY_TALK, Kind.DREAM): _("%(who)s vil gerne tale med dig om din drøm.", who=who),
        (NoticeKind.ENTRY_TALK, Kind.GOAL): _("%(who)s vil gerne tale med dig om dit mål.", who=who),
        (NoticeKind.ENTRY_TALK, Kind.STEP): _("%(who)s vil gerne tale med dig om dit skridt.", who=who),
        (NoticeKind.ENTRY_TALK, Kind.OTHER): _("%(who)s vil gerne tale med dig om det, du skrev.", who=who),
    }
    return said.get((kind, of))


def _single(kind: NoticeKind, who: str) -> str:
    """Return the sentence of a kind that reads the same however often it happened."""
    said: dict[NoticeKind, str] = {
        NoticeKind.ENTRY_SHARED: _("%(who)s har sat noget nyt i din plan.", who=who),
        NoticeKind.ENTRY_TAKEN_BACK: _("%(who)s har taget et forslag tilbage.", who=who),
        NoticeKind.ENTRY_LATE: _("Du skulle have haft et svar nu. Se i din plan, hvem der svarer."),
        NoticeKind.GOAL_ANSWERED: _("%(who)s har svaret på et mål i din plan.", who=who),
        NoticeKind.MEETING_ANSWERED: _("%(who)s har svaret på et møde.", who=who),
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
