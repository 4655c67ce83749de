"""Whether the app can serve: asked by whoever watches over it. Never tells more than names."""

from sqlalchemy.exc import SQLAlchemyError

from app.migrations.schema import at_head, missing_constraints, prove_writable
from app.store.db import Database
from app.store.key_fingerprint import OtherSecretKey, check_secret_key


def list_missing(database: Database, secret_key: str) -> list[str]:
    """Return the names of what is missing before the app can serve; nothing when all is well.

    The database may have become another under a running server: then its key may be another, too.
    """
    if database.is_replaced():
        return ["the same database file as at the start"]
    try:
        with database.engine.connect() as connection:
            if not at_head(connection):
                return ["migrations"]
            missing = [f"constraint {name}" for name in missing_constraints(connection)]
            check_secret_key(connection, secret_key)
    except OtherSecretKey:
        return ["secret key"]
    except SQLAlchemyError:
        return ["database"]
    return missing if _takes_writes(database) else ["database writable", *missing]


def _takes_writes(database: Database) -> bool:
    """Write and leave nothing: a database that is full, locked or read-only still answers questions."""
    try:
        prove_writable(database)
    except SQLAlchemyError:
        return False
    return True
