from collections.abc import Collection

import pytest

from app.errors import Missing
from app.identity.models import SystemToken
from app.identity.tokens import BadToken, NameTaken, create_token, find_token, revoke_token
from app.store.db import Database
from tests.cast import NOW


def test_a_secret_opens_and_is_not_kept(database: Database) -> None:
    with database.writing() as session:
        secret = create_token(session, "Jobsystemet", ["plan.read", "meetings"], NOW)
        found = find_token(session, secret)
        row = session.get_one(SystemToken, found.id if found else None)
    assert found
    assert (found.name, found.scopes) == ("Jobsystemet", frozenset({"meetings", "plan.read"}))
    assert len(secret) >= 43  # 256 bits
    assert secret not in (row.token_hash, row.name, row.scopes)


def test_no_two_secrets_are_alike_and_a_near_one_opens_nothing(database: Database) -> None:
    with database.writing() as session:
        one, other = (create_token(session, name, ["people"], NOW) for name in ("A", "B"))
        assert one != other
        assert find_token(session, one[:-1]) is None


def test_a_name_has_one_key_at_a_time(database: Database) -> None:
    with database.writing() as session:
        create_token(session, "A", ["people"], NOW)
        with pytest.raises(NameTaken):
            create_token(session, " A ", ["people"], NOW)


def test_a_revoked_key_opens_nothing_and_can_be_renewed(database: Database) -> None:
    with database.writing() as session:
        old = create_token(session, "A", ["people"], NOW)
        revoke_token(session, "A", NOW)
        new = create_token(session, "A", ["meetings"], NOW)
        found = find_token(session, new)
        assert find_token(session, old) is None
    assert found
    assert found.scopes == {"meetings"}


def test_only_a_key_that_works_can_be_revoked(database: Database) -> None:
    with database.writing() as session:
        create_token(session, "A", ["people"], NOW)
        revoke_token(session, "A", NOW)
        for name in ("A", "B"):
            with pytest.raises(Missing):
                revoke_token(session, name, NOW)


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["people"]), ("x" * 81, ["people"]), ("A", []), ("A", ["alt"])]
)
def test_a_key_needs_a_name_and_known_scopes(database: Database, name: str, scopes: Collection[str]) -> None:
    with database.writing() as session, pytest.raises(BadToken):
        create_token(session, name, scopes, NOW)
