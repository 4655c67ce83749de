"""Meetings as a phone's own calendar reads them (feed): one secret address for each phone.

The address alone opens it, so it says little: "Aftale", and no place, unless its owner chose more. It works
until it is closed, or until nobody has read it for 90 days. Proposals are not in it: their times are only
held. Callers own the transaction.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, exists, func, update
from sqlmodel import Session, and_, col, or_, select

from app.calendar_sync.ical_writer import FeedEvent, calendar_text
from app.calendar_sync.models import CalendarFeed
from app.errors import Missing, Refused
from app.i18n import translations
from app.identity.models import Person, PersonRole
from app.identity.rules import first_name
from app.identity.sessions import token_hash
from app.meetings.hidden import IS_HIDDEN
from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.models import Meeting, MeetingOption, Participant, Place
from app.meetings.place_columns import ADDRESS
from app.meetings.rules import Channel
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import RowSelect, columns_of, id_list, select_columns

MOST_FEEDS = 10
NAME_MOST = 60
UNUSED = timedelta(days=90)
USE_STEP = timedelta(hours=1)  # a fetch is written down at most this often
KEPT = timedelta(days=14)  # how long a meeting that is over, or cancelled, stays after its time
MOST_MEETINGS = 500

_SHOWN = (MeetingState.AGREED, MeetingState.HELD)


class TooManyFeeds(Refused):
    reason = "Du har allerede ti links. Luk et af dem først."


@dataclass(frozen=True, slots=True)
class ActiveFeed:
    """A feed that works, and what is needed to fill it."""

    id: UUID
    person_id: UUID
    detailed: bool
    language: str
    last_used_at: datetime | None  # None: never fetched


_NOW = bindparam("now", type_=UtcDateTime())
_ALIVE = and_(
    col(CalendarFeed.revoked_at).is_(None),
    func.coalesce(CalendarFeed.last_used_at, CalendarFeed.created_at)
    > bindparam("since", type_=UtcDateTime()),
)
_BELONGS = exists().where(
    col(PersonRole.person_id) == CalendarFeed.person_id,
    PersonRole.starts_at <= _NOW,
    or_(col(PersonRole.ends_at).is_(None), PersonRole.ends_at > _NOW),
)
_FIND = (
    select_columns(
        CalendarFeed.id,
        CalendarFeed.person_id,
        CalendarFeed.detailed,
        Person.language,
        CalendarFeed.last_used_at,
    )
    .join(Person, col(Person.id) == CalendarFeed.person_id)
    .where(CalendarFeed.secret_hash == bindparam("secret_hash"), _ALIVE, _BELONGS)
)
_OF_PERSON = (
    select_columns(
        CalendarFeed.id,
        CalendarFeed.name,
        CalendarFeed.detailed,
        CalendarFeed.last_used_at,
        CalendarFeed.created_at,
    )
    .where(CalendarFeed.person_id == bindparam("person_id", type_=Uuid()), _ALIVE)
    .order_by(col(CalendarFeed.created_at), col(CalendarFeed.id))
)


def make_feed(session: Session, person_id: UUID, name: str, *, detailed: bool, now: datetime) -> str:
    """Make an address for one phone and return its secret, which can't be shown again.

    Raises:
        TooManyFeeds: the person has ten that work.
    """
    if len(list_feeds(session, person_id, now=now)) >= MOST_FEEDS:
        raise TooManyFeeds
    secret = secrets.token_urlsafe(32)
    session.add(
        CalendarFeed(
            person_id=person_id,
            secret_hash=token_hash(secret),
            name=name,
            detailed=detailed,
            created_at=now,
        )
    )
    return secret


def revoke_feed(session: Session, person_id: UUID, feed_id: UUID, *, now: datetime) -> None:
    """Close an address at once; closing it twice changes nothing. Raise Missing if it is not theirs."""
    feed = session.get(CalendarFeed, feed_id)
    if feed is None or feed.person_id != person_id:
        raise Missing
    feed.revoked_at = feed.revoked_at or now


def list_feeds(session: Reader, person_id: UUID, *, now: datetime) -> Sequence[Any]:
    """Return the rows of a person's addresses that work, oldest first."""
    return session.exec(_OF_PERSON, params={"person_id": person_id, "since": now - UNUSED}).all()


def find_feed(session: Reader, secret: str, *, now: datetime) -> ActiveFeed | None:
    """Return the feed that a secret opens, or None: unknown, closed and long unused are the same."""
    wanted = {"secret_hash": token_hash(secret), "since": now - UNUSED, "now": now}
    row = session.exec(_FIND, params=wanted).first()
    return ActiveFeed(*row) if row else None


def is_fetch_recorded(feed: ActiveFeed, now: datetime) -> bool:
    """Say whether the last fetch that was written down is new enough."""
    return feed.last_used_at is not None and now - feed.last_used_at < USE_STEP


def record_fetch(session: Session, feed: ActiveFeed, *, now: datetime) -> None:
    """Write down that a feed was fetched."""
    session.exec(update(CalendarFeed).where(col(CalendarFeed.id) == feed.id).values(last_used_at=now))


# --- what it says ---

_OWN = and_(
    Participant.meeting_id == Meeting.id,
    Participant.subject_id == bindparam("person_id", type_=Uuid()),
)
# A meeting that was only proposed was never in the feed, so its end is no news: its times stay open on paper.
_WAS_AGREED = ~exists().where(
    col(MeetingOption.meeting_id) == Meeting.id, col(MeetingOption.state) == OptionState.OPEN
)


def _meetings() -> RowSelect:
    return (
        select_columns(*columns_of(Meeting), Person.protected_address, ADDRESS, IS_HIDDEN.label("is_hidden"))
        .join(Participant, _OWN)
        .join(Person, col(Person.id) == Meeting.citizen_id)
        .outerjoin(Place, col(Place.id) == Meeting.place_id)
    )


_OF_FEED = (
    _meetings()
    .where(
        Meeting.ends_at > bindparam("since", type_=UtcDateTime()),
        or_(
            col(Meeting.state).in_(_SHOWN),
            and_(Meeting.state == MeetingState.CANCELLED, _WAS_AGREED),
        ),
    )
    .order_by(col(Meeting.starts_at), col(Meeting.id))
    .limit(MOST_MEETINGS)
)
_ONE = _meetings().where(
    Meeting.id == bindparam("meeting_id", type_=Uuid()),
    col(Meeting.state).in_((*_SHOWN, MeetingState.CANCELLED)),
)
_PEOPLE = (
    select(Participant.meeting_id, Person.name)
    .join(Person, col(Person.id) == Participant.subject_id)
    .where(
        col(Participant.meeting_id).in_(id_list()),
        Participant.subject_id != bindparam("person_id", type_=Uuid()),
    )
    .order_by(col(Person.sort_key), col(Person.id))
)


def feed_text(session: Reader, feed: ActiveFeed, *, now: datetime) -> str:
    """Return the calendar file of a feed, as it is now."""
    rows = session.exec(_OF_FEED, params={"person_id": feed.person_id, "since": now - KEPT}).all()
    return _text(session, rows, feed.person_id, feed.language, detailed=feed.detailed)


def meeting_text(
    session: Reader, citizen_id: UUID, meeting_id: UUID, *, language: str, detailed: bool
) -> str:
    """Return the calendar file of one meeting.

    Raises:
        Missing: the citizen has no such meeting, or it is not agreed.
    """
    rows = session.exec(_ONE, params={"person_id": citizen_id, "meeting_id": meeting_id}).all()
    if not rows:
        raise Missing
    return _text(session, rows, citizen_id, language, detailed=detailed)


def _text(
    session: Reader, rows: Sequence[Row[Any]], person_id: UUID, language: str, *, detailed: bool
) -> str:
    people: dict[UUID, list[str]] = {row.id: [] for row in rows}
    if detailed and rows:
        for meeting_id, name in session.exec(_PEOPLE, params={"person_id": person_id, "ids": list(people)}):
            people[meeting_id].append(first_name(name))
    written = []
    for row in rows:
        # What is told of a citizen is the citizen's own to choose: those who help get "Aftale" alone.
        tells = detailed and row.citizen_id == person_id and not row.is_hidden
        with_names = people[row.id]
        written.append(_written(row, language, with_names, tells))
    _ = translations(language).gettext
    return calendar_text(written, _("Aftaler"))


def _written(meeting: Row[Any], language: str, names: list[str], tells: bool) -> FeedEvent:
    _ = translations(language).gettext
    hidden = meeting.protected_address
    gone = meeting.state is MeetingState.CANCELLED
    title = meeting.purpose if tells else _("Aftale")
    return FeedEvent(
        uid=str(meeting.id),
        sequence=meeting.sequence,
        changed_at=meeting.changed_at or meeting.cancelled_at or meeting.created_at,
        created_at=meeting.created_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        summary=_("Aflyst: %(title)s") % {"title": title} if gone else title,
        cancelled=gone,
        location=_place(meeting.channel, meeting.address, language) if tells and not hidden else None,
        description=_more(meeting, names, language) if tells and not hidden else None,
        alarm=title,
    )


def _place(channel: Channel, address: str | None, language: str) -> str | None:
    """Return where it is; at home it is said that it is there, never the address."""
    _ = translations(language).gettext
    return {
        Channel.PHONE: _("På telefon"),
        Channel.VIDEO: _("På video"),
        Channel.HOME: _("Hjemme hos dig"),
    }.get(channel, address)


def _more(meeting: Row[Any], names: list[str], language: str) -> str:
    _ = translations(language).gettext
    lines = [_("Med %(names)s") % {"names": ", ".join(names)}] if names else []
    if meeting.bring:
        lines.append(_("Tag med: %(things)s") % {"things": meeting.bring})
    return "\n".join(lines)
