"""What was agreed at a meeting (det aftalte vi): a draft for its author alone, then shared with the citizen.

Agreements stand in it as lines. Each can become a step or a promise in the plan: that is `caseload`'s, which
knows both. Callers own the transaction.
"""

from app.calendar.minutes.reading import list_doers, read_part
from app.calendar.minutes.stand import (
    LINE_MOST,
    LINES_MOST,
    OWN_WORDS_MOST,
    WORDS_MOST,
    AgreedLine,
    Line,
    LineChanged,
    Minutes,
    NotBegun,
    Part,
    Reader,
    SomebodyWrites,
    WordsChanged,
    Written,
)
from app.calendar.minutes.writing import add_own_words, lock_agreement, mark_placed, save_minutes

__all__ = [
    "LINES_MOST",
    "LINE_MOST",
    "OWN_WORDS_MOST",
    "WORDS_MOST",
    "AgreedLine",
    "Line",
    "LineChanged",
    "Minutes",
    "NotBegun",
    "Part",
    "Reader",
    "SomebodyWrites",
    "WordsChanged",
    "Written",
    "add_own_words",
    "list_doers",
    "lock_agreement",
    "mark_placed",
    "read_part",
    "save_minutes",
]
