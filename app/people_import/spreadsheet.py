"""The bytes a spreadsheet leaves → rows of cells, numbered as the spreadsheet shows them. Pure.

Takes comma, semicolon and tab; UTF-8 with and without BOM, UTF-16 with BOM ("Unicode text") and Windows-1252;
any line ending; quoted cells with line breaks; a first line `sep=;`, which a spreadsheet itself never shows.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO

from app.people_import.line_errors import LineProblem, whole_file

SEPARATORS = ";,\t"
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
NOT_TEXT = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"SQLite format 3\0")
SEP_LINE = re.compile(r'\s*"?sep=(.)"?[ ;,\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
SAVE_AS = "Gem det i regnearket som »CSV UTF-8«, og prøv igen."

Cells = list[str]


@dataclass(slots=True)
class SheetRows:
    """The rows that hold anything, each with its number; and the line where the quotes stop making sense."""

    rows: list[tuple[int, Cells]]
    problems: list[LineProblem] = field(default_factory=list)


def read_spreadsheet(raw: bytes, is_known: Callable[[str], bool]) -> SheetRows:
    """Return the rows of a file; `is_known` tells the names of columns, to find the separator by.

    Raises:
        BadFile: the file as a whole is no CSV.
    """
    text = _decode(raw)
    found = SEP_LINE.match(text)
    if found and found[1] in SEPARATORS:
        separator, text = found[1], text[found.end() :]
    else:
        separator = _separator(text, is_known)
    return _rows(text, separator)


def _decode(raw: bytes) -> str:
    if raw.startswith(NOT_TEXT):
        raise whole_file(f"Filen er ikke en CSV-fil. {SAVE_AS}")
    coding = next((coding for bom, coding in BOMS.items() if raw.startswith(bom)), None)
    for one in (coding,) if coding else ("utf-8", "cp1252"):
        try:
            text = raw.decode(one)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise whole_file(f"Filens bogstaver kan ikke læses. {SAVE_AS}")


def _separator(text: str, is_known: Callable[[str], bool]) -> str:
    def fit(separator: str) -> tuple[int, int]:
        cells = _first_row(text, separator)
        return sum(map(is_known, cells)), len(cells)

    return max(SEPARATORS, key=fit)


def _first_row(text: str, separator: str) -> Cells:
    rows = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        return next((row for row in rows if any(cell.strip(SEPARATORS + " ") for cell in row)), [])
    except csv.Error:
        return []


def _rows(text: str, separator: str) -> SheetRows:
    sheet, number = SheetRows([]), 0
    try:
        for number, cells in enumerate(_records(text, separator), start=1):
            if any(cell.strip() for cell in cells):
                sheet.rows.append((number, cells))
    except csv.Error:
        reason = "Anførselstegnene passer ikke sammen, så resten af filen kan ikke læses."
        sheet.problems.append(LineProblem(number + 1, "", reason))
    return sheet


def _records(text: str, separator: str) -> Iterator[Cells]:
    return csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
