"""Who holds a role at this moment, as SQL: said of any column with somebody's id.

Whoever asks a query gives it the value `now` where it stands in it.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import or_, select

from app.identity.models import PersonRole
from app.identity.rules import Role
from app.store.db import UtcDateTime

_NOW = bindparam("now", type_=UtcDateTime())


def holds_role(person_id: Any, roles: Collection[Role], *, until: Any = _NOW) -> Any:
    """Return that somebody has one of these roles now: it has begun, and has not ended.

    `until`: and has it still right before that later moment.
    """
    role: Any = aliased(PersonRole)  # the query around it may ask for roles too
    held = select(role.id).where(role.person_id == person_id, role.role.in_(sorted(roles)))
    goes_on = role.ends_at > _NOW if until is _NOW else role.ends_at >= until
    held = held.where(role.starts_at <= _NOW, or_(role.ends_at.is_(None), goes_on))
    return held.correlate_except(role).exists()  # also of somebody who is named further out than around it
