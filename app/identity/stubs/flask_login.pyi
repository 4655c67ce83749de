"""What we use of flask-login, which has no types. Only mypy reads this (mypy_path in pyproject.toml).

`current_user` is told what it can be here, so nobody needs a typed way of their own to ask for it. Behind a
guard its attributes are an account's; to be handed on as an `Account`, it is asked first if it is signed in.
"""

from collections.abc import Callable
from typing import Literal, Self, TypeVar

from flask import Flask, Request
from flask.typing import ResponseReturnValue

from app.identity.sessions import Account, AnonymousUser

Load = TypeVar("Load", bound=Callable[[Request], Account | None])
Answer = TypeVar("Answer", bound=Callable[[], ResponseReturnValue])

current_user: Account | AnonymousUser

class UserMixin:
    @property
    def is_authenticated(self) -> Literal[True]: ...
    def _get_current_object(self) -> Self: ...  # of the LocalProxy

class AnonymousUserMixin:
    @property
    def is_authenticated(self) -> Literal[False]: ...
    def _get_current_object(self) -> Self: ...

class LoginManager:
    anonymous_user: type[AnonymousUserMixin]
    session_protection: Literal["basic", "strong"] | None
    def init_app(self, app: Flask) -> None: ...
    def request_loader(self, callback: Load) -> Load: ...
    def unauthorized_handler(self, callback: Answer) -> Answer: ...
    def unauthorized(self) -> ResponseReturnValue: ...

def logout_user() -> bool: ...
