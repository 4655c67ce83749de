"""Rows of cells → people: which columns there are, and what is wrong on which line. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.identity.rules import Role
from app.identity.text_normalisation import name_key
from app.people_import import fields
from app.people_import.fields import plain_word
from app.people_import.line_errors import BadFile, InvalidCell, LineProblem, whole_file
from app.people_import.misread import MISREAD, is_misread
from app.people_import.spreadsheet import Cells, read_spreadsheet

SHOWN_COLUMNS = 30
SHOWN_DIGITS = 4  # a heading with more digits than this may be somebody's number

# Column → what it may be called, written as `plain_word` writes it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "navn": ("navn", "fuldenavn", "fuldtnavn"),
    "fornavn": ("fornavn", "fornavne"),
    "efternavn": ("efternavn", "efternavne"),
    "cpr": ("cpr", "cprnr", "cprnummer", "personnummer"),
    "id": ("id", "nummer", "nr", "borgernr", "borgernummer", "borgerid", "personnr", "personid",
           "medarbejdernr", "medarbejdernummer", "medarbejderid", "loennr", "loennummer"),
    "rolle": ("rolle", "roller", "type"),
    "til": ("til", "tilogmed", "rolletil", "slutdato", "fratraedelsesdato"),
    "afdeling": ("afdeling", "forvaltning", "enhed"),
    "kontaktperson": ("kontaktperson", "kontaktpersonid", "kontaktpersonnr", "kontaktpersonnummer",
                      "kontaktpersonemail", "kontaktpersonmail", "kontaktpersonnavn", "kontaktpersonensnavn"),
    "telefon": ("telefon", "telefonnr", "telefonnummer", "tlf", "tlfnr", "mobil", "mobilnr", "mobilnummer",
                "mobiltelefon"),
    "e-mail": ("email", "mail", "emailadresse", "mailadresse"),
    "sprog": ("sprog", "modersmaal"),
    "tolk": ("tolk", "tolkesprog", "tolkebehov"),
    "fødselsdato": ("foedselsdato", "foedselsdag", "foedt", "fodselsdato"),
    "beskyttet adresse": ("beskyttetadresse", "adressebeskyttelse", "navneogadressebeskyttelse",
                          "navnogadressebeskyttelse"),
    "titel": ("titel", "stilling", "stillingsbetegnelse"),
}  # fmt: skip
NAMES = {"navn", "fornavn", "efternavn"}
COLUMN_NAMED = {name: column for column, names in COLUMNS.items() for name in names}


@dataclass(frozen=True, slots=True)
class CellContext:
    """What cells are understood by: today, and the codes of languages by plain name."""

    today: date
    interface: Mapping[str, str]  # languages the app can speak
    spoken: Mapping[str, str]  # languages people can speak


@dataclass(slots=True, repr=False)
class PersonRow:
    """One person as the file tells it. `facts` has only what the file tells; an empty cell tells nothing."""

    line: int
    name: str = ""
    key: str | None = None  # the number another system knows them by: a secret, to be hashed
    roles: frozenset[Role] | None = None
    decides_roles: bool = False  # the file has the column `til`, and the line names roles: others end
    last_day: date | None = None  # of these roles; None: no end is set
    has_ended: bool = False  # the last day has passed
    starts_at: datetime | None = None  # when the roles it gives begin; None: at once, as those of a file
    department: str | None = None
    contact: str | None = None  # number, e-mail or name, as written
    language: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # by column of Person


@dataclass(slots=True, repr=False)
class ImportedPeople:
    """What a file tells: sound people, those whose line has a fault, the faults, and what to mention."""

    sound: list[PersonRow]
    unsound: list[PersonRow]
    problems: list[LineProblem]
    notices: list[str]


def read_people(raw: bytes, reading: CellContext) -> ImportedPeople:
    """Return the people in a file, with every fault of every line.

    Raises:
        BadFile: the file as a whole can't be read as people.
    """
    sheet = read_spreadsheet(raw, lambda cell: plain_word(cell) in COLUMN_NAMED)
    if not sheet.rows:
        raise (
            BadFile(sheet.problems)
            if sheet.problems
            else whole_file("Filen er tom, eller den kan ikke læses som en CSV-fil.")
        )
    head, *rows = sheet.rows
    columns = _columns(head[1])
    read = ImportedPeople([], [], list(sheet.problems), _notices(head[1]))
    for line, cells in rows:
        row, problems = _LineReader(line, columns, cells, reading).read()
        (read.unsound if problems else read.sound).append(row)
        read.problems += problems
    if not rows and not read.problems:
        raise whole_file("Der er ingen personer i filen, kun overskrifter.")
    return read


def read_one(cells: Mapping[str, str], reading: CellContext) -> PersonRow:
    """Return a person as a line tells of them whose cells are these, by the name of their column.

    Raises:
        BadFile: naming what is wrong with which cell.
    """
    row, problems = _LineReader(1, list(cells), list(cells.values()), reading).read()
    if problems:
        raise BadFile(problems)
    return row


def _columns(head: Cells) -> list[str]:
    """Return each column's place in COLUMNS, "" for those we leave alone."""
    if any(map(is_misread, head)):  # a column that isn't known again would be left out
        raise whole_file(f"Overskrifterne: {MISREAD}")
    names = [plain_word(cell) for cell in head]
    counted = Counter(names)
    twice = sorted(name for name, times in counted.items() if name in COLUMN_NAMED and times > 1)
    if twice:
        raise whole_file(f"Kolonnen {COLUMN_NAMED[twice[0]]} står to gange. Slet den ene.")
    columns = [COLUMN_NAMED.get(name, "") for name in names]
    if not {"navn", "fornavn"} & set(columns):
        raise whole_file(
            "Den første linje skal have kolonnernes navne. Der mangler navn, eller fornavn og efternavn."
        )
    return columns


def _notices(head: Cells) -> list[str]:
    left = [
        _shown(cell, place)
        for place, cell in enumerate(head, 1)
        if cell.strip() and plain_word(cell) not in COLUMN_NAMED
    ]
    more = f" og {len(left) - SHOWN_COLUMNS} til" if len(left) > SHOWN_COLUMNS else ""
    return [f"Disse kolonner er ikke brugt: {', '.join(left[:SHOWN_COLUMNS])}{more}."] if left else []


def _shown(cell: str, place: int) -> str:
    text = " ".join(cell.split())
    risky = not text.isprintable() or sum(letter.isdigit() for letter in text) > SHOWN_DIGITS
    return f"nummer {place}" if risky else text[:40]


class _LineReader:
    """Reads one line; a fault in one cell doesn't keep the others from being read."""

    def __init__(self, line: int, columns: list[str], cells: Cells, reading: CellContext) -> None:
        self.reading = reading
        self.has_ends = "til" in columns
        self.row = PersonRow(line)
        self.problems: list[LineProblem] = []
        self.cells: dict[str, str] = {}
        self.broken: set[str] = set()
        for column, cell in zip(columns, cells, strict=False):
            if column and column not in self.cells:
                text = self._try(column, fields.clean_cell, cell)
                if text:
                    self.cells[column] = text
                elif text is None:
                    self.broken.add(column)
        if any(cell.strip() for cell in cells[len(columns) :]):
            self._fault("", "Der er flere felter end overskrifter. Mangler der anførselstegn om en tekst?")

    def read(self) -> tuple[PersonRow, list[LineProblem]]:
        self._who()
        self._facts()
        return self.row, self.problems

    def _fault(self, column: str, reason: str) -> None:
        self.problems.append(LineProblem(self.row.line, column, reason))

    def _try(self, column: str, parse: Callable[..., Any], *more: Any) -> Any:
        try:
            return parse(*more)
        except InvalidCell as why:
            self._fault(column, str(why))
            return None

    def _cell(self, column: str, parse: Callable[..., Any], *more: Any) -> Any:
        """Return what a cell says, or None if it says nothing or can't be read."""
        text = self.cells.get(column)
        return self._try(column, parse, text, *more) if text else None

    def _who(self) -> None:
        cells, row = self.cells, self.row
        parts = " ".join(cells[part] for part in ("fornavn", "efternavn") if part in cells)
        if not self.broken & NAMES:  # else it has been said
            row.name = self._try("navn", fields.read_name, cells.get("navn") or parts) or ""
        row.key = self._cell("cpr", lambda text: fields.read_number(text, is_cpr=True)) or self._cell(
            "id", fields.read_number
        )
        row.roles = self._cell("rolle", fields.read_roles)
        row.last_day = self._cell("til", fields.read_written_day)
        row.has_ended = row.last_day is not None and row.last_day < self.reading.today
        row.decides_roles = self.has_ends and row.roles is not None
        if row.last_day is not None and row.roles is None:
            self._fault("rolle", "Skriv, hvilken rolle der slutter.")
        row.department = self._cell("afdeling", fields.read_words)
        row.contact = cells.get("kontaktperson")

    def _facts(self) -> None:
        row, reading = self.row, self.reading
        row.language = self._cell("sprog", fields.read_language, reading.interface)
        told = {
            "phone": self._cell("telefon", fields.read_phone),
            "email": self._cell("e-mail", fields.read_email),
            "title": self._cell("titel", fields.read_words),
            "born_on": self._cell("fødselsdato", fields.read_born_on, reading.today),
            "protected_address": self._cell("beskyttet adresse", fields.read_yes_no),
        }
        row.facts = {name: value for name, value in told.items() if value is not None}
        before = len(self.problems)
        wanted = self._cell("tolk", fields.read_interpreter, reading.spoken, row.language)
        if "tolk" in self.cells and len(self.problems) == before:
            row.facts["interpreter_language"] = wanted  # None: the file says that none is needed


def mentioned(rows: Iterable[PersonRow]) -> set[str]:
    """Return every way in which somebody may refer to these people: name, e-mail and number."""
    return {
        word
        for row in rows
        for word in (name_key(row.name), row.facts.get("email"), row.key)
        if isinstance(word, str) and word
    }
