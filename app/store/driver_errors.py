"""The driver's own trouble as SQLAlchemy's, for those who ask the driver itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError


@contextmanager
def as_dbapi_error(engine: Engine) -> Iterator[None]:
    """Raise the driver's own trouble as SQLAlchemy's: who tells that the database is gone knows no other."""
    driver: Any = engine.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as trouble:
        raise DBAPIError.instance(
            None, None, trouble, driver.Error, hide_parameters=True, dialect=engine.dialect
        ) from trouble
