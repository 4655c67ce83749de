"""The description of the api says what is so: each route, each problem, and nothing that isn't kept."""

import os
import re
from typing import Any

import pytest
import schemathesis
from flask import Flask

from app.api.openapi import DESCRIPTION
from app.api.responses import KINDS
from app.store.db import Database
from tests.api.misuse import ask_everything

CASES = int(os.environ.get("ENPLAN_API_CASES", "6"))  # of each kind to each call; 200 make 2,000 and more
METHODS = {"get", "post", "put", "patch", "delete"}


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def described() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): call
        for path, calls in DESCRIPTION["paths"].items()
        for method, call in calls.items()
        if method in METHODS
    }


def test_anybody_may_read_it(app: Flask) -> None:
    client = app.test_client()
    read = client.get("/api/openapi.json")
    assert (read.status_code, read.mimetype, read.get_json()) == (200, "application/json", DESCRIPTION)
    again = client.get("/api/openapi.json", headers={"If-None-Match": read.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_is_openapi_3_1() -> None:
    assert DESCRIPTION["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(DESCRIPTION).validate()


def test_it_has_every_route_and_no_other(app: Flask) -> None:
    assert set(described()) == routes(app)


def test_it_has_every_problem_and_each_can_be_read(app: Flask) -> None:
    assert DESCRIPTION["x-problems"] == [f"/problems/{kind}" for kind in KINDS]
    pattern = DESCRIPTION["components"]["schemas"]["Problem"]["properties"]["type"]["pattern"]
    for kind in KINDS:
        assert app.test_client().get(f"/problems/{kind}").status_code == 200
        assert re.search(pattern, f"http://localhost:5000/problems/{kind}")
    assert not re.search(pattern, "http://localhost:5000/problems/alt")


def test_each_write_needs_a_key_and_each_change_what_was_read() -> None:
    for (method, path), call in described().items():
        headers = {
            one["name"] for one in call.get("parameters", ()) if one["in"] == "header" and one["required"]
        }
        expected = {"Idempotency-Key"} if method != "get" else set()
        assert headers == expected | ({"If-Match"} if expected and "{meeting_id}" in path else set())


def test_each_call_has_a_name_of_its_own() -> None:
    names = [call["operationId"] for call in described().values()]
    assert len(names) == len(set(names))


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # the same code either way
def test_whatever_is_asked_is_answered_as_described(app: Flask, database: Database) -> None:
    answers = ask_everything(app, database, CASES)
    calls = {call for call, _status in answers}
    assert answers.total() >= 2 * CASES * (len(described()) - 1)  # the description itself takes nothing
    assert {call for call, status in answers if status < 300} == calls  # not only refusals
    assert {status for _call, status in answers} >= {200, 201, 400, 404, 422}
