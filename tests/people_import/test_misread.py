"""Letters read in another code than they were saved in are told in every column, and never put right."""

from collections.abc import Callable
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import assume, given, seed
from hypothesis import strategies as st

from app.people_import.misread import is_misread
from tests.people_import.test_reading import faults, read, rows

Path = Callable[[str], bytes]


def through(saved: str, read_as: str) -> Path:
    """Return what a file looks like that was saved in one code, read in another, and saved again as UTF-8."""
    return lambda text: text.encode(saved, "replace").decode(read_as, "replace").encode()


PATHS: dict[str, Path] = {
    "UTF-8 read as Windows": through("utf-8", "cp1252"),
    "UTF-8 read as Latin 1": through("utf-8", "latin-1"),
    "UTF-8 read twice as Windows": lambda text: through("utf-8", "cp1252")(
        through("utf-8", "cp1252")(text).decode()
    ),
    "DOS read as Windows": through("cp850", "cp1252"),
    "American DOS read as Windows": through("cp437", "cp1252"),
    "Mac read as Windows": through("mac_roman", "cp1252"),
    "Windows read as UTF-8": through("cp1252", "utf-8"),
    "saved without Danish letters": through("ascii", "ascii"),
    "from a web page": lambda text: "".join(
        one if one.isascii() else f"&#{ord(one)};" for one in escape(text)
    ).encode(),
    "from an address": lambda text: quote(text, safe=" ").encode(),
}
DANISH = "æøåÆØÅ"
# Words with a Danish letter inside: "?" at an end may be a question, and a mark before a name a quote.
WORDS = st.builds(
    lambda begins, letter, ends: f"{begins}{letter}{ends}",
    st.sampled_from(["S", "Kj", "B", "Bl", "M"]),
    st.sampled_from("æøå"),
    st.sampled_from(["ren", "r", "rge", "gård", "d Øllgård"]),
)
HEAD = "navn;titel;afdeling;kontaktperson;rolle"


@seed(14)
@given(WORDS, st.sampled_from(sorted(PATHS)), st.integers(0, 4))
def test_a_misread_word_is_told_in_every_column_or_read_as_it_was(word: str, path: str, place: int) -> None:
    cells = ["Asta Prøve", "", "", "", ""]
    cells[place] = word
    garbled = PATHS[path](word)
    text = f"{HEAD}\n".encode() + b";".join(
        garbled if at == place else cell.encode() for at, cell in enumerate(cells)
    )
    assume(garbled != word.encode())
    said = faults(text + b"\n")
    column = HEAD.split(";")[place]
    assert any(one.startswith(f"Linje 2, {column}:") and "ikke læst rigtigt" in one for one in said) or (
        "usynlige tegn" in said[0]
    )
    assert word not in "".join(said)


@pytest.mark.parametrize(
    "name",
    ["Søren Ø. Hansen", "Åse Ægidius Ødegård", "Sinéad O’Brien", "Jan ’t Hooft", "Zoë Müller", "Łukasz Žižek",
     "Nuñez", "D'Angelo", "Anne-Marie »Mie« Åbo", "Ngũgĩ", "علی\u200cرضا", "Олена", "İpek", "François"],
)  # fmt: skip
def test_a_name_as_it_is_spelled_is_taken(name: str) -> None:
    (row,) = rows(f"navn\n{name}\n")
    assert row.name == name


@seed(14)
@given(st.text(st.sampled_from("abcdefæøåÆØÅéüöäßñçŁžšćğİışțđ'’- ."), min_size=1, max_size=20))
def test_no_word_of_plain_letters_is_taken_for_misread(text: str) -> None:
    assume("‘" not in text and not any(f"’{one}" in text for one in "abcdefæøå"))
    assert not is_misread(text)


@pytest.mark.parametrize(
    "head",
    ["navn;fÃ¸dselsdato", "navn;f?dselsdato", "navn;f›dselsdato", "navn;adressebeskyttelse;afd\ufffdling"],
)
def test_a_misread_heading_would_leave_a_column_out_so_the_file_is_refused(head: str) -> None:
    assert faults(f"{head}\nAsta Prøve;24-12-1990\n")[0].startswith("Overskrifterne: Bogstaverne")


SHORTENED = ["2.03E+07", "2,03E+07", "2E7", "2.0304E+7", "123456789012345000", "02-mar", "mar-02", "########",
             "#####", "#REF!", "#I/T", "#NAVN?", "#N/A", "#VALUE!", "1.234", "20.304.050,00"]  # fmt: skip


@pytest.mark.parametrize("cell", SHORTENED)
@pytest.mark.parametrize("column", ["id", "cpr", "tlf"])
def test_a_number_that_a_spreadsheet_changed_is_told_and_not_quoted(cell: str, column: str) -> None:
    said = faults(f"navn;{column}\nAsta Prøve;{cell}\n")
    assert len(said) == 1
    assert cell not in said[0]


@seed(14)
@given(st.integers(10_000_000, 99_999_999_999), st.integers(0, 4))
def test_a_number_written_short_is_never_taken_for_another(number: int, digits: int) -> None:
    short = f"{number:.{digits}E}"
    for cell in (short, short.replace(".", ","), short.replace("E+", "e+")):
        for column in ("id", "tlf"):
            assert read(f"navn;{column}\nAsta Prøve;{cell}\n").problems, cell


@pytest.mark.parametrize(
    "cell",
    [
        "+45 12345678",
        "12345678",
        "+4501234567",
        "004512345678",
        "+45 2030405",
        "+45203040501",
        "+45",
        "02030405",
    ],
)
def test_a_number_that_no_danish_phone_has_is_refused(cell: str) -> None:
    (fault,) = faults(f"navn;tlf\nAsta Prøve;{cell}\n")
    assert fault.startswith("Linje 2, telefon:")


@pytest.mark.parametrize("name", ["#N/A", "#I/T", "########"])
def test_a_name_that_a_spreadsheet_did_not_show_is_nobody(name: str) -> None:
    assert len(faults(f"navn;tlf\n{name};20304050\n")) == 1
