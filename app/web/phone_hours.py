"""When somebody can be called, as pages say it: their hours, and when they are back at work."""

from datetime import date, datetime, time, timedelta

from markupsafe import Markup

from app import i18n
from app.dates.local_time import DANISH_TIME, danish_day
from app.dates.office_hours import Opening, next_opening, read_hours
from app.i18n import gettext as _
from app.web.context import clock, settings

A_MONDAY = date(2026, 3, 2)


def back_at_work(name: str, text: str | None, away_from: datetime | None = None) -> str:
    """Return a sentence on when somebody of these hours is at work again; "" while they are, or if unknown.

    `away_from` is when they go away, or went: their hours tell nothing after that.

    It hangs on the time of day: no page that is kept between two looks may say it (`access.page_cache`).
    """
    now = clock()()
    again = next_opening(text, now, settings().site.workdays)
    if again is None or (away_from and away_from <= again):
        return ""
    when = i18n.next_moment(again, danish_day(now))
    if danish_day(again) == danish_day(now):
        return _("%(name)s er på arbejde igen %(when)s.", name=name, when=when)
    return _("%(name)s er ikke på arbejde lige nu: %(when)s.", name=name, when=when)


def hours_lines(text: str) -> list[str]:
    """Return hours in the reader's language, a line for each group of days; else as they are written."""
    return [_line(one) for one in read_hours(text)] or [Markup("<bdi>{}</bdi>").format(text)]


def _line(one: Opening) -> str:
    days = _weekday(one.first)
    if one.last > one.first:
        days = _("%(first)s til %(last)s", first=days, last=_weekday(one.last))
    said = _("%(day)s kl. %(time)s", day=days, time=i18n.time_range(_at(one.opens), _at(one.closes)))
    return said[:1].upper() + said[1:]


def _weekday(number: int) -> str:
    return i18n.weekday(A_MONDAY + timedelta(days=number))


def _at(clock_time: time) -> datetime:
    return datetime.combine(A_MONDAY, clock_time, DANISH_TIME)
