"""What is wrong with a file, line by line, in Danish. Never quotes a cell: a CPR number may stand in any."""

from collections.abc import Iterable
from dataclasses import dataclass

WHOLE_FILE = 0


class InvalidCell(Exception):
    """One cell, line or file can't be taken. The text says why and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class LineProblem:
    """What is wrong with one line. `line` is the row as the spreadsheet numbers it; 0 is the whole file."""

    line: int
    column: str  # the Danish name of the column, or "" for the whole line
    reason: str

    def __str__(self) -> str:
        if self.line == WHOLE_FILE:
            return self.reason
        return (
            f"Linje {self.line}, {self.column}: {self.reason}"
            if self.column
            else f"Linje {self.line}: {self.reason}"
        )


class BadFile(Exception):
    """The file can't be taken, and nothing is changed. `lines` names every bad line, in the file's order."""

    def __init__(self, lines: Iterable[LineProblem]) -> None:
        self.lines = tuple(sorted(set(lines)))
        super().__init__(f"{len(self.lines)} problems")

    def sentences(self, most: int = 50) -> list[str]:
        """Return what to print: the first `most` problems, and how many more there are."""
        more = len(self.lines) - most
        return [str(one) for one in self.lines[:most]] + ([f"… og {more} til."] if more > 0 else [])


def whole_file(reason: str) -> BadFile:
    return BadFile([LineProblem(WHOLE_FILE, "", reason)])
