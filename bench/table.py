"""One row for each figure."""

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("what", "figure", "against", "ratio", "holds")


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, and what it is measured against. `ratio` is None where a quotient has no meaning.

    `holds` is None where nothing is promised, and where what it takes isn't here: neither kept nor broken.
    """

    what: str
    figure: str
    against: str
    ratio: float | None = None
    holds: bool | None = True

    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        holds = {True: "yes", False: "NO", None: ""}[self.holds]
        return self.what, self.figure, self.against, ratio, holds


def as_table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table with straight columns."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    drawn = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([drawn[0], rule, *drawn[1:]])
