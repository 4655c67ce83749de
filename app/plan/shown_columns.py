"""What pages show of people and places, as SQL for both databases: each change of it is counted.

A kept page hangs on the count, so a name that is changed for somebody's protection is gone from every page at
the next look, whoever the page is about. Triggers count, so that no way of writing passes by. On PostgreSQL a
transaction counts once, or an import would write the one row again for each person.

Batch migrations on SQLite drop triggers without a word, and a trigger knows the columns it was made with. So
a migration that makes one of these tables anew, or gives it a column that pages show, ends with
`count_changes`. Start-up and a test look for them.
"""

from collections.abc import Iterator, Mapping

Columns = Mapping[str, tuple[str, ...]]

SHOWN: Columns = {
    "person": (
        *("name", "phone", "email", "title", "office_hours", "born_on", "interpreter_language"),
        *("protected_address", "department_id", "substitute_id"),
    ),
    "department": ("name",),
    "life_area": ("name", "position"),
    "municipality": ("name",),
}

FUNCTION = (
    "CREATE OR REPLACE FUNCTION municipality_shown() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN UPDATE municipality SET revision = txid_current() WHERE revision <> txid_current(); "
    "RETURN NULL; END'"
)


def _sqlite(table: str, columns: tuple[str, ...]) -> str:
    changed = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in columns)
    whose = "NEW.id" if table == "municipality" else "NEW.municipality_id"
    counted = f"UPDATE municipality SET revision = revision + 1 WHERE id = {whose}"  # noqa: S608 — our names
    return (
        f"CREATE TRIGGER {table}_shown AFTER UPDATE OF {', '.join(columns)} ON {table} "
        f"WHEN {changed} BEGIN {counted}; END"
    )


def _postgresql(table: str, columns: tuple[str, ...]) -> str:
    """Return the trigger; it counts at the commit, so that nobody waits with the one row in hand."""
    return (
        f"CREATE CONSTRAINT TRIGGER {table}_shown AFTER UPDATE OF {', '.join(columns)} ON {table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION municipality_shown()"
    )


def count_changes(dialect: str, shown: Columns) -> Iterator[str]:
    """Yield the SQL that makes the triggers on these columns, in place of those that there are."""
    postgresql = dialect == "postgresql"
    if postgresql:
        yield FUNCTION
    for table, columns in shown.items():
        yield f"DROP TRIGGER IF EXISTS {table}_shown" + (f" ON {table}" if postgresql else "")
        yield (_postgresql if postgresql else _sqlite)(table, columns)


TRIGGERS = frozenset(f"{table}_shown" for table in SHOWN)
