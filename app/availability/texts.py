"""A time that doesn't suit, and the answers given, as the citizen reads them."""

from datetime import date, datetime, time

from app.availability.models import CalendarLimits
from app.availability.questions import COMPANION, INTERPRETER, PreferenceTopic
from app.availability.rules import MIDNIGHT, TimeRule, WishKind
from app.availability.steps import DAYS, EVERY_DAY
from app.dates.local_time import DANISH_TIME
from app.i18n import clock_time, long_date, time_range
from app.i18n import gettext as _

SOME_DAY = date(2026, 1, 1)


def rule_text(rule: TimeRule) -> str:
    """Return when it is: Hver tirsdag før kl. 12.00."""
    return _("%(day)s %(hours)s", day=day_text(rule), hours=_hours(rule.from_time, rule.until_time))


def reason_text(kind: WishKind) -> str:
    """Return why, for the citizen alone; nothing if it was not told."""
    return {
        WishKind.TREATMENT: _("Behandling"),
        WishKind.CHILD: _("Mit barn"),
        WishKind.REST: _("Hvile"),
        WishKind.ENERGY: _("For få kræfter"),
    }.get(kind, "")


def answer_text(question: PreferenceTopic, limits: CalendarLimits, interpreter: str) -> str:
    """Return what the citizen has answered, or what holds as long as nothing is said."""
    if question is COMPANION:
        return limits.companion or _("Ingen")
    if question is INTERPRETER:
        return interpreter
    chosen = question.answer(limits)
    return str(chosen.label) if chosen else _("Efter aftale")


def day_text(rule: TimeRule) -> str:
    """Return which days it is on: Hver tirsdag."""
    if rule.starts_on is None or rule.ends_on is None:
        return str(DAYS[EVERY_DAY if rule.weekday is None else str(rule.weekday)])
    first, last = long_date(rule.starts_on), long_date(rule.ends_on)
    if rule.starts_on == rule.ends_on:
        return first[:1].upper() + first[1:]
    return _("Fra %(first)s til %(last)s", first=first, last=last)


def _hours(begins: time | None, ends: time | None) -> str:
    if begins is None or ends is None:
        return _("hele dagen")
    start, end = (datetime.combine(SOME_DAY, at, DANISH_TIME) for at in (begins, ends))
    if begins == MIDNIGHT:
        return _("før kl. %(time)s", time=clock_time(end))
    if ends == MIDNIGHT:
        return _("efter kl. %(time)s", time=clock_time(start))
    return _("kl. %(hours)s", hours=time_range(start, end))
