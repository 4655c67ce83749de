"""What is new for a reader: one query, and one way from its rows to sentences, which hold no content.

Decision: a kind that is not known here (a newer version told it) is passed over and stays unseen, so that
the newer version tells it when it is back; a sentence that doesn't say what is new would help nobody.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, String, Uuid, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, case, col, or_

from app.i18n import gettext as _
from app.identity.models import LoginSession, Person
from app.identity.rules import first_name
from app.notifications.models import Notice
from app.notifications.rules import KINDS, AboutTable, Link, NewsGroup, NoticeKind
from app.store.db import UtcDateTime
from app.store.query import RowSelect, select_columns

SENTENCES_MOST = 3  # for a citizen
LINES_MOST = 10  # for those who help
HELPERS_SEE = timedelta(days=3)  # as long as an invitation lasts
NOTICES_MOST = 50  # gathered into the sentences

_CURRENT = col(LoginSession.id) == bindparam("session_id", type_=Uuid())
_VISITS = select_columns(
    func.max(case((_CURRENT, LoginSession.opened_at))).label("opened_at"),
    func.max(case((~_CURRENT, LoginSession.last_seen_at))).label("before_at"),
).where(col(LoginSession.person_id) == bindparam("person_id", type_=Uuid()))
_SINCE = bindparam("since", type_=UtcDateTime())
_OWN = and_(
    Notice.citizen_id == Notice.person_id, or_(col(Notice.seen_at).is_(None), Notice.seen_at >= _SINCE)
)
_OF_OTHERS = and_(Notice.citizen_id != Notice.person_id, Notice.at > _SINCE)

Say = Callable[[NewsGroup], str]


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One sentence, and where what it tells of stands."""

    text: str
    link: Link
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class UnseenNews:
    """What a citizen hasn't seen before this visit."""

    items: tuple[NewsItem, ...] = ()
    since: datetime | None = None  # the visit before; None: there was none
    unseen: bool = False  # something is shown for the first time


def read_news(
    session: Session, person_id: UUID, session_id: UUID, *, waiting: Collection[UUID] = ()
) -> UnseenNews:
    """Return what is new for a citizen in the visit of this sign-in. Two queries.

    `waiting` are entries, goals and meetings that the same page asks the citizen about: they are not told of
    twice, unless the question doesn't say it.
    """
    visits = session.exec(_VISITS, params={"person_id": person_id, "session_id": session_id}).one()
    said = {name: kind.to_citizen for name, kind in KINDS.items() if kind.to_citizen}
    rows = _list_notices(session, person_id, said, _OWN, visits.opened_at)
    told = [one for one in rows if one.about_id not in waiting or KINDS[one.kind].beside_question]
    return UnseenNews(
        items=tuple(islice(_gather(told, said), SENTENCES_MOST)),
        since=visits.before_at,
        unseen=any(one.seen_at is None for one in rows),
    )


def list_helper_news(
    session: Session, reader_id: UUID, *, may_open: Callable[[str, UUID], bool], now: datetime
) -> list[NewsItem]:
    """Return what has happened these days in the plans of those the reader helps, the urgent first.

    Nobody is told of what they may not open now: `may_open` says whether a page about a citizen is theirs.
    """
    said = {name: kind.to_helper for name, kind in KINDS.items() if kind.to_helper}
    rows = _list_notices(session, reader_id, said, _OF_OTHERS, now - HELPERS_SEE)
    items = _gather(rows, said, of_others=True)
    open_to_me = (one for one in items if may_open(one.link.endpoint, one.link.values["citizen_id"]))
    return list(islice(open_to_me, LINES_MOST))


def _list_notices(
    session: Session, person_id: UUID, kinds: Collection[str], which: ColumnElement[bool], since: datetime
) -> list[Row[Any]]:
    rows = _select(_about_tables()).where(which)
    urgent = [kind.name for kind in KINDS.values() if kind.urgent]
    known = {"person_id": person_id, "since": since, "kinds": list(kinds), "urgent": urgent}
    return list(session.exec(rows, params=known).all())


def _about_tables() -> tuple[AboutTable, ...]:
    return tuple(dict.fromkeys(kind.about for kind in KINDS.values() if kind.about))


@lru_cache(maxsize=8)
def _select(tables: tuple[AboutTable, ...]) -> RowSelect:
    """Return the newest notices of a person with who did it, whose plan it is, and what they are about."""
    citizen: Any = aliased(Person)
    details = [table.detail.label(f"detail_{number}") for number, table in enumerate(tables)]
    columns: list[Any] = [Notice.kind, Notice.actor_id, Notice.citizen_id, Notice.about_id, Notice.at]
    rows = (
        select_columns(*columns, Notice.seen_at, Person.name, citizen.name.label("citizen"), *details)
        .join(citizen, citizen.id == Notice.citizen_id)
        .outerjoin(Person, col(Person.id) == Notice.actor_id)
    )
    for table in tables:
        rows = rows.outerjoin(table.id.class_, table.id == Notice.about_id)
    later = col(Notice.kind).not_in(bindparam("urgent", type_=String(), expanding=True))
    return (
        rows.where(Notice.person_id == bindparam("person_id", type_=Uuid()))
        .where(col(Notice.kind).in_(bindparam("kinds", type_=String(), expanding=True)))
        .order_by(later, col(Notice.at).desc(), col(Notice.id))
        .limit(NOTICES_MOST)
    )


def _gather(
    rows: Iterable[Row[Any]], said: Mapping[str, Say], *, of_others: bool = False
) -> Iterable[NewsItem]:
    """Yield a sentence for what the same person did of the same kind in one plan, the newest first."""
    gathered: dict[Hashable, list[tuple[NoticeKind, UUID, NewsGroup]]] = {}
    tables = _about_tables()
    for row in rows:
        kind = KINDS[row.kind]
        one = NewsGroup(
            who=first_name(row.name) if row.name else _("Kommunen"),
            citizen=first_name(row.citizen),
            at=row.at,
            about=row.about_id,
            detail=getattr(row, f"detail_{tables.index(kind.about)}") if kind.about else None,
        )
        alike = (kind.name, row.actor_id, row.citizen_id, kind.apart(one))
        gathered.setdefault(alike, []).append((kind, row.citizen_id, one))
    for found in gathered.values():
        kind, citizen_id, first = found[0]
        group = first if len(found) == 1 else replace(first, count=len(found), about=None)
        link = kind.leads_to(group)
        if of_others:
            link = replace(link, values={**link.values, "citizen_id": citizen_id})
        yield NewsItem(said[kind.name](group), link, kind.urgent)
