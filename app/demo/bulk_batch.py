"""Rows of many tables gathered and written together, for a municipality too large to be laid by its verbs."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic_core import PydanticUndefined
from sqlalchemy import Table, insert
from sqlmodel import Session, SQLModel, col, select

from app.config import Site
from app.dates.local_time import danish_day
from app.demo.bulk_diary import Diary
from app.identity.models import Department, Municipality
from app.plan.models import LifeArea

Row = dict[str, Any]


class Batch:
    """Rows by table, each with all its columns; written in the order that their foreign keys ask for."""

    def __init__(self) -> None:
        self._rows: dict[type[SQLModel], list[Row]] = defaultdict(list)
        self._defaults: dict[type[SQLModel], Row] = {}

    def add(self, model: type[SQLModel], **values: Any) -> None:
        """Take in one row; what is not named is as the model has it, and an id must be."""
        if model not in self._defaults:
            fields = model.model_fields.items()
            self._defaults[model] = {
                name: one.default for name, one in fields if one.default is not PydanticUndefined
            }
        self._rows[model].append(self._defaults[model] | values)

    def rows(self, model: type[SQLModel]) -> Sequence[Row]:
        """Return what was gathered of one table."""
        return self._rows[model]

    def write(self, session: Session) -> None:
        """Insert all that was gathered, and begin anew."""
        place = {table.name: number for number, table in enumerate(SQLModel.metadata.sorted_tables)}
        for model in sorted(self._rows, key=lambda one: place[str(one.__tablename__)]):
            if self._rows[model]:
                session.exec(insert(_table(model)), params=self._rows[model])
        self._rows.clear()


def _table(model: type[SQLModel]) -> Table:
    return model.__table__  # type: ignore[attr-defined,no-any-return]


def made_id(dice: random.Random) -> UUID:
    """Return an id that is the same whenever the dice fall the same."""
    return UUID(int=dice.getrandbits(128), version=4)


@dataclass(slots=True)
class Caseload:
    """One contact person with those who help the same citizens."""

    contact_id: UUID
    team: list[tuple[UUID, UUID]]  # a professional, and the area they help in
    looks: list[tuple[UUID, str, UUID]]  # who looks, as what, in which sign-in
    diary: Diary


@dataclass(slots=True)
class BulkCitizen:
    """A citizen while their rows are made."""

    id: UUID
    plan_id: UUID
    began: datetime  # when the contact person became theirs
    consented: bool
    caseload: Caseload
    dice: random.Random

    @property
    def contact_id(self) -> UUID:
        return self.caseload.contact_id


@dataclass(slots=True)
class BulkSeeder:
    """What all rows of one municipality have in common."""

    session: Session
    site: Site
    now: datetime
    seed: int
    municipality_id: UUID = field(init=False)
    departments: list[UUID] = field(init=False)
    areas: list[UUID] = field(init=False)
    batch: Batch = field(default_factory=Batch)

    def __post_init__(self) -> None:
        self.municipality_id = self.session.exec(select(Municipality.id)).one()
        self.departments = list(self.session.exec(select(Department.id).order_by(col(Department.name))))
        self.areas = list(self.session.exec(select(LifeArea.id).order_by(col(LifeArea.position))))

    @property
    def today(self) -> date:
        return danish_day(self.now)

    def dice(self, *what: object) -> random.Random:
        """Return dice that fall the same for the same seed and the same thing."""
        return random.Random(f"{self.seed}:{':'.join(map(str, what))}")

    def id(self, *what: object) -> UUID:
        return uuid5(NAMESPACE_URL, f"enplan:seed:{self.seed}:{':'.join(map(str, what))}")
