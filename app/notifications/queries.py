"""What is new for a reader: one query, and one way from its rows to sentences, which hold no content.

Decision: a citizen's news stays until it is opened or set aside, however often it was shown.

Decision: a kind that is not known here (a newer version told it) is passed over and stays unseen, so that
the newer version tells it when it is back; a sentence that doesn't say what is new would help nobody.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, String, Uuid, bindparam, null
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, or_, select

from app.dates.local_time import danish_day
from app.i18n import gettext as _
from app.identity.hidden_names import IN_HIDDEN_DEPARTMENT
from app.identity.models import Person
from app.identity.rules import first_name
from app.notifications.models import Notice
from app.notifications.rules import KINDS, AboutTable, Link, NewsGroup, NoticeKind
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import RowSelect, select_columns

LINES_MOST = 10  # for those who help
HELPERS_SEE = timedelta(days=14)  # what nobody has opened or set aside after that is no news
NOTICES_MOST = 50  # gathered into the sentences

_OWN = Notice.citizen_id == Notice.person_id
_WHICH: Mapping[str, Any] = {
    "unread": and_(_OWN, col(Notice.seen_at).is_(None)),
    "read": and_(_OWN, col(Notice.seen_at).is_not(None)),
    "of others": and_(
        Notice.citizen_id != Notice.person_id,
        Notice.at > bindparam("since", type_=UtcDateTime()),
        col(Notice.seen_at).is_(None),
    ),
}

_UNREAD_ABOUT = select(Notice.id).where(
    Notice.about_id == bindparam("about_id", type_=Uuid()),
    Notice.person_id == bindparam("person_id", type_=Uuid()),
    col(Notice.seen_at).is_(None),
)

Say = Callable[[NewsGroup], str]


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One sentence, and where what it tells of stands."""

    text: str
    link: Link
    urgent: bool
    at: datetime  # the newest of what it tells
    ids: tuple[UUID, ...]  # the notices that it tells of, the newest first


class NewsTarget(NamedTuple):
    """What a piece of news leads to: which page about whom, and about which thing."""

    endpoint: str
    citizen_id: UUID
    about: UUID | None


class UnreadNews(NamedTuple):
    """What is new for somebody, the newest first, and until when it was: all of it, told here or not."""

    items: tuple[NewsItem, ...]
    until: datetime | None


def read_news(session: Reader, person_id: UUID, *, waiting: Collection[UUID] = ()) -> UnreadNews:
    """Return what is new for a citizen. One query.

    `waiting` are entries, goals and meetings that the same page asks the citizen about: they are not told of
    twice, unless the question doesn't say it. Setting the news aside sets them aside too.
    """
    said = _said_to_citizen()
    rows = _list_notices(session, person_id, said, "unread")
    told = (one for one in rows if one.about_id not in waiting or KINDS[one.kind].beside_question)
    return UnreadNews(tuple(_gather(told, said)), max((one.at for one in rows), default=None))


def list_unread_about(session: Reader, person_id: UUID, about_id: UUID) -> Sequence[UUID]:
    """Return the notices about one thing that somebody has not read. One query."""
    return session.exec(_UNREAD_ABOUT, params={"person_id": person_id, "about_id": about_id}).all()


def list_read_news(session: Reader, person_id: UUID) -> list[NewsItem]:
    """Return what a citizen has opened or set aside, the newest first, gathered day by day. One query."""
    said = _said_to_citizen()
    rows = _list_notices(session, person_id, said, "read")
    newest_first = sorted(rows, key=lambda one: one.at, reverse=True)
    by_day = (list(day) for _day, day in groupby(newest_first, key=lambda one: danish_day(one.at)))
    return [item for day in by_day for item in _gather(day, said)]


def find_news(session: Reader, person_id: UUID, notice_id: UUID) -> NewsItem | None:
    """Return the sentence that tells a citizen of this notice; None: it is not theirs, or tells nothing."""
    everything = (*read_news(session, person_id).items, *list_read_news(session, person_id))
    return next((item for item in everything if notice_id in item.ids), None)


def _said_to_citizen() -> dict[str, Say]:
    return {name: kind.to_citizen for name, kind in KINDS.items() if kind.to_citizen}


def list_helper_news(
    session: Reader,
    reader_id: UUID,
    *,
    may_open: Callable[[Collection[NewsTarget]], Collection[NewsTarget]],
    now: datetime,
) -> list[NewsItem]:
    """Return what is new in the plans of those the reader helps and is not opened yet, the urgent first.

    Nobody is told of what they may not open now: `may_open` returns which of these are theirs to open.
    """
    said = {name: kind.to_helper for name, kind in KINDS.items() if kind.to_helper}
    rows = _list_notices(session, reader_id, said, "of others", since=now - HELPERS_SEE)
    targets = [_target(row) for row in rows]
    theirs = frozenset(may_open(targets))
    mine = (row for row, target in zip(rows, targets, strict=True) if target in theirs)
    return list(islice(_gather(mine, said, of_others=True), LINES_MOST))


def _target(row: Row[Any]) -> NewsTarget:
    alone = NewsGroup(who="", citizen="", at=row.at, about=row.about_id)
    return NewsTarget(KINDS[row.kind].leads_to(alone).endpoint, row.citizen_id, row.about_id)


def _list_notices(
    session: Reader, person_id: UUID, kinds: Collection[str], which: str, **more: datetime
) -> list[Row[Any]]:
    urgent = [kind.name for kind in KINDS.values() if kind.urgent]
    known = {"person_id": person_id, "kinds": list(kinds), "urgent": urgent, **more}
    return list(session.exec(_select(_about_tables(), which), params=known).all())


def _about_tables() -> tuple[AboutTable, ...]:
    return tuple(dict.fromkeys(kind.about for kind in KINDS.values() if kind.about))


@lru_cache(maxsize=8)
def _select(tables: tuple[AboutTable, ...], which: str) -> RowSelect:
    """Return the newest notices of a person with who did it, whose plan it is, and what they are about."""
    citizen: Any = aliased(Person)
    details = [table.detail.label(f"detail_{number}") for number, table in enumerate(tables)]
    columns: list[Any] = [Notice.kind, Notice.actor_id, Notice.citizen_id, Notice.about_id, Notice.at]
    quiet = or_(IN_HIDDEN_DEPARTMENT, *_quiet_rows(tables))
    name = col(Person.name) if which == "of others" else case((quiet, null()), else_=Person.name)
    rows = (
        select_columns(Notice.id, *columns, name.label("name"), citizen.name.label("citizen"), *details)
        .join(citizen, citizen.id == Notice.citizen_id)
        .outerjoin(Person, col(Person.id) == Notice.actor_id)
    )
    for table in tables:
        rows = rows.outerjoin(table.id.class_, table.id == Notice.about_id)
    later = col(Notice.kind).not_in(bindparam("urgent", type_=String(), expanding=True))
    return (
        rows.where(Notice.person_id == bindparam("person_id", type_=Uuid()), _WHICH[which])
        .where(col(Notice.kind).in_(bindparam("kinds", type_=String(), expanding=True)))
        .order_by(later, col(Notice.at).desc(), col(Notice.id))
        .limit(NOTICES_MOST)
    )


def _quiet_rows(tables: tuple[AboutTable, ...]) -> list[Any]:
    return [and_(table.id.is_not(None), table.quiet) for table in tables if table.quiet is not None]


def _gather(
    rows: Iterable[Row[Any]], said: Mapping[str, Say], *, of_others: bool = False
) -> Iterable[NewsItem]:
    """Yield a sentence for what the same person did of the same kind in one plan, the newest first.

    No sentence stands twice about one citizen: two that read the same lead to one place.
    """
    gathered: dict[Hashable, list[tuple[NoticeKind, Row[Any], NewsGroup]]] = {}
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
        gathered.setdefault(alike, []).append((kind, row, one))
    told: dict[Hashable, tuple[NoticeKind, UUID, NewsGroup, tuple[UUID, ...]]] = {}
    for found in gathered.values():
        kind, row, first = found[0]
        group = first if len(found) == 1 else replace(first, count=len(found), about=None)
        ids = tuple(one.id for _kind, one, _group in found)
        same = (row.citizen_id, said[kind.name](group))  # of several people, in words that name none of them
        if same in told:
            group = replace(told[same][2], count=told[same][2].count + group.count, about=None)
            ids = told[same][3] + ids
        told[same] = (kind, row.citizen_id, group, ids)
    for kind, citizen_id, group, ids in told.values():
        link = kind.leads_to(group)
        if of_others:
            link = replace(link, values={**link.values, "citizen_id": citizen_id})
        yield NewsItem(said[kind.name](group), link, kind.urgent, group.at, ids)
