"""Every table has a period, or is declared kept with the reason: what nobody has thought of is red."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Column, DateTime, MetaData, Table
from sqlmodel import SQLModel

import app.migrations.schema  # noqa: F401 — it knows every model
from app.identity import login_attempts
from app.identity.challenges import CHALLENGE_LASTS
from app.retention.tables import GOES_ALONG, KEPT, RULES, RetentionRule
from app.retention_periods import PERIODS

TABLES = SQLModel.metadata.tables
GONE = {rule.table.name for rule in RULES}


def faults(tables: Iterable[str]) -> list[str]:
    """Return the tables of which nothing is said, those of which two things are, and those that are none."""
    said = Counter([*GONE, *GOES_ALONG, *(one for names in KEPT.values() for one in names)])
    known = set(tables)
    return sorted([*(known ^ set(said)), *(one for one, times in said.items() if times > 1)])


def test_of_every_table_one_thing_is_said() -> None:
    assert faults(TABLES) == []
    assert set(GOES_ALONG.values()) <= {rule.name for rule in RULES}


def test_a_new_table_of_which_nothing_is_said_is_seen() -> None:
    assert faults([*TABLES, "planted"]) == ["planted"]
    assert faults(set(TABLES) - {"notice"}) == ["notice"]


def test_every_period_is_of_some_rows_and_every_rule_has_one() -> None:
    assert {rule.period for rule in RULES} == {one.key for one in PERIODS}
    assert all(one.least <= one.days <= one.most for one in PERIODS)
    assert max(Counter(rule.name for rule in RULES).values()) == 1


def test_nothing_that_is_kept_hangs_on_what_goes() -> None:
    """Else the database would delete it along, or refuse for good."""
    going = GONE | set(GOES_ALONG)
    hanging = {
        f"{table.name} on {key.column.table.name}"
        for table in TABLES.values()
        for key in table.foreign_keys
        if key.column.table.name in going and table.name not in going
    }
    assert hanging == set()


def found_by_index(rule: RetentionRule, table: Table) -> bool:
    return any(list(index.columns.keys())[:1] == [rule.since.key] for index in table.indexes)


def test_what_is_old_is_found_by_an_index() -> None:
    assert [rule.name for rule in RULES if not found_by_index(rule, rule.table)] == []
    bare = Table("bare", MetaData(), Column("at", DateTime()))
    assert not found_by_index(RULES[0], bare)


def test_what_is_counted_stays_for_as_long_as_it_counts() -> None:
    shortest = {one.key: timedelta(days=one.least) for one in PERIODS}
    limits = [one for one in vars(login_attempts).values() if isinstance(one, login_attempts.AttemptLimit)]
    assert len(limits) > 3
    assert max(one.period for one in limits) <= shortest["tries_days"]
    assert shortest["challenges_days"] > CHALLENGE_LASTS
