"""Numbers and names as they are really typed and copied: unseen marks, every dash, CPR numbers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.identity.test_cpr import SPELLED
from tests.identity.test_text_normalisation import DASHES, UNSEEN
from tests.people_import.test_reading import faults, only, read, rows

REVERSED = "\u202e"
CLEANED = [sign for sign in UNSEEN if sign != REVERSED]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("navn;mail\nAsta Prøve;\u200easta@example.dk\n", {"email": "asta@example.dk"}),
        ("navn;tlf\nAsta Prøve;\u200e+45 20 30 40 50\n", {"phone": "20304050"}),
        ("navn;tlf\nAsta Prøve;20\u201130\u201140\u201150\n", {"phone": "20304050"}),
        ("navn;tlf\nAsta Prøve;\u202d+45 20304050\u202c\n", {"phone": "20304050"}),  # as a phone copies it
        ("navn;tlf\nAsta Prøve;٢٠٣٠٤٠٥٠\n", {"phone": "20304050"}),
        ("navn;mail\nAsta Prøve;asta\u2011k@example.dk\n", {"email": "asta-k@example.dk"}),
    ],
)
def test_marks_and_dashes_are_cleaned_from_what_is_kept(text: str, facts: dict[str, str]) -> None:
    (row,) = rows(text)
    assert (row.name, row.facts) == ("Asta Prøve", facts)


@given(sign=st.sampled_from(CLEANED), dash=st.sampled_from(DASHES), place=st.integers(0, 4))
def test_every_unseen_mark_and_every_dash_in_every_column(sign: str, dash: str, place: int) -> None:
    def marked(cell: str) -> str:
        return (cell[:place] + sign + cell[place:]).replace("-", dash)

    cells = ["Asta Prøve", "4711-A", "20-30-40-50", "asta-k@example.dk", "24-12-1990", "-", "-", "Leder"]
    head = "navn;id;tlf;mail;født;tolk;beskyttet adresse;titel"
    (plain,) = rows(f"{head}\n{';'.join(cells)}\n")
    (row,) = rows(f"{head}\n{';'.join(map(marked, cells))}\n")
    assert (row.name, row.key, row.facts) == (plain.name, plain.key, plain.facts)


def test_text_that_is_turned_around_is_refused_since_it_was_read_as_something_else() -> None:
    for head in ("titel", "tlf", "mail", "id"):
        (fault,) = faults(f"navn;{head}\nAsta Prøve;{REVERSED}05040302\n")
        assert "usynligt tegn" in fault


@pytest.mark.parametrize("name", ["علی\u200cرضا", "প্র\u200d্যা"])
def test_a_name_keeps_the_joiners_it_is_spelled_with(name: str) -> None:
    (row,) = rows(f"navn\n\u200f{name}\n")
    assert row.name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("spelled", SPELLED)
@pytest.mark.parametrize("column", ["navn", "titel", "afdeling", "e-mail"])
def test_a_cpr_number_in_any_spelling_is_refused_and_never_repeated(spelled: str, column: str) -> None:
    cell = "".join(spelled.split()) + "@example.dk" if column == "e-mail" else f"Asta Prøve {spelled}"
    text = f"navn\n{cell}\n" if column == "navn" else f"navn;{column}\nAsta Prøve;{cell}\n"
    (fault,) = faults(text)
    assert fault.startswith(f"Linje 2, {column}: Der står et CPR-nummer i ")
    assert not any(sign.isdigit() for sign in fault.removeprefix("Linje 2"))


@pytest.mark.parametrize("column", ["rolle", "sprog", "tolk", "tlf", "beskyttet adresse", "født"])
def test_in_the_other_columns_it_is_no_value_at_all(column: str) -> None:
    for spelled in SPELLED:
        (fault,) = read(f"navn;{column}\nAsta Prøve;{spelled}\n").problems
        assert spelled not in str(fault)


@pytest.mark.parametrize(
    "cell",
    ["+450101901234", "+1201901234", "00450101901234", "+45 010190-1234", "+45101901234", "+101901234",
     "0101901234", "+45 610190 1234"],
)  # fmt: skip
def test_a_cpr_number_is_no_phone_with_any_code_before_it(cell: str) -> None:
    assert faults(f"navn;tlf\nAsta Prøve;{cell}\n") == [
        "Linje 2, telefon: Der står et CPR-nummer i feltet. Slet det."
    ]


@pytest.mark.parametrize(
    "cell", ["+46701234567", "+4722345678", "+354 581 2345", "+298123456", "+15551234567"]
)
def test_phones_of_other_countries_are_taken(cell: str) -> None:
    assert only("tlf", cell).facts == {"phone": cell.replace(" ", "")}


@pytest.mark.parametrize("column", ["id", "cpr"])
def test_in_the_column_of_numbers_every_spelling_is_the_same_number(column: str) -> None:
    tens = [spelled for spelled in SPELLED if sum(map(str.isdigit, spelled)) == 10]
    keys = [only(column, spelled).key for spelled in tens]
    assert set(keys) == {"0101901234", "6101901234", "2902001234"}


def test_phones_and_the_numbers_of_other_systems_are_not_taken_for_one() -> None:
    (row,) = rows("navn;id;tlf;titel\nAsta Prøve;9999991234;+45 22 34 56 78;Leder, tlf. +45 22 34 56 78\n")
    assert (row.key, row.facts["phone"]) == ("9999991234", "22345678")
