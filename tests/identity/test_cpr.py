"""A CPR number is found in any spelling, and what isn't one is left alone."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.cpr import cpr_digits, has_cpr

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
ZEROS = [sign for sign in EVERY if unicodedata.decimal(sign, None) == 0]
BETWEEN = [sign for sign in EVERY if not sign.isalnum() and unicodedata.category(sign) not in ("Cn", "Co")]
CPR = "0101901234"

SPELLED = [
    "0101901234",
    "010190-1234",
    "010190 1234",
    "010190 - 1234",
    "010190 – 1234",
    "010190\u20111234",
    "010190\u22121234",
    "010190\u00a01234",
    "010190\u20091234",
    "010190/1234",
    "010190.1234",
    "010190_1234",
    "01.01.90-1234",
    "01 01 90 12 34",
    "0 1 0 1 9 0 1 2 3 4",
    "01/01/90 (1234)",
    "01-01-1990-1234",
    "01011990 1234",
    "0101\u200b901234",
    "010190\u200e-\u200f1234",
    "\u202a010190\u202c1234",
    "０１０１９０−１２３４",
    "٠١٠١٩٠-١٢٣٤",
    "⓪①⓪①⑨⓪①②③④",
    "610190-1234",  # a replacement number
    "290200-1234",
]


@pytest.mark.parametrize("spelled", SPELLED)
@pytest.mark.parametrize("around", ["{}", "Asta Prøve {}", "Asta, {}: Prøve", "x{}x", "20304050 {} 12"])
def test_a_cpr_number_is_found(spelled: str, around: str) -> None:
    assert has_cpr(around.format(spelled))


@pytest.mark.parametrize("zero", ZEROS, ids=ascii)
def test_in_the_digits_of_every_script(zero: str) -> None:
    spelled = "".join(chr(ord(zero) + int(digit)) for digit in CPR)
    assert has_cpr(f"Asta {spelled}")
    assert cpr_digits(spelled) == CPR


@pytest.mark.parametrize("place", [1, 6, 9])
def test_with_anything_but_letters_between_its_digits(place: int) -> None:
    missed = [sign for sign in BETWEEN if not has_cpr(f"{CPR[:place]}{sign}{CPR[place:]}")]
    assert missed == []


@given(st.lists(st.sampled_from(BETWEEN), min_size=9, max_size=9), st.integers(0, 3))
def test_with_any_of_them_between_all_its_digits(signs: list[str], repeated: int) -> None:
    spelled = "".join(digit + sign * repeated for digit, sign in zip(CPR, [*signs, ""], strict=True))
    assert has_cpr(f"Asta {spelled} Prøve")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Asta Prøve",
        "Leder, tlf. 20 30 40 50",
        "+45 12 34 56 78",
        "0045 12 34 56 78",
        "Hold 9999991234",
        "Job 20304050",
        "310290-1234",  # no such day
        "011390-1234",  # no such month
        "01019012345",  # eleven digits
        "010190 kl 1234",  # a letter between
        "Projekt 2024-2025",
        "Elisabeth 2.",
        "½ stilling 010190 123",
    ],
)
def test_other_numbers_are_not_taken_for_one(text: str) -> None:
    assert not has_cpr(text)


@pytest.mark.parametrize("text", ["4711", "0101901234x", "0101901234 0101901234", "310290-1234", ""])
def test_what_is_more_or_less_than_a_cpr_number_is_none(text: str) -> None:
    assert cpr_digits(text) is None
