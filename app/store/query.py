"""The selects beside SQLModel's own: rows read by the columns' names, whole tables and unions.

`sqlmodel.select` is for a model, or for up to four columns that are unpacked where they are read. More than
four it has no types for, and of the rows of `Session.exec` mypy knows the places, not the columns' names.
"""

from typing import Any, cast

from sqlalchemy import BindParameter, CompoundSelect, Row, Uuid, bindparam
from sqlmodel import SQLModel
from sqlmodel.sql.expression import Select, SelectOfScalar

# To mypy it selects one thing, a row; in truth several, so that `exec` gives rows.
RowSelect = SelectOfScalar[Row[*tuple[Any, ...]]]


def select_columns(*columns: Any) -> RowSelect:
    """Return a select of columns, or of tables, whose rows are read by the columns' names."""
    return cast(RowSelect, Select(*columns))


def columns_of(model: type[SQLModel]) -> list[Any]:
    """Return the columns of a model, to select rows that have its fields' names, whoever asks."""
    return [getattr(model, name) for name in model.model_fields]


def add_columns(rows: RowSelect, *columns: Any) -> RowSelect:
    """Return the select with these columns after its own."""
    return cast(RowSelect, rows.add_columns(*columns))


def rows_of(union: CompoundSelect[*tuple[Any, ...]]) -> RowSelect:
    """Return a union as what `Session.exec` takes; its types know selects alone."""
    return cast(RowSelect, union)


def id_list(name: str = "ids") -> BindParameter[Any]:
    """Return the place of a list of ids, as in `col(Meeting.id).in_(id_list())`: given when it is asked."""
    return bindparam(name, type_=Uuid(), expanding=True)
