"""The registry holds the kinds, as a CHECK once did: none is dead, and none is told in vain."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, url_for

from app import i18n
from app.access.guard import PUBLIC
from app.entries.rules import EntryKind
from app.i18n import LANGUAGES, offered
from app.meetings.life_cycle import MeetingState
from app.notifications.rules import KINDS, NewsGroup, NoticeContent
from app.notifications.service import add_notice
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser

SHOWS = "from app import create_app; from app.notifications.rules import KINDS; print(*KINDS)"
SPOKEN = ("en", "ar")
ONE = UUID(int=1)
GROUPS = [
    NewsGroup("Line", "Anna", NOW, count, ONE if count == 1 else None, detail)
    for count in (1, 2)
    for detail in (None, *EntryKind, *MeetingState)
]


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(Path("app").rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def registered() -> dict[str, str]:
    """Return the stored name of each kind that a room has, by its name in the code."""
    found = [one for _path, tree in sources() for one in made(tree)[0]]
    return {name: str(ast.literal_eval(call.args[0])) for name, call in found}


def made(tree: ast.Module) -> tuple[list[tuple[str, ast.Call]], list[ast.Call]]:
    """Return the kinds that a module has from its import on, and those it would make while the app runs."""
    at_import = [
        (ast.unparse(node.targets[0]), node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _is_kind(node.value)
    ]
    held = {call for _name, call in at_import}
    later = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and _is_kind(one) and one not in held]
    return at_import, later


def _is_kind(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "NoticeKind"


def told(tree: ast.Module) -> set[str]:
    """Return the names that a module hands on as what is told: to read by a kind is to ask for its `name`."""
    taken = {
        one
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "withdraw_notice"
        for one in ast.walk(node)
    }
    read = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in named if node not in taken and node not in read}


@pytest.mark.slow
def test_the_app_alone_knows_every_kind() -> None:
    known = subprocess.run([sys.executable, "-c", SHOWS], capture_output=True, check=True, text=True)
    assert set(known.stdout.split()) == set(registered().values())


def test_what_is_told_is_registered() -> None:
    assert [path for path, tree in sources() if made(tree)[1]] == []
    assert set(registered().values()) <= set(KINDS)


TOLD_BY_A_STEP = {"DRAFTS_MOVED"}  # of the database (0017): by its name, as it is stored


def test_no_kind_is_dead() -> None:
    rooms = [told(tree) for path, tree in sources() if path.stem != "news" and path.parts[1] != "demo"]
    assert set(registered()) - set().union(*rooms) == TOLD_BY_A_STEP


def test_a_dead_kind_and_one_that_is_made_too_late_are_seen() -> None:
    assert made(ast.parse("news = NoticeContent(NoticeKind('lost', link), citizen)"))[1]
    assert not made(ast.parse("FOUND = NoticeKind('found', link)"))[1]
    assert "FOUND" in told(ast.parse("add_notice(session, to, NoticeContent(FOUND, citizen), now=now)"))
    assert "FOUND" not in told(ast.parse("withdraw_notice(session, FOUND, one.id)\nFOUND.name"))


def test_each_has_its_sentences_in_each_language(app: Flask) -> None:
    danish = _sentences("da", app)
    assert all(danish.values())
    for code in SPOKEN:
        assert {
            name for name, said in _sentences(code, app).items() if set(said) & set(danish[name])
        } == set()


def _sentences(code: str, app: Flask) -> dict[str, list[str]]:
    with app.test_request_context():
        i18n.answer_in(next(one for one in LANGUAGES if one.code == code))
        assert i18n.current() in offered()
        return {
            kind.name: [say(group) for say in (kind.to_citizen, kind.to_helper) if say for group in GROUPS]
            for kind in KINDS.values()
        }


def test_each_leads_to_a_page_of_those_who_are_told(app: Flask) -> None:
    with app.test_request_context():
        for kind, group in product(KINDS.values(), GROUPS):
            link = kind.leads_to(group)
            assert getattr(app.view_functions[link.endpoint], "action", PUBLIC) != PUBLIC, kind.name
            if kind.to_citizen:
                assert "/borgere" not in url_for(link.endpoint, **link.values), kind.name
            if kind.to_helper:
                there = url_for(link.endpoint, **link.values, citizen_id=ONE)
                assert there.startswith(f"/borgere/{ONE}/"), kind.name


def test_each_is_shown_on_the_first_page_of_one_who_is_told(
    database: Database, people: People, browser_of: Browser
) -> None:
    anna, line = browser_of(people.anna), browser_of(people.line)
    for minute, kind in enumerate(KINDS.values()):
        at = NOW - timedelta(hours=1) + timedelta(minutes=minute)  # the newest stands first
        with database.writing() as session:
            for reader in (people.anna, people.line):
                add_notice(session, reader.id, NoticeContent(kind, people.anna.id), now=at)
        if kind.to_citizen:
            assert kind.to_citizen(NewsGroup("Kommunen", "Anna", at)) in anna.get("/").text, kind.name
        if kind.to_helper:
            assert kind.to_helper(NewsGroup("", "Anna", at)) in line.get("/dag").text, kind.name
        assert kind.to_citizen or kind.to_helper, kind.name
