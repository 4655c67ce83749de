"""Databases of the version before."""

from uuid import UUID

import pytest
from sqlmodel import select

from app.migrations import schema
from app.plan.models import Plan
from app.store.db import Database
from tests.cast import People
from tests.messages.stored import BEFORE


@pytest.fixture
def plan_id(database: Database, people: People) -> UUID:
    """Go back to the version before, and return the id of Anna's plan."""
    schema.migrate(database, BEFORE)
    with database.reading() as session:
        return session.exec(select(Plan.id).where(Plan.citizen_id == people.anna.id)).one()
