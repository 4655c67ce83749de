"""Reads by selects that are prepared once: asked of the driver itself, and each value taken as its type says.

A session compiles nothing twice either, but what it does around a question costs 180 µs and the question
5 µs. So what every request asks goes this way; everything else, and all that writes, goes
through `app.store.db`.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from types import TracebackType
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Select, Uuid, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import CompoundSelect
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from app.store.db import Database

Prebuilt = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
MOST_PREPARED = 256
MOST_IDS = 8192


class Rows(list[Any]):
    """What a session gives, read whole: named tuples, or values where one column is selected."""

    def all(self) -> list[Any]:
        return self

    def first(self) -> Any:
        return self[0] if self else None


class PreparedReader:
    """One connection to ask prebuilt selects on, taken when it is first needed, in place of a session.

    On SQLite each question stands alone and nothing is locked between two, so the connection can rest as it
    is until the next look. PostgreSQL's goes back, to be looked after. Whoever makes a look closes it.
    """

    def __init__(self, database: Database) -> None:
        self._engine, self._spare = database.engine, database.spare
        self._rests = database.is_sqlite
        self._connection: Any = None

    def exec(self, statement: Prebuilt, *, params: Mapping[str, Any]) -> Rows:
        """Return what a select finds, as `Session.exec` does: a select of one column gives its values.

        Only for selects that are built once, or each would be prepared anew.

        Raises:
            DBAPIError: as a session would, without the values: they may be somebody's words.
        """
        engine = self._engine
        try:
            return _execute(engine, self._connection or self._take(), statement, params)
        except DBAPIError:
            self._rests = False  # it may be the connection's fault
            raise

    def _take(self) -> Any:
        try:
            self._connection = self._spare.pop()
        except IndexError:
            with _as_dbapi_error(self._engine):
                self._connection = self._engine.raw_connection()
        return self._connection

    def close(self) -> None:
        """Give the connection back; the next question takes one again."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if self._rests:
            self._spare.append(connection)
        else:
            connection.close()

    def __enter__(self) -> "PreparedReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: object, trace: TracebackType | None
    ) -> None:
        self.close()


Reader = Session | PreparedReader


def execute_prepared(session: Session, statement: Prebuilt, values: Mapping[str, Any]) -> Rows:
    """Return what `Session.exec` would, asked of the driver: also what the session has just written.

    Raises:
        DBAPIError: as the session would, without the values.
    """
    session.flush()
    connection = session.connection()
    return _execute(connection.engine, connection.connection, statement, values)


def _execute(engine: Engine, connection: Any, statement: Prebuilt, values: Mapping[str, Any]) -> Rows:
    question = _prepared(statement, engine.dialect)
    driver_values = question.driver_values(values)
    with _as_dbapi_error(engine):
        cursor = connection.cursor()
        for listen in engine.dispatch.before_cursor_execute:
            listen(None, cursor, question.text, driver_values, None, False)
        cursor.execute(question.text, driver_values)
        rows = cursor.fetchall()
        cursor.close()
    return Rows(map(question.row, rows))


@contextmanager
def _as_dbapi_error(engine: Engine) -> Iterator[None]:
    """Raise the driver's own trouble as SQLAlchemy's: who tells that the database is gone knows no other."""
    driver: Any = engine.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as trouble:
        raise DBAPIError.instance(
            None, None, trouble, driver.Error, hide_parameters=True, dialect=engine.dialect
        ) from trouble


def in_ids(column: Any, many: int) -> Any:
    """Return that a column is one of so many ids, in a prepared select; `id_params` gives their values."""
    return column.in_([bindparam(f"id_{number}", type_=Uuid()) for number in range(many)])


def id_params(ids: Iterable[UUID]) -> dict[str, UUID]:
    return {f"id_{number}": one for number, one in enumerate(ids)}


class _PreparedSelect:
    """A select as one kind of database is asked it."""

    def __init__(self, statement: Prebuilt, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError("a list of values can't be prepared: say them one by one")
        self.text = str(compiled)
        self._order: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        self._fixed: dict[str, Any] = {}
        self._into: dict[str, Callable[[Any], Any]] = {}
        for name, bind in compiled.binds.items():
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if not bind.required:
                self._fixed[name] = process(bind.value) if process else bind.value
            elif process:
                self._into[name] = process
        columns = list(statement.selected_columns)
        self._row = _row_maker([str(one.key) for one in columns], isinstance(statement, SelectOfScalar))
        self._out = [(at, out) for at, one in enumerate(columns) if (out := _reader(one.type, dialect))]

    def driver_values(self, values: Mapping[str, Any]) -> Any:
        """Return the values as the driver takes them."""
        driver_values = {**self._fixed, **values}
        for name, process in self._into.items():
            driver_values[name] = process(driver_values[name])
        return driver_values if self._order is None else [driver_values[name] for name in self._order]

    def row(self, raw: Sequence[Any]) -> Any:
        """Return one row as a named tuple; the value itself where one column is selected."""
        values = list(raw)
        for at, read in self._out:
            if values[at] is not None:
                values[at] = read(values[at])
        return self._row(values)


def _row_maker(names: Sequence[str], scalar: bool) -> Callable[[Sequence[Any]], Any]:
    if not scalar:
        row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # known when it runs
        maker: Callable[[Sequence[Any]], Any] = row._make
        return maker
    if len(names) > 1:
        raise ValueError("a model is not read here: select_columns gives its columns")
    return itemgetter(0)


@lru_cache(maxsize=MOST_PREPARED)
def _prepared(statement: Prebuilt, dialect: Dialect) -> _PreparedSelect:
    return _PreparedSelect(statement, dialect)


def _reader(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what makes a stored value into ours; None where it is that already."""
    read: Callable[[Any], Any] | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return parse_uuid if read and isinstance(kind, Uuid) else read


@lru_cache(maxsize=MOST_IDS)
def parse_uuid(text: str) -> UUID:
    """Return the id that `text` writes; the same few are read again and again."""
    return UUID(text)
