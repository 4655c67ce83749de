"""What a file tells is shown to people: no CPR number gets through, and a strange file ends soon."""

import pytest

from app.people_import.rules import SHOWN_COLUMNS
from tests.people_import.test_reading import faults, read

COLUMNS = 200_000


@pytest.mark.parametrize(
    ("head", "cells", "column"),
    [
        ("navn", "Anna Jensen 010190-1234", "navn"),
        ("navn", "0101901234 Anna Jensen", "navn"),
        ("navn;titel", "Anna;Leder, 010190 1234", "titel"),
        ("navn;afdeling", "Anna;Hus 6101901234", "afdeling"),
    ],
)
def test_a_cpr_number_among_words_is_refused_and_not_repeated(head: str, cells: str, column: str) -> None:
    assert faults(f"{head}\n{cells}\n") == [f"Linje 2, {column}: Der står et CPR-nummer i feltet. Slet det."]


def test_other_numbers_among_words_are_words() -> None:
    told = read("navn;titel;afdeling\nAnna Jensen;Hold 9999991234;Job 20304050\n")
    assert (told.problems, told.sound[0].department) == ([], "Job 20304050")


def test_many_strange_columns_are_counted_and_not_all_told() -> None:
    head = ";".join(f"kolonne {number % 90}" for number in range(SHOWN_COLUMNS + 5))
    (notice,) = read(f"navn;{head}\nAnna\n").notices
    assert notice.endswith(" og 5 til.")


def test_a_row_of_the_same_heading_is_refused_at_once() -> None:
    assert faults(";".join(["navn"] * COLUMNS) + "\nAnna\n") == ["Kolonnen navn står to gange. Slet den ene."]
