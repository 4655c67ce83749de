"""flask-login's `current_user` says who is signed in, and nothing else does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import flask_login
import pytest
from flask import Flask, Response
from flask_login import current_user
from jinja2.meta import find_undeclared_variables
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from app.identity.login import DEMO_COOKIE
from app.identity.rules import TextSize
from app.store.db import Database
from tests.cast import People
from tests.conftest import Browser

LOGIN, CACHE = "app/identity/login.py", "app/access/page_cache.py"
HERS = ' data-text="largest">'  # on every page that is drawn for a reader who has asked for it

# --- no second way to ask ---

KEPT_ON_G = {
    *("anonymous", "citizen_header", "language_asked", "language_token", "left_at_once", "typed_withheld"),
    "viewer",
}
COOKIES_READ = {  # by whom, and which: that of the sign-in by login and, apart from Flask, by the page cache
    LOGIN: {
        "request.cookies.get(cookie_name())",
        "request.cookies.get(SIGN_IN_COOKIE, '')",
        "request.cookies.get(WANTED_COOKIE, '')",
        "request.cookies.get(LEFT_COOKIE, '')",
    },
    "app/account/routes/invitation.py": {"request.cookies.get(_cookie_name(), '')"},
    "app/web/page.py": {"asking.cookies.get(LANGUAGE_COOKIE)"},
}
READS_THE_HEADER = {CACHE, "app/web/follow_redirect.py"}  # the other hands it on, and asks nothing of it
# Beside the two that ask who holds a cookie: where it is made, and one that has just signed somebody in.
LOOKS_UP_A_SECRET = {LOGIN, CACHE, "app/identity/sessions.py", "app/account/service.py"}
NOT_IN_TEMPLATES = {"account", "g", "me", "reader", "request", "session", "user"}


def on_g(node: ast.AST) -> str | None:
    """Return what a node keeps on, or takes from, Flask's `g`."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name("g"), attr="get" | "pop" | "setdefault"),
            args=[ast.Constant(str(name)), *_],
        ):
            return name
        case ast.Compare(left=ast.Constant(str(name)), comparators=[ast.Name("g")]):
            return name
        case ast.Attribute(value=ast.Name("g"), attr=name) if name not in ("get", "pop", "setdefault"):
            return name
    return None


def is_current_user(node: ast.expr | None) -> bool:
    """Say whether an expression is `current_user` as a whole, or the object that stands behind it."""
    if node is None:
        return False
    said = ast.unparse(node)
    return said in ("current_user", "current_user._get_current_object()") or (
        said.startswith("cast(") and "current_user" in said
    )


def accessors(tree: ast.Module) -> Iterator[str]:
    """Return what gives `current_user` another name for others to import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and is_current_user(node.value):
            yield "an accessor"
        if isinstance(node, ast.ImportFrom) and node.module != "flask_login":
            yield from ("another's current_user" for one in node.names if one.name == "current_user")
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_current_user(node.value):
            yield "another name"


def second_ways(path: str, source: str) -> set[str]:
    """Return in what other ways than by `current_user` a module asks who is signed in."""
    tree = ast.parse(source)
    found = set(accessors(tree))
    read = COOKIES_READ.get(path, set())
    known = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node) in read
    }
    for node in ast.walk(tree):
        name = on_g(node)
        if name is not None and name not in KEPT_ON_G:
            found.add(f"g.{name}")
        match node:
            case ast.ImportFrom(module="flask", names=names) if any(one.name == "session" for one in names):
                found.add("Flask's session")
            case ast.Attribute(attr="cookies") if id(node) not in known:
                found.add("a cookie")
            case ast.Name("parse_cookie") | ast.Constant("HTTP_COOKIE") if path not in READS_THE_HEADER:
                found.add("a cookie")
            case ast.Attribute(attr="_login_user" | "_load_user" | "_update_request_context_with_user"):
                found.add("inside flask-login")
            case ast.Name("find_session_account") | ast.Attribute(attr="find_session_account") if (
                path not in LOOKS_UP_A_SECRET
            ):
                found.add("the row")
    return found


def test_nobody_asks_in_another_way() -> None:
    found = {
        path.as_posix(): second_ways(path.as_posix(), path.read_text("utf-8"))
        for path in Path("app").rglob("*.py")
    }
    assert len(found) > 200
    assert {path: ways for path, ways in found.items() if ways} == {}


@pytest.mark.parametrize(
    ("breach", "seen"),
    [
        ("from flask import g\ng.account = None", "g.account"),
        ("from flask import g\nwho = g.get('account')", "g.account"),
        ("from flask import g\nif 'reader' in g: pass", "g.reader"),
        ("from flask import g\nwho = g._login_user", "g._login_user"),
        ("from flask import request\nheld = request.cookies['s']", "a cookie"),
        ("from flask import request\nheld = request.cookies.get(cookie_name())", "a cookie"),
        ("held = parse_cookie(environ['HTTP_COOKIE'])", "a cookie"),
        ("from flask import session\nwho = session['_user_id']", "Flask's session"),
        ("who = sessions.find_session_account(ask, token, now=now)", "the row"),
        ("def reader() -> Account:\n    return cast(Account, current_user)", "an accessor"),
        ("def reader() -> Account:\n    return current_user._get_current_object()", "an accessor"),
        ("reader: Account = current_user", "another name"),
        ("from app.identity.login import current_user", "another's current_user"),
    ],
)
def test_each_other_way_is_seen(breach: str, seen: str) -> None:
    assert seen in second_ways("app/home/routes.py", breach)


def asked_by(app: Flask, source: str) -> set[str]:
    bare = app.jinja_env.overlay()
    bare.globals = {}  # or Flask's own, as `g`, would not be seen
    return find_undeclared_variables(bare.parse(source)) & NOT_IN_TEMPLATES


def test_templates_ask_in_no_other_way(app: Flask) -> None:
    pages = sorted(Path("app/templates").rglob("*.html"))
    assert len(pages) > 50
    found = {page.name: asked_by(app, page.read_text("utf-8")) for page in pages}
    assert {name: ways for name, ways in found.items() if ways} == {}
    assert asked_by(app, "{% if me %}{{ g.account.name }}{% endif %}") == {"me", "g"}


def test_the_stub_tells_mypy_of_nothing_that_flask_login_has_not() -> None:
    stub = ast.parse(Path("app/identity/stubs/flask_login.pyi").read_text("utf-8"))
    classes = [node for node in stub.body if isinstance(node, ast.ClassDef)]
    assert len(classes) == 3
    for one in classes:
        made = getattr(flask_login, one.name)()
        for node in one.body:
            name = node.name if isinstance(node, ast.FunctionDef) else ast.unparse(node).partition(":")[0]
            assert hasattr(made, name) or name == "_get_current_object", f"{one.name}.{name}"
    assert hasattr(type(current_user), "_get_current_object")


# --- nobody, somebody ---


def test_nobody_has_no_id(app: Flask) -> None:
    with app.test_request_context("/"):
        assert not current_user.is_authenticated
        assert (current_user.is_citizen, current_user.text_size) == (False, TextSize.NORMAL)
        with pytest.raises(AttributeError):
            _ = current_user.id


def test_somebody_is_the_account_behind_the_cookie(app: Flask, browser_of: Browser, people: People) -> None:
    cookie = browser_of(people.anna).get_cookie(DEMO_COOKIE)
    assert cookie is not None
    with app.test_request_context("/", headers={"Cookie": f"{DEMO_COOKIE}={cookie.value}"}):
        assert current_user.is_authenticated
        assert current_user.get_id() == str(people.anna.id)


@pytest.mark.parametrize("value", ["somebody", "somebody|0123"])
def test_the_cookie_of_remember_me_signs_nobody_in_or_off(
    value: str, browser_of: Browser, people: People
) -> None:
    """Another site of the municipality may set one for the whole domain, if it is made with Flask too."""
    client = browser_of(people.anna)
    client.set_cookie("remember_token", value, domain="localhost")
    assert client.get("/indstillinger").status_code == 200
    assert client.get("/findes-ikke").status_code == 404


def test_the_control_by_its_usual_name_it_signs_her_off(
    app: Flask, browser_of: Browser, people: People
) -> None:
    app.config["REMEMBER_COOKIE_NAME"] = "remember_token"
    client = browser_of(people.anna)
    client.set_cookie("remember_token", "somebody", domain="localhost")
    assert client.get("/indstillinger").location == "/log-ind"
    client.set_cookie("remember_token", "somebody|0123", domain="localhost")
    with pytest.raises(TypeError):  # not even an error page
        client.get("/indstillinger")


def test_nothing_is_kept_in_a_cookie_of_flasks(browser_of: Browser) -> None:
    client = browser_of(None)
    signed_in = client.post("/demo/log-ind", data={"person": "anna"})
    page = client.get("/indstillinger")
    set_here = [one.partition("=")[0] for one in signed_in.headers.getlist("Set-Cookie")]
    assert set_here == [DEMO_COOKIE, "inde", "sprog"]
    assert page.headers.getlist("Set-Cookie") == []


# --- when the database can't be asked ---


@pytest.fixture
def late_failure(app: Flask) -> None:
    """A view that knows who reads when its database goes."""

    def fail() -> Response:
        assert current_user.is_authenticated
        raise OperationalError("gone", None, RuntimeError())

    fail.action = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/gaar-galt", "goes_wrong", fail)


@pytest.mark.own_app
@pytest.mark.usefixtures("late_failure")
@pytest.mark.parametrize(("address", "questions"), [("/gaar-galt", 1), ("/demo/fejl/503", 0)])
def test_a_page_of_a_database_that_is_away_is_drawn_for_nobody(
    address: str, questions: int, browser_of: Browser, people: People, database: Database
) -> None:
    client, asked = browser_of(people.anna), list[str]()
    client.post("/indstillinger", data={"language": "da", "text_size": "largest"})
    event.listen(database.engine, "before_cursor_execute", lambda _c, _r, said, *_: asked.append(said))
    answer = client.get(address)
    assert answer.status_code == 503
    assert HERS not in answer.text
    assert len(asked) == questions
    assert HERS in client.get("/findes-ikke").text  # the control: she is still signed in


def test_who_is_signed_in_is_asked_once_a_request(
    browser_of: Browser, people: People, database: Database
) -> None:
    client, asked = browser_of(people.anna), list[str]()
    event.listen(database.engine, "before_cursor_execute", lambda _c, _r, said, *_: asked.append(said))
    client.get("/indstillinger")
    assert sum("login_session.token_hash =" in said for said in asked) == 1


def test_a_database_that_does_not_answer_sends_nobody_to_sign_in(
    browser_of: Browser, people: People, database: Database
) -> None:
    client = browser_of(people.anna)
    with database.writing() as session:
        session.connection().execute(text("ALTER TABLE login_session RENAME TO elsewhere"))
    answer = client.get("/indstillinger")
    assert answer.status_code in (500, 503)
    assert "Prøv igen" in answer.text
