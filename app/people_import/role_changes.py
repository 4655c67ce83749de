"""Which roles somebody has after a line, and until when. Pure.

A list without the column `til` only gives roles. With it, it also takes them: a line that names work is all
the work the person has (citizen and next of kin are not work, so a list of staff leaves them), and the day in
`til` is the last one. An end that is set already stands until a line with `til` says otherwise.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from app.dates.local_time import DANISH_TIME
from app.identity.rules import STAFF, Role
from app.people_import.rules import PersonRow

Held = dict[Role, datetime | None]  # a role → when it ends; None: no end is set


def roles_after(held: Mapping[Role, datetime | None], row: PersonRow, *, is_new: bool) -> Held:
    """Return what somebody holds once their line is taken."""
    named = row.roles or (frozenset({Role.CITIZEN}) if is_new else frozenset[Role]())
    if not row.decides_roles:
        return dict.fromkeys(named) | dict(held)
    replaced = STAFF if named & STAFF else frozenset[Role]()
    kept = {role: ends_at for role, ends_at in held.items() if role not in named | replaced}
    return kept | ({} if row.has_ended else dict.fromkeys(named, _ends_at(row)))


def _ends_at(row: PersonRow) -> datetime | None:
    """Return the first moment after the last day of a line's roles."""
    if row.last_day is None:
        return None
    return datetime.combine(row.last_day + timedelta(days=1), time(), DANISH_TIME)
