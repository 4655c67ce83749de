"""What a citizen is told right after an answer: one sentence that names the meeting, wherever it is read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.calendar.meeting_row import MeetingRow
from app.dates.local_time import danish_day
from app.i18n import by_day, clock_time, near_day, ngettext
from app.i18n import gettext as _
from app.meetings.rules import Reply


def receipt_text(meeting: MeetingRow, by: UUID, *, now: datetime) -> str:
    """Return what became of an answer that `by` gave just now; nothing when there is none."""
    day, time = near_day(meeting.day, danish_day(now)), clock_time(meeting.starts_at)
    about = _("%(day)s kl. %(time)s", day=day, time=time)
    if meeting.reply is Reply.DECLINED and meeting.cancelled_by == by:
        return _("Du har sagt nej tak til mødet %(time)s.", time=about)
    if meeting.undo_by and meeting.can_undo(by, now):
        until = clock_time(meeting.undo_by)
        return _("Mødet %(time)s er aflyst. Du kan fortryde til kl. %(until)s.", time=about, until=until)
    if meeting.cancelled_by == by:
        return _("Mødet %(time)s er aflyst.", time=about)
    if meeting.over:
        return _("Mødet %(time)s er slut eller aflyst. Dit svar er ikke gemt.", time=about)
    return _of_answer(meeting, about)


def released_text(starts: Sequence[datetime], *, now: datetime) -> str:
    """Return which other times are held no longer, after a yes to one of several; nothing: there are none."""
    today = danish_day(now)
    times = [
        _("%(day)s kl. %(time)s", day=by_day(danish_day(one), today), time=clock_time(one)) for one in starts
    ]
    if not times:
        return ""
    said = _(" og ").join(times)
    return ngettext(
        "Vi holder ikke længere tiden %(times)s.",
        "Vi holder ikke længere tiderne %(times)s.",
        len(times),
        times=said,
    )


def _of_answer(meeting: MeetingRow, about: str) -> str:
    name = meeting.contact_first_name
    if meeting.reply is Reply.COMING:
        return _("Tak. Mødet %(time)s er aftalt.", time=about)
    if meeting.reply is Reply.CALL_ME:
        if name:
            return _("Tak for dit svar på mødet %(time)s. %(name)s ringer til dig.", name=name, time=about)
        return _("Tak for dit svar på mødet %(time)s. Vi ringer til dig.", time=about)
    if meeting.reply is None:
        return ""
    if name:
        return _("Tak. %(name)s har fået dit svar på mødet %(time)s.", name=name, time=about)
    return _("Tak. Vi har fået dit svar på mødet %(time)s.", time=about)
