"""Another system that books, in the tests of the api."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.demo.cast import person_id
from app.identity.tokens import create_token
from app.store.db import Database
from tests.cast import NOW

MEETINGS = "/api/v1/meetings"
_keys = count()


def body(
    start: str = "2026-03-05T10:00:00+01:00",
    minutes: int = 60,
    people: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """Return what a system sends to book Anna with Line."""
    end = datetime.fromisoformat(start) + timedelta(minutes=minutes)
    return {
        "citizen": str(person_id("anna")),
        "with": list(people) or [str(person_id("line"))],
        "starts_at": start,
        "ends_at": end.isoformat(),
        "channel": "in_person",
        "purpose": "Samtale om din bolig",
        "why": "Så vi kan finde et sted, hvor din datter kan sove.",
        "bring": "Brevet fra udlejeren",
        "duty": False,
        "place": "Rådhuset, lokale 2",
    } | more


def told(response: TestResponse) -> dict[str, Any]:
    """Return the JSON object of an answer."""
    found = response.get_json()
    assert isinstance(found, dict)
    return found


class Machine:
    """A system with a token of its own."""

    def __init__(self, app: Flask, database: Database, *scopes: str, name: str = "Fagsystemet") -> None:
        self.app = app
        with database.writing() as session:
            self.token = create_token(session, name, scopes or ("meetings",), NOW)

    def post(self, json: Any = None, *, key: str | None = None, **more: Any) -> TestResponse:
        """Send a booking; each has a key of its own unless one is given."""
        headers = {"Idempotency-Key": key or f"k{next(_keys)}"} | self._bearer()
        content: Mapping[str, Any] = more or {"json": json}
        return self.app.test_client().post(MEETINGS, headers=headers, **content)

    def get(self, address: str) -> TestResponse:
        return self.app.test_client().get(address, headers=self._bearer())

    def call(
        self, method: str, address: str, json: Any = None, *, key: str | None = None, **headers: str
    ) -> TestResponse:
        """Send a request; a write has a key of its own unless one is given. `if_match` is a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()} | self._bearer()
        if method != "GET":
            named["Idempotency-Key"] = key or f"k{next(_keys)}"
        return self.app.test_client().open(address, method=method, headers=named, json=json)

    def patch(self, address: str, json: Any, *, seen: str = '"0"', key: str | None = None) -> TestResponse:
        return self.call("PATCH", address, json, key=key, if_match=seen)

    def cancel(
        self, address: str, json: Any = None, *, seen: str = '"0"', key: str | None = None
    ) -> TestResponse:
        return self.call("POST", f"{address}/cancel", json or {}, key=key, if_match=seen)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
