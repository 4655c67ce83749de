"""What can't be seen and what looks alike, over the whole of Unicode: the categories hold, not a list."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.text_normalisation import (
    displayable,
    email_key,
    is_dash,
    is_unseen,
    name_key,
    normalise_typed,
)

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
UNSEEN = [sign for sign in EVERY if unicodedata.category(sign) == "Cf"]
DASHES = [sign for sign in EVERY if unicodedata.category(sign) == "Pd"] + ["\u2212"]
DIGITS = [sign for sign in EVERY if unicodedata.category(sign) == "Nd"]


def test_the_categories_are_read_from_unicode() -> None:
    assert (len(UNSEEN) > 150, len(DASHES) > 20, len(DIGITS) > 600) == (True, True, True)
    assert [sign for sign in EVERY if is_unseen(sign)] == UNSEEN
    assert {sign for sign in EVERY if is_dash(sign)} == set(DASHES)


@pytest.mark.parametrize("place", [0, 2, 4])
def test_an_unseen_character_anywhere_makes_no_other_number_name_or_address(place: int) -> None:
    for sign in UNSEEN:
        dirty = "4711"[:place] + sign + "4711"[place:]
        assert normalise_typed(dirty) == "4711"
        assert name_key("Asta"[:place] + sign + "Asta"[place:]) == "asta"
        assert displayable("Asta"[:place] + sign + "Asta"[place:]) == "Asta"
        assert email_key(f"As{sign}ta@Example.dk") == "asta@example.dk"


def test_every_dash_is_a_dash_and_every_digit_a_digit() -> None:
    assert {normalise_typed(f"20{dash}30") for dash in DASHES} == {"20-30"}
    assert {name_key(f"Anne{dash}Marie") for dash in DASHES} == {"anne-marie"}
    assert [normalise_typed(sign) for sign in DIGITS] == [str(unicodedata.decimal(sign)) for sign in DIGITS]


@pytest.mark.parametrize(
    "name",
    [
        "علی\u200cرضا",  # Persian Alireza: the non-joiner keeps the two names apart
        "क्\u200dष",  # Devanagari: the joiner asks for the half form
        "র\u200d্য",  # Bengali: the joiner before the virama
        "മന്\u200d",  # Malayalam chillu at the end of a word
    ],
)
def test_a_joiner_that_a_name_is_spelled_with_is_kept_and_not_compared(name: str) -> None:
    assert displayable(name) == name
    assert name_key(name) == name_key(name.replace("\u200c", "").replace("\u200d", ""))
    assert displayable(f"\u200f{name}\u200e") == name


SIGNS = st.sampled_from([*UNSEEN, *DASHES, "e", "\u0301", "\u094d", "ع", "İ", "ß", " "])


@given(st.text(st.one_of(st.characters(), SIGNS)))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for clean in (normalise_typed, name_key, email_key):
        assert clean(clean(text)) == clean(text)
    assert name_key(displayable(text)) == name_key(text)
