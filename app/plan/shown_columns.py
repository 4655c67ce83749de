"""What pages show of people and places, as SQL for both databases: each change of it is counted.

A kept page hangs on the count, so a name that is changed for somebody's protection is gone from every page at
the next look, whoever the page is about. Triggers count, so that no way of writing passes by. On PostgreSQL a
transaction counts once, or an import would write the one row again for each person.

Batch migrations on SQLite drop triggers without a word: a migration that touches one of these tables ends by
running its trigger again. Start-up and a test look for them.
"""

SHOWN = {
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
        f"CREATE TRIGGER IF NOT EXISTS {table}_shown AFTER UPDATE OF {', '.join(columns)} ON {table} "
        f"WHEN {changed} BEGIN {counted}; END"
    )


def _postgresql(table: str, columns: tuple[str, ...]) -> str:
    return (
        f"CREATE OR REPLACE TRIGGER {table}_shown AFTER UPDATE OF {', '.join(columns)} ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION municipality_shown()"
    )


TRIGGERS = {
    dialect: {f"{table}_shown": write(table, columns) for table, columns in SHOWN.items()}
    for dialect, write in (("sqlite", _sqlite), ("postgresql", _postgresql))
}
