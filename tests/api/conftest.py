import pytest
from flask import Flask

from app.store.db import Database
from tests.api.systems import Machine


@pytest.fixture
def machine(app: Flask, database: Database) -> Machine:
    return Machine(app, database)
