"""`retention`: what would be deleted now because it is old, and what never is; `--now` deletes it."""

from argparse import Namespace
from collections.abc import Iterator

from app.cli.database_checks import open_database
from app.cli.secret_key import opened_with_key
from app.cli.site import database_url, read_site_of, secret_if_set
from app.dates.clock import system_clock
from app.dates.local_time import danish_day
from app.i18n import date_only
from app.retention.purge import DueRows, count_due, purge_due
from app.retention.tables import GOES_ALONG, KEPT, RULES
from app.retention_periods import PERIODS, Periods
from app.web.events import Event, record_event

GOES = "Det her slettes, når det er blevet for gammelt:"
STAYS = "Det her slettes aldrig af sig selv:"


def run(asked: Namespace) -> int:
    """Say what is old by now. With `--now` it is deleted, in small steps, while others write."""
    url = database_url(asked)
    periods = read_site_of(url).retention
    now = system_clock()
    if asked.now:
        with opened_with_key(url, secret_if_set(url)) as database:  # not by another site's periods
            gone = purge_due(database, periods, now=now, most_steps=None)
        record_event(Event.ROWS_DELETED, **gone)
        _tell_gone(gone)
        return 0
    with open_database(url) as database:
        due = count_due(database, periods, now=now)
    print(GOES, *_periods(due, periods), "", sep="\n")
    print(STAYS, *(f"· {', '.join(tables)}: {why}." for why, tables in KEPT.items()), "", sep="\n")
    print(_sum(due))
    return 0


def _periods(due: list[DueRows], periods: Periods) -> Iterator[str]:
    along = {rule: table for table, rule in GOES_ALONG.items()}
    for period in PERIODS:
        rows = [one for one in due if one.rule.period == period.key]
        count, gone = sum(one.count for one in rows), sum(one.deleted for one in rows)
        oldest = min((one.oldest_at for one in rows if one.oldest_at), default=None)
        since = f", den ældste fra {date_only(danish_day(oldest))}" if oldest else ""
        tables = dict.fromkeys(
            name for one in rows for name in (one.rule.table.name, along.get(one.rule.name))
        )
        yield f"· {period.what} ({', '.join(filter(None, tables))})"
        yield f"  {period.key} = {periods[period.key].days}: {period.reason}."
        yield f"  For gamle nu: {_number(count)}{since}. Slettet før: {_number(gone)}."


def _sum(due: list[DueRows]) -> str:
    count = sum(one.count for one in due)
    if not count:
        return "Intet er for gammelt nu."
    return (
        f"Rækker, der er for gamle: {_number(count)}. ./enplan worker sletter dem lidt efter lidt."
        " ./enplan retention --now gør det med det samme. Intet er ændret."
    )


def _tell_gone(gone: dict[str, int]) -> None:
    names = {rule.name: rule.table.name for rule in RULES}
    for name, count in gone.items():
        print(f"{names[name]}, slettet: {_number(count)}.")
    print("Der er intet tilbage, som er for gammelt." if gone else "Intet var for gammelt.")


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
