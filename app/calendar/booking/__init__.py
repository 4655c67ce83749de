"""Booking, and all that changes when a meeting is, who is in it and where: nothing else writes occupancy.

Each verb works in the caller's transaction: it locks everybody concerned, looks under the lock, writes all or
nothing, and tells. Run it by `attempt` or `attempt_change` (or `Database.retrying`), which try again when the
database asks for that.
"""

from app.calendar.booking.answering import accept, check_seen
from app.calendar.booking.asking import attempt, attempt_change, book, place
from app.calendar.booking.cancelling import cancel, expire, restore
from app.calendar.booking.changing import as_wish, change
from app.calendar.booking.laying import lay_all, release_all
from app.calendar.booking.leaving import note_leaving
from app.calendar.booking.locking import lock_subjects
from app.calendar.booking.moving import move, repropose, swap
from app.calendar.booking.overdue import held_until
from app.calendar.booking.planning import plan_series
from app.calendar.booking.series import Shift, book_series, end_series, move_series

__all__ = [
    "Shift",
    "accept",
    "as_wish",
    "attempt",
    "attempt_change",
    "book",
    "book_series",
    "cancel",
    "change",
    "check_seen",
    "end_series",
    "expire",
    "held_until",
    "lay_all",
    "lock_subjects",
    "move",
    "move_series",
    "note_leaving",
    "place",
    "plan_series",
    "release_all",
    "repropose",
    "restore",
    "swap",
]
