"""Each import contract is broken in a copy to see it go red: in every room, and where it was not seen."""

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from importlinter import Contract
from importlinter.api import read_configuration
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

FLOORS = "The floors of the house"
INSIDE = "Inside a room"
PURE = "Pure code knows no database, no web and no clock"
WEB = "The web is known only where it is named"
ROUTES = "Routes are the top of their room"
WHO = "Who asks is known only to routes"
FORMS = "Forms and templates are known only where they are made"
CLOCK = "The time is handed down"
STEPS = "The steps of the database know models alone"
HAND_MADE = "Layers made by hand are known only where they are named"
PREPARED = "Who may ask by prepared selects"

# One breach for each room: file, what it is made to import, the contract that says no.
OF_EACH_ROOM = {
    "about": ("about/service.py", "app.about.routes", INSIDE),
    "access": ("access/policy.py", "sqlalchemy", PURE),
    "administration": ("administration/service.py", "app.cli.site", FLOORS),
    "account": ("account/service.py", "flask", WEB),
    "api": ("api/responses.py", "app.cli.site", FLOORS),
    "assessments": ("assessments/service.py", "app.goals.service", FLOORS),
    "availability": ("availability/service.py", "app.scheduling.service", FLOORS),
    "booking": ("booking/cancel.py", "app.minutes.service", FLOORS),
    "cache": ("cache/lru_cache.py", "app.web.page", FLOORS),
    "calendar": ("calendar/queries.py", "app.calendar_sync.feed", FLOORS),
    "calendar_sync": ("calendar_sync/ical_writer.py", "app.store.db", PURE),
    "caseload": ("caseload/queue.py", "app.home.queries", FLOORS),
    "cli": ("run/worker.py", "app.cli.site", FLOORS),
    "consent": ("consent/service.py", "app.notifications.service", FLOORS),
    "dates": ("dates/local_time.py", "app.web.page", FLOORS),
    "demo": ("demo/cast.py", "app.api.responses", FLOORS),
    "entries": ("entries/rules.py", "app.entries.models", INSIDE),
    "goals": ("goals/models.py", "app.goals.service", INSIDE),
    "home": ("home/queries.py", "app.caseload.service", FLOORS),
    "identity": ("identity/rules.py", "app.meetings.rules", FLOORS),
    "leadership": ("leadership/queries.py", "app.caseload.queue", FLOORS),
    "meetings": ("meetings/models.py", "app.booking.models", FLOORS),
    "messages": ("messages/rules.py", "app.messages.models", INSIDE),
    "migrations": ("migrations/schema.py", "app.web.page", WEB),
    "minutes": ("minutes/rules.py", "flask", PURE),
    "notifications": ("notifications/service.py", "app.consent.service", FLOORS),
    "offboarding": ("offboarding/service.py", "app.caseload.queue", FLOORS),
    "people_import": ("people_import/service.py", "app.upkeep.backup", FLOORS),
    "plan": ("plan/service.py", "app.entries.models", FLOORS),
    "pwa": ("pwa/outbox.py", "app.account.service", FLOORS),
    "reminders": ("reminders/service.py", "app.goals.service", FLOORS),
    "retention": ("retention/purge.py", "app.caseload.queue", FLOORS),
    "run": ("run/server.py", "app.upkeep.doctor", FLOORS),
    "scheduling": ("scheduling/candidates.py", "app.dates.clock", PURE),
    "store": ("store/db.py", "app.web.page", FLOORS),
    "upkeep": ("upkeep/backup.py", "flask", WEB),
    "web": ("web/page.py", "app.identity.login", FLOORS),
}
# What fourteen files could import and nobody saw, while the contracts knew only five names of files.
ONCE_UNSEEN = {
    "book-flask": ("booking/book.py", "flask", WEB),
    "occupancy-web": ("booking/occupancy.py", "app.web.page", WEB),
    "tasks-flask": ("booking/tasks.py", "flask", WEB),
    "calendar-web": ("calendar/service.py", "app.web.page", WEB),
    "ranking-flask": ("scheduling/ranking.py", "flask", WEB),
    "travel-store": ("meetings/travel.py", "app.store.db", PURE),
    "wishes-sqlmodel": ("availability/rules.py", "sqlmodel", PURE),
    "occupancy_rules-web": ("booking/occupancy_rules.py", "app.web.page", WEB),
    "workdays-flask": ("dates/workdays.py", "flask", WEB),
    "occupancy-routes": ("booking/occupancy.py", "app.calendar.staff.routes.propose", FLOORS),
    "intervals-book": ("scheduling/intervals.py", "app.booking.book", FLOORS),
    "models-tasks": ("meetings/models.py", "app.booking.tasks", FLOORS),
    "relations-routes": ("plan/relations.py", "app.plan.routes.contact", ROUTES),
    "today-routes": ("home/queries.py", "app.home.routes", ROUTES),
}
# What the contracts after those were made for.
OF_EACH_CONTRACT = {
    "staff-inside": ("calendar/staff/service.py", "app.calendar.staff.routes.edit", INSIDE),
    "book-viewer": ("booking/book.py", "app.access.guard", WHO),
    "goals-account": ("goals/service.py", "app.identity.login", WHO),
    "book-werkzeug": ("booking/book.py", "werkzeug", FORMS),
    "goals-wtforms": ("goals/service.py", "wtforms", FORMS),
    "rules-wtforms": ("entries/rules.py", "wtforms", PURE),
    "rules-random": ("entries/rules.py", "random", PURE),
    "rules-urllib": ("meetings/rules.py", "urllib", PURE),
    "book-clock": ("booking/book.py", "app.dates.clock", CLOCK),
    "goals-clock": ("goals/routes/plan.py", "app.dates.clock", CLOCK),
    "steps-book": ("migrations/schema.py", "app.booking.book", STEPS),
    "routes-fragments": ("goals/routes/plan.py", "app.cache.fragment_cache", HAND_MADE),
    "guard-pages": ("access/guard.py", "app.cache.lru_cache", HAND_MADE),
    "routes-templating": ("calendar/routes.py", "app.web.templating", HAND_MADE),
    "forms-prepared": ("minutes/forms.py", "app.store.prepared", PREPARED),
    "worker-prepared": ("run/worker.py", "app.store.prepared", PREPARED),
}
ROWS = OF_EACH_ROOM | ONCE_UNSEEN | OF_EACH_CONTRACT

Graph = grimp.ImportGraph
BUILT_IN = {"layers": LayersContract, "forbidden": ForbiddenContract}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return grimp.build_graph("app", include_external_packages=True, cache_dir=None)


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    """The contracts of pyproject.toml by name, read as `lint-imports` reads them."""
    options = read_configuration()
    configure()
    return {
        one["name"]: BUILT_IN[one["type"]](
            name=one["name"], session_options=options["session_options"], contract_options=one
        )
        for one in options["contracts_options"]
    }


def breach(graph: Graph, path: str, imported: str) -> Graph:
    """Return the graph as it would be if that file imported that."""
    broken = deepcopy(graph)
    module = "app." + path.removesuffix(".py").replace("/", ".")
    assert module in broken.modules
    if imported not in broken.modules:
        broken.add_module(imported, is_squashed=True)
    broken.add_import(importer=module, imported=imported)
    return broken


def is_kept(contract: Contract, graph: Graph) -> bool:
    """Say whether a graph keeps a contract; checking spoils the graph."""
    return contract.check(graph, verbose=False).kept


def rooms() -> set[str]:
    return {path.name for path in Path("app").iterdir() if (path / "__init__.py").exists()}


@pytest.mark.slow
def test_the_house_as_it_stands_keeps_them(graph: Graph, contracts: dict[str, Contract]) -> None:
    assert [name for name, one in contracts.items() if not is_kept(one, deepcopy(graph))] == []


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS)
def test_a_breach_is_seen(row: str, graph: Graph, contracts: dict[str, Contract]) -> None:
    path, imported, name = ROWS[row]
    assert not is_kept(contracts[name], breach(graph, path, imported))


def test_each_room_has_a_row() -> None:
    assert set(OF_EACH_ROOM) == rooms()


@pytest.mark.slow
def test_a_room_without_a_floor_is_seen(graph: Graph, contracts: dict[str, Contract]) -> None:
    more = deepcopy(graph)
    more.add_module("app.shed")
    assert not is_kept(contracts[FLOORS], more)


def test_every_module_that_says_pure_is_held_to_it() -> None:
    listed = [one for one in read_configuration()["contracts_options"] if one["name"] == PURE]
    held = [re.compile(_pattern(one)) for one in listed[0]["source_modules"]]
    missing = [name for name in pure_modules() if not any(one.fullmatch(name) for one in held)]
    assert missing == []
    assert len(list(pure_modules())) > 20  # or nothing was read


def test_every_room_with_more_than_one_floor_is_held_inside() -> None:
    listed = [one for one in read_configuration()["contracts_options"] if one["name"] == INSIDE]
    floors = {"routes", "forms", "texts", "service", "queries", "models", "rules", "policy"}
    layered = {
        name for name in rooms() if len(floors & {path.stem for path in Path("app", name).iterdir()}) > 1
    }
    assert layered - {one.removeprefix("app.") for one in listed[0]["containers"]} == set()


def test_no_room_imports_in_a_circle(graph: Graph) -> None:
    arrows = {name: {other for other in rooms() if _reaches(graph, name, other)} for name in rooms()}
    assert circles(arrows) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []  # the control


def test_no_modules_import_in_a_circle(graph: Graph) -> None:
    arrows = {one: graph.find_modules_directly_imported_by(one) for one in graph.modules}
    assert circles(arrows) == []


def _reaches(graph: Graph, name: str, other: str) -> bool:
    return name != other and graph.direct_import_exists(
        importer=f"app.{name}", imported=f"app.{other}", as_packages=True
    )


def circles(arrows: dict[str, set[str]]) -> list[str]:
    """Return what can't be put in an order in which everything stands above what it imports."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as circle:
        return list(circle.args[1])
    return []


def pure_modules() -> Iterator[str]:
    """Yield the modules whose docstring says that they are pure, and all of scheduling but two."""
    for path in Path("app").rglob("*.py"):
        said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        searches = path.parent.name == "scheduling" and path.stem not in ("__init__", "queries", "service")
        if searches or re.search(r"\bPure\b", said):
            yield ".".join(path.with_suffix("").parts)


def _pattern(name: str) -> str:
    return re.escape(name).replace(r"\*\*", r".+").replace(r"\*", r"[^.]+")
