"""What a professional is told of the own calendar: which days are unsure, for what could not be read."""

from app.availability.unread import DaySpan, UnreadTime
from app.i18n import date_only, name_list, ngettext
from app.i18n import gettext as _

MOST_DAYS = 6


def unread_days_text(unread: UnreadTime) -> str:
    """Return on which days something may be that could not be read."""
    if any(span == (None, None) for span in unread.days):
        return _("Vi kan ikke se, hvilken dag det er. Derfor er alle dage usikre.")
    said = [_span(span) for span in unread.days[:MOST_DAYS]]
    more = len(unread.days) - MOST_DAYS
    if more > 0:
        said.append(ngettext("én mere", "%(num)s mere", more))
    return _("Usikre dage: %(days)s.", days=name_list(said))


def _span(span: DaySpan) -> str:
    first, last = span
    if first is None:
        return _("til og med %(day)s", day=date_only(last)) if last else ""
    if last is None:
        return _("fra %(day)s og frem", day=date_only(first))
    if first == last:
        return date_only(first)
    return _("fra %(first)s til og med %(last)s", first=date_only(first), last=date_only(last))
