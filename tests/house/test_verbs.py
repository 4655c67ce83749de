"""A page for every verb: what the app can do, somebody can ask it to, by a page, a command or the worker.

Read from the sources: whatever the app, the commands and the steps of the database do not come to use, step
by step, is used by tests alone. The demo does not count: a verb that only tells its story has no page.
"""

from functools import cache

import pytest

from tests.house.call_graph import functions, reached, read_sources

# What has no page yet, and what is missing. A row that has got one is red.
KNOWN: dict[str, str] = {}
# What the demo alone uses, which is made by the command that starts it.
DEMO_ONLY = {
    "app.booking.occupancy.rebuild_all_occupancy": "all days of the demo are moved at once",
    "app.booking.occupancy.release_all_occupancy": "all days of the demo are moved at once",
    "app.meetings.service.restate_by_time": "all days of the demo are moved at once",
    "app.plan.service.get_plan": "the demo lays entries in a plan that is there",
    "app.plan.service.list_areas": "the demo lays goals in an area",
}
TOLD = KNOWN | DEMO_ONLY
DEMO = "app.demo."
STEPS = "app.migrations.versions."
PLANTED = "\n\ndef planted(session):\n    return session\n"


@cache
def sources() -> dict[str, str]:
    return read_sources()


def without_demo(of: dict[str, str]) -> dict[str, str]:
    return {module: source for module, source in of.items() if not f"{module}.".startswith(DEMO)}


def roots(of: dict[str, str]) -> set[str]:
    """Return where all begins: the app, the command, what runs as a script, and the steps of the database."""
    steps = {f"{one}.{way}" for one in of if one.startswith(STEPS) for way in ("upgrade", "downgrade")}
    return {"app.create_app", "app.__main__"} | {f"{one}.__main__" for one in of} | steps


def without_a_page(of: dict[str, str]) -> set[str]:
    """Return the functions that neither a page, a command nor the worker comes to use."""
    return set(functions(of)) - reached(of, roots(of))


def test_every_verb_has_a_page_a_command_or_the_worker() -> None:
    of = without_demo(sources())
    assert set(functions(of)) - reached(of, roots(of) | set(TOLD)) == set()


def test_what_is_known_to_have_no_page_has_none_yet() -> None:
    assert set(TOLD) - without_a_page(without_demo(sources())) == set()


def test_what_the_demo_alone_uses_it_does_use() -> None:
    assert set(DEMO_ONLY) - reached(sources(), roots(sources())) == set()


def test_a_verb_that_nothing_uses_is_seen() -> None:
    """The control: one is planted, and then given a page."""
    of, room = without_demo(sources()), "app.goals.service"
    of[room] += PLANTED
    assert without_a_page(of) - set(TOLD) >= {f"{room}.planted"}
    of["app.goals.routes.plan"] += "\n\n@bp.get('/x')\ndef x():\n    return service.planted(None)\n"
    assert f"{room}.planted" not in without_a_page(of)


@pytest.mark.parametrize(
    ("using", "is_used"),
    [
        ("from app.room import service as does\n\ndef create_app(): does.verb()", True),
        ("from app.room.service import verb\n\nJOBS = {'job': lambda: verb()}\ndef create_app(): JOBS", True),
        ("def create_app(): return 'app.room.service:verb'", True),
        ("from .room.service import verb\n\ndef create_app(): verb()", True),
        ("from app.room.service import verb\n\ndef create_app(): pass", False),
        ("from app.room.service import verb\n\ndef other(): verb()\ndef create_app(): pass", False),
        ("from app.room import service\n\ndef create_app(verb): service.other(verb)", False),
        ("from app.room.routes import bp\n\ndef create_app(): bp", True),
        ("import app.room.routes\n\ndef create_app(): pass", False),
    ],
    ids=[
        "a module",
        "a table",
        "a command",
        "by a relative name",
        "imported alone",
        "beside",
        "another",
        "a page",
        "not hung up",
    ],
)
def test_who_uses_a_verb_is_seen(using: str, is_used: bool) -> None:
    page = "from app.room import service\nbp = Blueprint()\n\n@bp.get('/')\ndef page(): service.verb()"
    of = {"app": using, "app.room.service": "def verb(): pass", "app.room.routes": page}
    assert ("app.room.service.verb" not in without_a_page(of)) is is_used
