from uuid import UUID

import pytest

from tests.booking.fixtures import Booked
from tests.minutes.held_meetings import NOW_ON


@pytest.fixture
def meeting(booked: Booked) -> UUID:
    """Anna's meeting with Line and Jonas, which begins at this moment."""
    return booked(NOW_ON, 60, "line", "jonas", said_yes=True)
