"""What nobody thought of, asked by schemathesis after the description itself; some of it nearly right."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.rate_limit import RateLimiter
from app.api.responses import slot_json
from app.dates.local_time import DANISH_TIME
from app.demo.cast import person_id
from app.meetings.rules import Slot
from app.store.db import Database
from tests.api.systems import Machine, body, told
from tests.booking.requests import can_take_much

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
SEED = 31
MONDAY = datetime(2026, 3, 9, tzinfo=DANISH_TIME)
LIKELY = [True, True, True, False]  # how often a case is made nearly right
_keys = count()

# Where and when a call that is right in form may also be right in fact.
NEAR = st.tuples(st.integers(0, 300), st.integers(6, 21), st.sampled_from([15, 30, 45, 60, 780]))


Near = tuple[int, int, int]  # day, hour and minutes
Answers = Counter[tuple[str, int]]  # how often each call was answered with each status


def ask_everything(app: Flask, database: Database, cases: int) -> Answers:
    """Send so many cases of each kind to each call; return what was answered. A breach raises."""
    app.extensions["pace"] = RateLimiter(most=10**9)
    can_take_much(database)
    machine = Machine(app, database)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    answers = Answers()
    for found in schema.get_all_operations():
        for mode in GenerationMode:
            operation: Any = found
            _ask(operation.ok(), mode, machine, cases, answers)
    return answers


def _ask(operation: Any, mode: GenerationMode, machine: Machine, cases: int, answers: Answers) -> None:
    @seed(SEED)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), near=NEAR, likely=st.sampled_from(LIKELY))
    def ask(case: "Case[Any]", near: Near, likely: bool) -> None:
        if likely and mode is GenerationMode.POSITIVE:
            _make_likely(case, near, machine)
        plain = {"Authorization": f"Bearer {machine.token}", "Accept-Encoding": "identity"}
        response = case.call(headers=plain)
        answers[operation.label, response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    ask()


def _make_likely(case: "Case[Any]", near: Near, machine: Machine) -> None:
    """Put people we know, a time to come and a new key into a case."""
    day, hour, minutes = near
    start = (MONDAY + timedelta(days=day)).replace(hour=hour)
    known: dict[str, Any] = {
        "citizen": str(person_id("anna")),
        "with": [str(person_id("line"))],
        "starts_at": start.isoformat(),
        "ends_at": (start.astimezone(UTC) + timedelta(minutes=minutes)).isoformat(),
        "from": start.isoformat(),
        "to": (start + timedelta(days=5)).isoformat(),
    }
    for part in (case.query, case.body):
        if isinstance(part, dict):
            part.update({name: value for name, value in known.items() if name in part})
            part.pop("place_id", None)
    if isinstance(case.body, dict) and "citizen" in case.body:
        case.body["duty"] = True  # only so many proposals may wait for an answer
        if case.body.get("options"):
            case.body["options"] = _two_times(start)
    if "meeting_id" in case.path_parameters:
        made = machine.post(body(start.isoformat(), 30, duty=True))
        if made.status_code == HTTPStatus.CREATED:
            case.path_parameters["meeting_id"] = told(made)["id"]
            case.headers["If-Match"] = '"0"'
    case.headers["Idempotency-Key"] = f"case {next(_keys)}"


def _two_times(start: datetime) -> list[Any]:
    days = (start, start + timedelta(days=1))
    return [slot_json(Slot(one, one + timedelta(minutes=30))) for one in days]
