"""Every route x method x person x citizen, called for real, and what the answer must be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.access.open_pages import OPEN
from tests.access.test_policy import MATRIX, cells
from tests.cast import People, Someone
from tests.conftest import Browser

ABSENT = UUID("00000000-0000-4000-8000-000000000000")
PEOPLE = People()
TARGETS: dict[str, UUID] = {
    slug: getattr(PEOPLE, slug).id for slug in ("anna", "bent", "emil", "fremmed")
} | {"absent": ABSENT}
READERS = (
    "nobody", "anna", "bent", "emil", "fremmed", "ny",
    "line", "omar", "jonas", "thea", "ali", "lone", "admin", "vibeke", "mette",
)  # fmt: skip

# What ties people in the demo, written by hand: omar stands in for line during an absence laid by the test.
TIES = {
    "citizen": {(slug, slug) for slug in ("anna", "bent", "emil", "fremmed", "ny")},
    "contact": {("line", "anna"), ("line", "bent"), ("omar", "emil")},
    "substitute": {("omar", "anna"), ("omar", "bent")},
    "team": {("jonas", "anna"), ("thea", "anna"), ("ali", "anna"), ("thea", "bent"), ("ali", "emil")},
    "guardian": {("vibeke", "bent")},
    "custody": {("mette", "emil")},
}
ROLE = {
    "line": "contact",
    "omar": "contact",
    "jonas": "professional",
    "thea": "professional",
    "ali": "professional",
    "lone": "leader",
    "admin": "administrator",
    "vibeke": "representative",
    "mette": "representative",
}
NO_YES = {"fremmed", "ny"}  # citizens whose yes to one plan does not stand

ALLOWED_OF_CITIZEN = {(action, who): said for action, who, said in cells(MATRIX)}
ALLOWED_OF_ROLE = {(action, role): said == "yes" for action, role, said in cells(OPEN)}
REFUSED = {401, 403}


@dataclass(frozen=True)
class Cell:
    """One request and what must come of it: `open`, `forbidden`, `absent` or `sign in`."""

    rule: Rule
    method: str
    reader: str
    target: str | None  # whose; None: the address names nobody
    action: str
    expected: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule} as {self.reader} at {self.target}: {self.expected}"


def tie_of(reader: str, target: str) -> str | None:
    return next((name for name, pairs in TIES.items() if (reader, target) in pairs), None)


def expected(action: str, reader: str, target: str | None) -> str:
    """Say what the table promises, from the tables of test_policy alone."""
    if action in ("public", "api"):
        return "open"
    if reader == "nobody":
        return "sign in"
    if (action, "contact") not in ALLOWED_OF_CITIZEN:
        return "open" if ALLOWED_OF_ROLE[action, ROLE.get(reader, "citizen")] else "absent"
    if target is None:
        return "absent" if reader in ROLE else "open"
    tie = tie_of(reader, target)
    if tie is None:
        return "absent"
    said = ALLOWED_OF_CITIZEN[action, tie]
    return "open" if said == "yes" or (said == "yes*" and target not in NO_YES) else "forbidden"


def all_cells(app: Flask) -> list[Cell]:
    """Return every cell: those that may change something come last, taking back the yes very last."""
    found = [cell for rule in app.url_map.iter_rules() for cell in _of_rule(app, rule)]
    return sorted(found, key=lambda cell: (cell.expected == "open", cell.action == "consent:give"))


def _of_rule(app: Flask, rule: Rule) -> Iterator[Cell]:
    view: Any = app.view_functions[rule.endpoint]
    asked = str(getattr(view, "action", "missing"))
    of_helpers = str(getattr(view, "helper_action", asked))  # where the address names nobody
    targets: list[str | None] = [*TARGETS] if "citizen_id" in rule.arguments and not rule.defaults else [None]
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        for reader in READERS:
            for target in targets:
                action = of_helpers if target is None and reader in ROLE else asked
                yield Cell(rule, method, reader, target, action, expected(action, reader, target))


class Clients:
    """Who sends the requests: a refusal changes nothing, so that reader stays signed in for the next one."""

    def __init__(self, browser_of: Browser) -> None:
        self._browser_of = browser_of
        self._refused: dict[str, FlaskClient] = {}

    def ask(self, cell: Cell) -> TestResponse:
        """Send the request of a cell: what is let in (it may sign off) in a browser of its own."""
        client = self._fresh(cell.reader) if cell.expected == "open" else self._staying(cell.reader)
        response = client.open(address(cell), method=cell.method)
        response.close()
        return response

    def answer_to_nobody(self, reader: str) -> bytes:
        return bytes(self._staying(reader).get("/no-such-page").data)

    def _fresh(self, reader: str) -> FlaskClient:
        person: Someone | None = None if reader == "nobody" else getattr(PEOPLE, reader)
        return self._browser_of(person)

    def _staying(self, reader: str) -> FlaskClient:
        if reader not in self._refused:
            self._refused[reader] = self._fresh(reader)
        return self._refused[reader]


def address(cell: Cell) -> str:
    values: dict[str, Any] = {
        name: _some(name) for name in cell.rule.arguments if name not in (cell.rule.defaults or {})
    }
    if cell.target is not None:
        values["citizen_id"] = TARGETS[cell.target]
    built = cell.rule.build(values)
    assert built is not None
    return str(built[1])


def _some(name: str) -> UUID | str:
    return uuid4() if name.endswith("_id") else "x"


def is_wrong(cell: Cell, response: TestResponse, absent: bytes | None) -> bool:
    """Say whether an answer breaks the table. `absent` is what this reader is told of nobody at all."""
    status = response.status_code
    match cell.expected:
        case "sign in":
            return (status, response.location) != (303, "/log-ind") if cell.method == "GET" else status != 401
        case "forbidden":
            return status != 403
        case "absent":
            return status != 404 or (absent is not None and response.data != absent)
    # Open: let in, even if the thing itself (a random uuid) is not there. The api has its own door: a token.
    if cell.action == "api":
        return status != 401
    return status in REFUSED or status >= 500


def wrong_cells(app: Flask, browser_of: Browser, of_rule: str | None = None) -> list[str]:
    """Call every cell, or those of one rule, and return those that are wrong."""
    clients = Clients(browser_of)
    absent_for: dict[str, bytes] = {}
    wrong = []
    for cell in all_cells(app):
        if of_rule not in (None, cell.rule.rule):
            continue
        response = clients.ask(cell)
        absent = None
        if cell.method == "GET" and cell.expected == "absent":
            absent = absent_for.get(cell.reader) or clients.answer_to_nobody(cell.reader)
            absent_for[cell.reader] = absent
        if is_wrong(cell, response, absent):
            wrong.append(f"{cell} but {response.status_code}")
    return wrong
