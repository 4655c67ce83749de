"""Bytes as spreadsheets really leave them, and what each cell comes to. No app, no database."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.identity.rules import Role
from app.people_import.line_errors import BadFile
from app.people_import.rules import CellContext, ImportedPeople, PersonRow, read_people

LANGUAGES = {"da": "da", "dansk": "da", "ar": "ar", "arabisk": "ar", "العربية": "ar"}
READING = CellContext(date(2026, 3, 2), interface=LANGUAGES, spoken=LANGUAGES | {"tigrinya": "ti"})
TEXT = "Navn;Telefon;E-mail\r\nSøren Ægidius Åbo;20 30 40 50;Soeren@Example.dk\r\n"


def read(text: str | bytes) -> ImportedPeople:
    return read_people(text if isinstance(text, bytes) else text.encode(), READING)


def rows(text: str | bytes) -> list[PersonRow]:
    told = read(text)
    assert told.problems == []
    return told.sound


def only(head: str, cells: str) -> PersonRow:
    (row,) = rows(f"navn;{head}\nAnna Jensen;{cells}\n")
    return row


def faults(text: str | bytes) -> list[str]:
    try:
        return [str(one) for one in read(text).problems]
    except BadFile as bad:
        return bad.sentences()


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_every_way_a_spreadsheet_saves_it(coding: str, separator: str, ending: str) -> None:
    (row,) = rows(TEXT.replace(";", separator).replace("\r\n", ending).encode(coding))
    assert (row.line, row.name) == (2, "Søren Ægidius Åbo")
    assert row.facts == {"phone": "20304050", "email": "soeren@example.dk"}


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n"])
def test_the_line_that_names_the_separator_is_not_counted(first: str) -> None:
    (row,) = rows(first + TEXT)
    assert (row.line, row.name) == (2, "Søren Ægidius Åbo")


def test_any_order_any_case_empty_rows_and_columns_and_spaces() -> None:
    told = read(
        "TLF.; noter ;EFTERNAVN;Fornavn;;\r\n;;;;;\r\n 20304050 ;x; Jensen ; Anna ;;\r\n;;;;;\r\n\r\n"
    )
    assert [(row.line, row.name, row.facts["phone"]) for row in told.sound] == [
        (3, "Anna Jensen", "20304050")
    ]
    assert told.notices == ["Disse kolonner er ikke brugt: noter."]


def test_a_quoted_cell_may_hold_line_breaks_and_the_rows_are_counted_as_shown() -> None:
    text = 'navn,noter,mobil\r\n"Jensen, Anna","en\r\nto\r\ntre",20304050\r\nBo Holm,,2030\r\n'
    told = read(text)
    assert [row.name for row in told.sound] == ["Anna Jensen"]
    assert [(one.line, one.column) for one in told.problems] == [(3, "telefon")]


@pytest.mark.parametrize(
    ("head", "cell", "facts"),
    [
        ("tlf", "+45 20 30 40 50", {"phone": "20304050"}),
        ("tlf", "4520304050", {"phone": "20304050"}),
        ("mobil", "0046 70-123 45 67", {"phone": "+46701234567"}),
        ("født", "24-12-1990", {"born_on": date(1990, 12, 24)}),
        ("Fødselsdato", "24.12.1990", {"born_on": date(1990, 12, 24)}),
        ("FØDSELSDATO", "24/12/1990", {"born_on": date(1990, 12, 24)}),
        ("foedselsdato", "1990-12-24", {"born_on": date(1990, 12, 24)}),
        ("Beskyttet adresse", "Ja", {"protected_address": True}),
        ("beskyttet-adresse", "x", {"protected_address": True}),
        ("adressebeskyttelse", "0", {"protected_address": False}),
        ("stilling", "=2+2", {"title": "=2+2"}),
        ("titel", "@SUM(A1)", {"title": "@SUM(A1)"}),
        ("tolk", "Tigrinya", {"interpreter_language": "ti"}),
        ("tolk", "nej", {"interpreter_language": None}),
        ("sprog;tolk", "العربية;ja", {"interpreter_language": "ar"}),
        ("telefon", "", {}),
    ],
)
def test_a_cell_comes_to(head: str, cell: str, facts: dict[str, object]) -> None:
    assert only(head, cell).facts == facts


@pytest.mark.parametrize(
    ("cell", "roles"),
    [
        ("Borger", {Role.CITIZEN}),
        ("kontaktperson / leder", {Role.CONTACT, Role.LEADER}),
        ("Værge, pårørende", {Role.REPRESENTATIVE}),
        ("FAGPERSON", {Role.PROFESSIONAL}),
    ],
)
def test_roles(cell: str, roles: set[Role]) -> None:
    assert set(only("Rolle", cell).roles or ()) == roles


@pytest.mark.parametrize(
    ("head", "cell", "key"),
    [
        ("CPR-nr.", "010190-1234", "0101901234"),
        ("cpr", "0101901234", "0101901234"),
        ("cpr", "101901234", "0101901234"),
        ("cpr", '="101901234"', "0101901234"),
        ("CPR", "610190-1234", "6101901234"),
        ("borgernr", "010190-1234", "0101901234"),
        ("Medarbejdernr", "A 17", "a17"),
        ("id", "4711,0", "4711"),
        ("nummer", "'0042", "0042"),
        ("id", "4711.00", "4711"),
        ("id", "1000", "1000"),
        ("id", "1 000", "1000"),
        ("id", "0101", "0101"),
        ("id", "12.34.567", "12.34.567"),
    ],
)
def test_a_number_is_written_one_way(head: str, cell: str, key: str) -> None:
    assert only(head, cell).key == key


@pytest.mark.parametrize(
    ("head", "cell", "column"),
    [
        ("cpr", "310290-1234", "cpr"),
        ("cpr", "12345", "cpr"),
        ("cpr", "1,01E+09", "cpr"),
        ("id", "1.01E+09", "id"),
        ("id", "1.000", "id"),
        ("id", "12.000", "id"),
        ("id", "1,000", "id"),
        ("id", "1.234.567", "id"),
        ("id", "1.000,00", "id"),
        ("cpr", "101.901.234", "cpr"),
        ("tlf", "2030405", "telefon"),
        ("tlf", "+45 2030405", "telefon"),
        ("tlf", "+45 203040501", "telefon"),
        ("tlf", "2,03E+07", "telefon"),
        ("mail", "anna at example.dk", "e-mail"),
        ("født", "24-12-90", "fødselsdato"),
        ("født", "31-02-1990", "fødselsdato"),
        ("født", "03-03-2026", "fødselsdato"),
        ("beskyttet adresse", "måske", "beskyttet adresse"),
        ("rolle", "konge", "rolle"),
        ("sprog", "elvisk", "sprog"),
        ("tolk", "ja", "tolk"),
        ("titel", "x" * 121, "titel"),
        ("afdeling", "a\x07b", "afdeling"),
        ("titel", "a\u202eb", "titel"),
        ("titel", "a;for;meget", ""),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_and_never_quoted(head: str, cell: str, column: str) -> None:
    (fault,) = read(f"navn;{head}\nBo Holm;\nAnna Jensen;{cell}\n").problems
    assert (fault.line, fault.column) == (3, column)
    assert cell not in str(fault)
    assert "Anna" not in str(fault)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"PK\x03\x04rest", "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0rest", "CSV UTF-8"),
        (b"", "tom"),
        (b";;;\r\n", "tom"),
        (b"navn;tlf\r\n", "ingen personer"),
        (b"telefon;mail\r\n20304050;a@b.dk\r\n", "mangler navn"),
        (b"navn;navn\r\nA;B\r\n", "to gange"),
        (b"navn\r\nS\x81ren\r\n", "bogstaver"),
        (b"n\0a\0v\0n\0", "bogstaver"),
        (b'navn\r\n"Anna\r\n', "Linje 2"),
        (b'"navn', "Linje 1"),
        ("navn\nSÃ¸ren\n".encode(), "ikke læst rigtigt"),
        ("navn\nKjær\n".encode("cp850"), "ikke læst rigtigt"),
    ],
)
def test_what_is_no_list_of_people_is_told_in_one_sentence(raw: bytes, said: str) -> None:
    (sentence,) = faults(raw)
    assert said in sentence


def test_all_faults_are_named_and_the_printed_list_is_capped() -> None:
    told = read("navn;tlf\n" + "".join(f"Person {chr(97 + n % 26)};{n}\n" for n in range(280)))
    sentences = BadFile(told.problems).sentences()
    assert len(told.problems) == 280
    assert (len(sentences), sentences[0][:7], sentences[-1]) == (51, "Linje 2", "… og 230 til.")


def test_a_heading_that_may_be_a_number_is_not_shown() -> None:
    assert read("navn;010190-1234\nAnna;x\n").notices == ["Disse kolonner er ikke brugt: nummer 2."]


CELLS = st.one_of(
    st.sampled_from(
        ["", "Anna", "010190-1234", "ja", "nej", "borger", "24-12-1990", "20304050", '"', "=1", "\n"]
    ),
    st.text(max_size=8),
)
SHEETS: Callable[..., st.SearchStrategy[str]] = st.builds(
    lambda rows, mark: "navn;id;tlf;rolle;født;tolk;sprog\n" + "\n".join(mark.join(row) for row in rows),
    st.lists(st.lists(CELLS, max_size=8), max_size=6),
    st.sampled_from(";,\t"),
)  # type: ignore[assignment]


@given(st.one_of(st.binary(max_size=200), SHEETS.map(lambda text: text.encode("utf-8", "replace"))))  # type: ignore[attr-defined]
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    """Anything at all is read, or refused in words."""
    for sentence in faults(raw):
        assert sentence.endswith((".", "?"))
