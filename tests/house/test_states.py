"""A state, and a meeting's time, is written in one place of its room: all else reads it, or calls that."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

STATES = {"state", "sequence", "wall_start", "done_at", "kept_at"}  # a meeting's time is its wall_start
TABLES = {"Assessment", "Entry", "Meeting", "MeetingMinutes", "MeetingOption", "Plan", "Promise", "Step"}
WRITERS = {
    "assessments/service.py",
    *("booking/queued.py", "booking/tasks.py"),
    "entries/service/transitions.py",
    "goals/fulfilment.py",
    "meetings/service.py",
    "minutes/service.py",
    *("plan/consent_effects.py", "plan/handovers.py", "reminders/service.py"),
}
# In the plan at once is what the citizen's yes to a message does: a draft of that kind can't be stored.
MAKERS = {
    "entries/service/inclusion.py: Entry",
    *("booking/book.py: Meeting", "booking/book.py: MeetingOption", "minutes/service.py: MeetingMinutes"),
}
DEMO = "demo/"  # lays the story down as it stood


def targets(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what is assigned to, one by one."""
    if isinstance(node, ast.Assign):
        found = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        found = [node.target]
    else:
        return
    for one in found:
        yield from one.elts if isinstance(one, ast.Tuple | ast.List) else [one]


def keywords(call: ast.Call) -> set[str]:
    """Return the names that a call gives values to, also those in a dict or as the name for setattr."""
    names = {one.arg for one in call.keywords if one.arg}
    for one in call.args:
        keys = one.keys if isinstance(one, ast.Dict) else [one]
        names |= {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return names


def writes(tree: ast.AST) -> Iterator[str]:
    """Yield the state columns that are given a value in a row that there is."""
    for node in ast.walk(tree):
        for target in targets(node):
            if isinstance(target, ast.Attribute) and target.attr in STATES:
                yield target.attr
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.endswith((".values", ".update")) or called == "setattr":
                yield from keywords(node) & STATES
            if called.endswith(".values") and [type(one) for one in node.args] == [ast.Name]:
                yield "whatever the name stands for"


def made(tree: ast.AST) -> Iterator[str]:
    """Yield the tables of which a new row is made in a state."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and keywords(node) & STATES:
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in TABLES:
                yield name


@cache
def house() -> tuple[set[str], set[str]]:
    """Return which modules write a state, and which make a row in one. Steps of the database are history."""
    writers, makers = set(), set()
    for path in Path("app").rglob("*.py"):
        name = path.relative_to("app").as_posix()
        if name.startswith("migrations/"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        writers |= {name for _state in writes(tree)}
        makers |= {f"{name}: {table}" for table in made(tree)}
    return writers, makers


def but_the_demo(found: set[str]) -> set[str]:
    return {one for one in found if not one.startswith(DEMO)}


def test_a_state_is_written_in_one_place_of_its_room() -> None:
    assert but_the_demo(house()[0]) == WRITERS


def test_a_row_is_made_in_its_first_state_in_one_place() -> None:
    assert but_the_demo(house()[1]) == MAKERS


def test_the_demo_writes_them_in_two_places_alone() -> None:
    """Its answers read, and all its days moved at once."""
    written = house()[0] - but_the_demo(house()[0])
    assert written == {"demo/seed_assessments.py", "demo/shift_dates.py"}


@pytest.mark.parametrize(
    "source",
    [
        "meeting.state = MeetingState.HELD",
        "meeting.state, meeting.expires_at = MeetingState.PROPOSED, None",
        "meeting.sequence += 1",
        "meeting.wall_start = wall_time(slot.start)",
        "step.done_at = step.done_by = None",
        "setattr(meeting, 'state', MeetingState.HELD)",
        "session.exec(update(Meeting).where(over).values(state=MeetingState.HELD))",
        "session.exec(update(Meeting).values({'state': MeetingState.HELD}))",
        "session.query(Meeting).update({'state': MeetingState.HELD})",
        "session.exec(update(Meeting).where(over).values(held))",
        "for one in options:\n    one.state = OptionState.RELEASED",
    ],
)
def test_a_state_that_is_written_is_seen(source: str) -> None:
    assert any(writes(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "late = meeting.state is MeetingState.EXPIRED and meeting.sequence == 2",
        "Meeting(state=MeetingState.HELD)",
        "wanted = select(Meeting).where(Meeting.state == MeetingState.HELD)",
    ],
)
def test_what_reads_a_state_or_makes_a_row_is_told_apart(source: str) -> None:
    assert not any(writes(ast.parse(source)))


def test_a_row_that_is_made_in_a_state_is_seen() -> None:
    assert list(made(ast.parse("session.add(models.Meeting(state=MeetingState.HELD))"))) == ["Meeting"]
    assert list(made(ast.parse("MeetingRow(state=row.state)"))) == []
