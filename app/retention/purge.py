"""Deleting what is old, in small steps. It opens its transactions itself, for nobody may hold one so long.

A step looks at no more than STEP rows, by the index of the moment their period counts from, in a transaction
that reads; what may go of them is then deleted by key in one that writes, which asks anew whether it may. So
the write lock is held for the deletion alone, and whoever writes meanwhile gets in between two steps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, literal, tuple_, update
from sqlmodel import Session, col, select

from app.retention.models import RetentionMark
from app.retention.tables import RULES, Cutoffs, RetentionRule
from app.retention_periods import Periods
from app.store.db import Database
from app.store.insert import insert_missing
from app.store.query import RowSelect, select_columns

STEP = 500  # rows
STEPS_OF_A_ROUND = 20  # of each rule: the worker has more to do, and comes again in a minute
A_MOMENT = timedelta(microseconds=1)


class _Progress(NamedTuple):
    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class DueRows:
    """What of one rule may go now."""

    rule: RetentionRule
    count: int
    oldest_at: datetime | None  # null: nothing may
    deleted: int  # since the site began


def cutoffs(periods: Periods, now: datetime) -> Cutoffs:
    """Return for each period the moment before which what it is about is old."""
    return {key: now - period for key, period in periods.items()}


def purge_due(
    database: Database,
    periods: Periods,
    *,
    now: datetime,
    most_steps: int | None = STEPS_OF_A_ROUND,
    rules: tuple[RetentionRule, ...] = RULES,
) -> dict[str, int]:
    """Delete what is old; return how many rows of each rule went.

    `most_steps` is how many steps each rule takes at most; None: until nothing is left.
    """
    old = cutoffs(periods, now)
    with database.reading() as session:
        marks = _read_marks(session)
    found = {rule.name: sum(_purge_rule(database, rule, marks, old, now, most_steps)) for rule in rules}
    return {name: count for name, count in found.items() if count}


def count_due(database: Database, periods: Periods, *, now: datetime) -> list[DueRows]:
    """Return what `purge_due` would delete, of each rule; what goes along with other rows is not counted."""
    old = cutoffs(periods, now)
    with database.reading() as session:
        marks = _read_marks(session)
        return [_count(session, rule, marks.get(rule.name), old[rule.period]) for rule in RULES]


def _count(session: Session, rule: RetentionRule, mark: RetentionMark | None, old: datetime) -> DueRows:
    rows = _within(
        select_columns(func.count(), func.min(rule.since)), rule, mark.until if mark else None, old
    )
    count, oldest = session.exec(rows if rule.goes is None else rows.where(rule.goes)).one()
    return DueRows(rule, count, oldest, mark.deleted if mark else 0)


def _read_marks(session: Session) -> Mapping[str, RetentionMark]:
    return {mark.rule: mark for mark in session.exec(select(RetentionMark))}


def _purge_rule(
    database: Database,
    rule: RetentionRule,
    marks: Mapping[str, RetentionMark],
    old: Cutoffs,
    now: datetime,
    most_steps: int | None,
) -> Iterator[int]:
    """Yield how many rows each step deleted, itself or along with them."""
    start = marks[rule.name].until if rule.name in marks else None
    steps = 0
    while most_steps is None or steps < most_steps:
        steps += 1
        with database.reading() as session:
            rows = session.exec(_look(rule, start, old[rule.period])).all()
        if not rows:
            return
        last = rows[-1].since_at
        going = [row for row in rows if row.goes]
        # All at one moment, and all spared: the next step must not meet the same.
        start = last + A_MOMENT if not going and last == start else last
        yield _delete(database, rule, going, old, _Progress(start, now))
        if len(rows) < STEP:
            return


def _look(rule: RetentionRule, start: datetime | None, old: datetime) -> RowSelect:
    goes = literal(True) if rule.goes is None else rule.goes
    columns = (rule.since.label("since_at"), goes.label("goes"), *rule.table.primary_key, *rule.with_columns)
    return _within(select_columns(*columns), rule, start, old).order_by(rule.since).limit(STEP)


def _within(rows: RowSelect, rule: RetentionRule, start: datetime | None, old: datetime) -> RowSelect:
    rows = rows.where(rule.since < old)
    return rows if start is None else rows.where(rule.since >= start)


def _delete(
    database: Database, rule: RetentionRule, going: list[Row[Any]], old: Cutoffs, come: _Progress
) -> int:
    return database.retrying(lambda session: _delete_in(session, rule, going, old, come))


def _delete_in(
    session: Session, rule: RetentionRule, going: list[Row[Any]], old: Cutoffs, come: _Progress
) -> int:
    count = 0
    if going:
        key = tuple(rule.table.primary_key)
        named = [tuple(row._mapping[column] for column in key) for row in going]
        which = key[0].in_([one for (one,) in named]) if len(key) == 1 else tuple_(*key).in_(named)
        gone = delete(rule.table).where(which, rule.since < old[rule.period])
        if rule.goes is not None:
            gone = gone.where(rule.goes)
        count = session.exec(gone).rowcount
        count += rule.also(session, going, old) if rule.also else 0
    _move_mark(session, rule, come, count)
    return count


def _move_mark(session: Session, rule: RetentionRule, come: _Progress, count: int) -> None:
    """Note how far the rule has come. Two workers may do it at once: it never goes back."""
    row = {"rule": rule.name, "until": come.until, "deleted": 0, "at": come.at}
    insert_missing(session, RetentionMark, [row])
    mine = update(RetentionMark).where(col(RetentionMark.rule) == rule.name)
    session.exec(mine.values(deleted=RetentionMark.deleted + count, at=come.at))
    session.exec(mine.where(col(RetentionMark.until) < come.until).values(until=come.until))
