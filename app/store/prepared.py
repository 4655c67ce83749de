"""Selects that are prepared once: asked of the driver itself, and each value taken as its type says.

All that pages show is read this way, and the rows of the access log are written so. A session compiles
nothing twice either, but around a small question it costs 100 µs, SQLAlchemy's own connection 60, and this 10
(docs/adr/0036). What verbs read and write goes through `app.store.db`.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Insert, Select, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import CompoundSelect
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from app.store import deadline
from app.store.db import Database, wait_at_most
from app.store.driver_errors import as_dbapi_error

Prebuilt = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
MOST_PREPARED = 512
MOST_RESTING = 10  # connections: those who write must find some too
MOST_LENGTHS = 128  # of the lists of one select
MOST_IDS = 8192


class Rows(list[Any]):
    """What a session gives, read whole: named tuples, or values where one column is selected."""

    def all(self) -> list[Any]:
        return self

    def first(self) -> Any:
        return self[0] if self else None

    def one(self) -> Any:
        """Return the only row; ValueError if there is none, or another."""
        (row,) = self
        return row


class PreparedReader:
    """Asks prebuilt selects of the driver, in place of a session.

    Each question stands alone and nothing is locked between two, so a connection is held for a question and
    then rests as it is until the next one. Whoever waits for a lock holds none that another waits for.
    """

    def __init__(self, database: Database) -> None:
        self._engine, self._resting = database.engine, database.resting

    def exec(self, statement: Prebuilt, *, params: Mapping[str, Any]) -> Rows:
        """Return what a select finds, as `Session.exec` does: a select of one column gives its values.

        Only for selects that are built once, or each would be prepared anew. Asked again on a new connection
        if the server has shut the one that rested.

        Raises:
            DBAPIError: as a session would, without the values: they may be somebody's words.
        """
        rested = self._take_rested()
        if rested is not None:
            try:
                return self._ask(rested, statement, params)
            except DBAPIError as trouble:
                if not trouble.connection_invalidated:
                    raise
        return self._ask(self._connect(), statement, params)

    def _take_rested(self) -> Any:
        try:
            return self._resting.pop()
        except IndexError:
            return None

    def _ask(self, connection: Any, statement: Prebuilt, params: Mapping[str, Any]) -> Rows:
        try:
            if self._engine.dialect.name == "sqlite":
                wait_at_most(connection, deadline.seconds_to_read())
            rows = _execute(self._engine, connection, statement, params)
        except BaseException as trouble:
            if isinstance(trouble, DBAPIError):
                dialect: Any = self._engine.dialect
                gone = dialect.is_disconnect(trouble.orig, connection.driver_connection, None)
                trouble.connection_invalidated = gone
            connection.invalidate()  # it may be the connection's fault
            raise
        if len(self._resting) < MOST_RESTING:
            self._resting.append(connection)
        else:
            connection.close()
        return rows

    def _connect(self) -> Any:
        with as_dbapi_error(self._engine):
            connection: Any = self._engine.raw_connection()
            if self._engine.dialect.name == "postgresql":
                # Or each question would begin a transaction, and somebody would have to end it.
                connection.driver_connection.autocommit = True
                if deadline.has_deadline():
                    connection.cursor().execute(f"SET lock_timeout = '{deadline.QUESTION_SECONDS}s'")
        return connection


Reader = Session | PreparedReader


def execute_prepared(session: Reader, statement: Prebuilt, values: Mapping[str, Any]) -> Rows:
    """Return what `Session.exec` would, asked of the driver: also what the session has just written.

    Raises:
        DBAPIError: as the session would, without the values.
    """
    if isinstance(session, PreparedReader):
        return session.exec(statement, params=values)
    session.flush()
    connection = session.connection()
    return _execute(connection.engine, connection.connection, statement, values)


def insert_rows(database: Database, batches: Mapping[Insert, Iterable[Mapping[str, Any]]]) -> None:
    """Insert and commit rows in order, in one transaction of their own. Only for inserts built once.

    Raises:
        DatabaseReplaced: as `Database.writing`.
        DBAPIError: as a session would, without the values.
    """
    engine = database.engine
    forms = [(_prepared_insert(statement, engine.dialect), rows) for statement, rows in batches.items()]
    wanted = [(form.text, [form.driver_values(row) for row in rows]) for form, rows in forms]
    with as_dbapi_error(engine), database.writing_by_driver() as cursor:
        for text, values in wanted:
            _announce(engine, cursor, text, values, many=True)
            cursor.executemany(text, values)


def _execute(engine: Engine, connection: Any, statement: Prebuilt, values: Mapping[str, Any]) -> Rows:
    question = _prepared(statement, engine.dialect)
    form = question.form_for(values)
    driver_values = form.driver_values(values)
    with as_dbapi_error(engine):
        cursor = connection.cursor()
        _announce(engine, cursor, form.text, driver_values)
        cursor.execute(form.text, driver_values)
        rows = cursor.fetchall()
        cursor.close()
    return Rows(map(question.row, rows))


def _announce(engine: Engine, cursor: Any, text: str, values: Any, *, many: bool = False) -> None:
    """Tell those who listen to all that the database is asked, as SQLAlchemy does."""
    for listen in engine.dispatch.before_cursor_execute:
        listen(None, cursor, text, values, None, many)


class _Form:
    """A select as the driver is asked it, with so many values in each of its lists."""

    def __init__(self, compiled: Any, lists: Mapping[str, int]) -> None:
        asked = {name: [None] * lists.get(name, 0) for name in _required(compiled)}
        state = compiled.construct_expanded_state(asked)
        self.text: str = state.statement
        self._order: Sequence[str] | None = state.positiontup if compiled.positional else None
        self._lists = {name: state.parameter_expansion[name] for name in lists}
        processors = _processors(compiled) | state.processors
        given = {*asked, *(one for spread in self._lists.values() for one in spread)}
        self._into = {name: process for name, process in processors.items() if name in given - lists.keys()}
        self._fixed = {
            name: processors.get(name, _as_it_is)(value)
            for name, value in state.parameters.items()
            if name not in given and not isinstance(value, list)
        }

    def driver_values(self, values: Mapping[str, Any]) -> Any:
        """Return the values as the driver takes them."""
        driver_values = {**self._fixed, **values}
        for name, spread in self._lists.items():
            driver_values.update(zip(spread, driver_values.pop(name), strict=True))
        for name, process in self._into.items():
            driver_values[name] = process(driver_values[name])
        return driver_values if self._order is None else [driver_values[name] for name in self._order]


class _PreparedSelect:
    """A select as one kind of database is asked it, and how its rows are read."""

    def __init__(self, statement: Prebuilt, dialect: Dialect) -> None:
        self._compiled: Any = statement.compile(dialect=dialect)
        self._lists = [name for name in _required(self._compiled) if self._compiled.binds[name].expanding]
        self._form = lru_cache(MOST_LENGTHS)(self._form_with)
        columns = list(statement.selected_columns)
        self._row = _row_maker([str(one.key) for one in columns], isinstance(statement, SelectOfScalar))
        self._out = [(at, out) for at, one in enumerate(columns) if (out := _reader(one.type, dialect))]

    def form_for(self, values: Mapping[str, Any]) -> _Form:
        """Return it with as many places in each list as there are values."""
        return self._form(*[len(values[name]) for name in self._lists])

    def _form_with(self, *lengths: int) -> _Form:
        return _Form(self._compiled, dict(zip(self._lists, lengths, strict=True)))

    def row(self, raw: Sequence[Any]) -> Any:
        """Return one row as a named tuple; the value itself where one column is selected."""
        values = list(raw)
        for at, read in self._out:
            if values[at] is not None:
                values[at] = read(values[at])
        return self._row(values)


def _required(compiled: Any) -> list[str]:
    """Return the names of the values that whoever asks must give."""
    return [name for name, bind in compiled.binds.items() if bind.required]


def _processors(compiled: Any) -> dict[str, Callable[[Any], Any]]:
    """Return what makes our values into the driver's, by the names of those that have such a thing."""
    dialect = compiled.dialect
    found = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
    }
    return {name: process for name, process in found.items() if process}


def _as_it_is(value: Any) -> Any:
    return value


def _row_maker(names: Sequence[str], scalar: bool) -> Callable[[Sequence[Any]], Any]:
    if not scalar:
        row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # known when it runs
        maker: Callable[[Sequence[Any]], Any] = row._make
        return maker
    if len(names) > 1:
        raise ValueError("a model is not read here: select_columns gives its columns")
    return itemgetter(0)


@lru_cache(maxsize=MOST_PREPARED)
def _prepared_insert(statement: Insert, dialect: Dialect) -> _Form:
    return _Form(statement.compile(dialect=dialect), {})


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
