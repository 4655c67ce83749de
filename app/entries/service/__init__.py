"""What can be done with an entry, one function per verb. Callers own the transaction.

Everything is scoped by the citizen, and the row is locked before it is read: of two who answer at once the
second finds the answer of the first, and is told so (PostgreSQL by FOR UPDATE; SQLite has one writer).
"""

from app.entries.service.answering import approve_entry, talk_about_entry
from app.entries.service.lateness import mark_late
from app.entries.service.writing import revise_entry, share_entry, take_back_entry, write_entry

__all__ = [
    "approve_entry",
    "mark_late",
    "revise_entry",
    "share_entry",
    "take_back_entry",
    "talk_about_entry",
    "write_entry",
]
