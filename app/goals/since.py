"""What is another in the plan since the citizen last met somebody, in three sentences."""

from datetime import datetime, timedelta

from app.access.policy import Field, Subject, areas_shown, may_see
from app.dates.local_time import danish_day
from app.goals import history_statements, statements
from app.i18n import gettext as _
from app.i18n import near_day, ngettext
from app.store.prepared import Reader

AS_FAR_BACK = timedelta(weeks=4)  # where there was no meeting that the reader may know of


def since_last(session: Reader, subject: Subject, *, now: datetime) -> tuple[str, ...]:
    """Return the sentences; none for who sees some areas alone: they tell of the whole plan."""
    plan = session.exec(statements.PLAN, params={"citizen_id": subject.citizen_id}).first()
    if plan is None or areas_shown(subject) is not None:
        return ()
    met = _last_met(session, subject, now)
    asked = {"plan_id": plan.id, "since": met or now - AS_FAR_BACK, "today": danish_day(now)}
    found = session.exec(history_statements.SINCE, params=asked).one()
    day = near_day(danish_day(met), danish_day(now)) if met else None
    return _taken(found.taken, day), _done(found.done), _promised(found.kept, found.late)


def _last_met(session: Reader, subject: Subject, now: datetime) -> datetime | None:
    if not may_see(subject, Field.MEETING):
        return None
    asked = {"citizen_id": subject.citizen_id, "now": now}
    return session.exec(history_statements.LAST_MET, params=asked).first()


def _taken(number: int, day: str | None) -> str:
    things = ngettext("en ting", "%(num)s ting", number)
    if day and number:
        return _("Siden mødet %(day)s er %(things)s kommet med i planen.", day=day, things=things)
    if day:
        return _("Siden mødet %(day)s er der ikke kommet noget nyt med i planen.", day=day)
    if number:
        return _("De sidste fire uger er %(things)s kommet med i planen.", things=things)
    return _("De sidste fire uger er der ikke kommet noget nyt med i planen.")


def _done(number: int) -> str:
    if number:
        return ngettext("Et skridt er gjort.", "%(num)s skridt er gjort.", number)
    return _("Ingen nye skridt er gjort endnu.")


def _promised(kept: int, late: int) -> str:
    if late:
        return ngettext("Kommunen er bagud med et løfte.", "Kommunen er bagud med %(num)s løfter.", late)
    if kept:
        return ngettext("Kommunen har holdt et løfte.", "Kommunen har holdt %(num)s løfter.", kept)
    return _("Kommunen er ikke bagud med sine løfter.")
