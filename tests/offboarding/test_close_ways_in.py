"""A way in that is made in the very moment in which all of somebody's are closed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import col, select, update

from app.config import Settings
from app.identity.credentials import Invitation, Passkey
from app.identity.invitations import make_invitation
from app.offboarding.rules import WaysIn
from app.offboarding.service import close_ways_in
from app.store.db import Database
from tests.cast import NOW, People
from tests.databases import until_somebody_waits


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_passkey_made_with_an_invitation_meanwhile_is_closed_too(
    database: Database, settings: Settings, people: People
) -> None:
    """On SQLite one writer at a time is what keeps them apart."""
    with database.writing() as session:
        make_invitation(session, settings.secret_key, people.jonas.id, by=None, now=NOW)
    with ThreadPoolExecutor(1) as other, database.writing() as using:
        used: dict[str, Any] = {"claim_hash": "0" * 64, "claimed_at": NOW, "used_at": NOW}
        using.exec(update(Invitation).where(col(Invitation.person_id) == people.jonas.id).values(**used))
        made: dict[str, Any] = {
            "credential_id": b"x",
            "public_key": b"y",
            "sign_count": 0,
            "backed_up": False,
        }
        using.add(Passkey(person_id=people.jonas.id, name="Telefon", created_at=NOW, **made))
        using.flush()
        closing = other.submit(_close, database, people)
        until_somebody_waits(database)
        using.commit()
        assert closing.result(timeout=20) == WaysIn(passkeys=1)
    with database.reading() as session:
        assert session.exec(select(Passkey.revoked_at)).all() == [NOW]


def _close(database: Database, people: People) -> WaysIn:
    with database.writing() as session:
        return close_ways_in(session, [people.jonas.id], now=NOW)
