"""One app for all tests of a worker, and compiled templates and statements for every app of a run.

To make an app takes some 40 ms of processor time, to compile the templates of a page up to 300, and what a
test asks some 20. So the app is made once and lent to a test with everything new that can change while it
runs. A test that changes the app itself (adds a page, for one) is marked `own_app`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from app import create_app
from app.about.service import Readiness
from app.api.rate_limit import RateLimiter
from app.cache.fragment_cache import FragmentCache
from app.cache.lru_cache import LruCache, PageLru
from app.config import Settings
from app.dates.clock import Clock
from app.identity.pending_sign_outs import PendingSignOuts
from app.store.db import Database
from app.web.metrics import Metrics

# What a fresh app has in `extensions` and never changes; the rest is made new for each test, below.
STANDS_STILL = {"assets", "dictionaries", "find_subject", "read_header"}


class CompiledTemplates(BytecodeCache):
    """Templates as Jinja compiled them, in memory: found by name, and used while the source is the same."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


def share_compiled_templates() -> None:
    """Let every app that is made from now on in this process find what another has compiled."""
    Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}


# By kind of database: what SQLAlchemy keeps for each engine, and so would make anew for each test.
_statements: dict[str, Any] = {}


def share_compiled_statements() -> None:
    """Let one engine find what another of its kind has compiled: two dialects of a kind are as one."""

    def is_same(one: DefaultDialect, other: object) -> bool:
        return type(one) is type(other) and one.dbapi is getattr(other, "dbapi", None)

    DefaultDialect.__eq__ = is_same  # type: ignore[method-assign, assignment]
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign, assignment]


def use_shared_statements(database: Database) -> None:
    shared = _statements.setdefault(database.engine.dialect.name, LRUCache(2000))
    database.engine._compiled_cache = database._writer._compiled_cache = shared


class WorkerApp:
    """The apps of a worker, one for each set of settings; only the database differs from test to test."""

    def __init__(self, make: Callable[..., Flask] = create_app) -> None:
        self._make = make
        self._made: dict[Settings, tuple[Flask, object]] = {}

    def take(self, settings: Settings, clock: Clock) -> Flask:
        """Return the app as if it had just been made; the one taken before with these settings is at rest."""
        key = replace(settings, database_url="")
        app, as_made = self._made.get(key, (None, None))
        if app is None or shape(app) != as_made:  # nobody had it, or a test changed more than is made new
            app = self._make(settings, clock=clock)
            self._made[key] = app, shape(app)
        else:
            renew(app, settings, clock)
        use_shared_statements(app.extensions["db"])
        return app

    @contextmanager
    def lend(self, settings: Settings, clock: Clock) -> Iterator[Flask]:
        """Yield the app as if it had just been made, and give back its connections."""
        app = self.take(settings, clock)
        yield app
        app.extensions["db"].close()


def renew(app: Flask, settings: Settings, clock: Clock) -> None:
    """Give the app new everything that it remembers. test_isolation.py misses what a room adds."""
    database, pending, parts = Database(settings.database_url), PendingSignOuts(), app.extensions["parts"]
    database.after_write = partial(pending.settle, database)
    new: dict[str, Any] = {name: app.extensions[name] for name in STANDS_STILL}
    new |= {"settings": settings, "clock": clock, "db": database, "pending_ends": pending}
    new |= {"kept": PageLru(), "pace": RateLimiter(), "parts": emptied(parts)}
    new |= {"metrics": Metrics(), "readiness": Readiness()}
    app.extensions.clear()
    app.extensions.update(new)


def emptied(parts: FragmentCache) -> FragmentCache:
    """Return the same object, as compiled templates know it, with nothing kept."""
    fresh = FragmentCache(parts._environment)
    parts._cache = LruCache(fresh._cache._most, fresh._cache._room)
    return parts


def shape(app: Flask) -> object:
    """Return what makes up the app beside its `extensions`: equal for two looks if nothing was changed."""
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    more: tuple[Callable[..., Any], ...] = (app.wsgi_app, *app.teardown_appcontext_funcs)
    environment, errors = app.jinja_env, app.error_handler_spec
    return (
        [dict(app.config), dict(app.view_functions), dict(environment.globals), dict(environment.filters)],
        [{name: list(found) for name, found in kind.items()} for kind in hooks],
        [list(found) for found in app.template_context_processors.values()],
        [{code: dict(found) for code, found in kind.items()} for kind in errors.values()],
        [*more, app.test_client_class, environment.loader],
        len(list(app.url_map.iter_rules())),
    )
