"""What is new for who helps: of it what leads to something that is theirs to open now."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

from app.access.policy import Subject
from app.booking.own_meetings import visible_meetings
from app.notifications.queries import NewsItem, NewsTarget, list_helper_news
from app.store.prepared import Reader

OF_A_MEETING = "calendar.meeting"


def read_helper_news(
    session: Reader,
    reader_id: UUID,
    subjects: Mapping[UUID, Subject],
    *,
    may_open: Callable[[str, Subject], bool],
    now: datetime,
) -> list[NewsItem]:
    """Return what is new with the citizens in `subjects`, the urgent first. Log the list first."""

    def openable(targets: Collection[NewsTarget]) -> set[NewsTarget]:
        return openable_news(
            session, targets, reader_id=reader_id, subjects=subjects, may_open=may_open, now=now
        )

    return list_helper_news(session, reader_id, may_open=openable, now=now)


def openable_news(
    session: Reader,
    targets: Collection[NewsTarget],
    *,
    reader_id: UUID,
    subjects: Mapping[UUID, Subject],
    may_open: Callable[[str, Subject], bool],
    now: datetime,
) -> set[NewsTarget]:
    """Return those of `targets` that this reader may open: the page, and the meeting that it shows."""
    known = [one for one in targets if one.citizen_id in subjects]
    found = {one for one in known if may_open(one.endpoint, subjects[one.citizen_id])}
    meetings = {one.about for one in found if one.endpoint == OF_A_MEETING and one.about}
    seen = visible_meetings(session, reader_id, meetings, subjects, now=now)
    return {one for one in found if one.endpoint != OF_A_MEETING or one.about in seen}
