"""CPR numbers, in any spelling: the one place that knows what they look like. Pure.

A CPR number is a day, a month, two digits of the year and four more. It is never shown, so a text that others
read must not hold one. There is no check digit to go by: numbers given out since 2007 have none. So any ten
digits that begin with a day and a month are taken for one, whatever stands between them but letters and other
digits. In a name or a title that costs nothing; a text with dates and times in it ("10.12.25 14.30") is not
for this rule.
"""

import re
import unicodedata
from datetime import date

from app.identity.text_normalisation import strip_unseen

LENGTH = 10
REPLACEMENT_DAYS = 60  # a replacement number (erstatningspersonnummer) has 60 added to its day

# In a text whose digits are 0-9, whose letters are x, and in which all else is a single space.
TEN_DIGITS = re.compile(r"(?<!\d)(?=((?:\d ?){9}\d)(?!\d))")
WITH_CENTURY = re.compile(r"(?<!\d)(?=((?:\d ?){4}(?:1 ?[89]|2 ?0)(?: ?\d){6})(?!\d))")


def has_cpr(text: str) -> bool:
    """Say whether a CPR number stands among words, in any spelling: "01.01.90 – 1234", "010190_1234", …"""
    if sum(sign.isdigit() for sign in text) < LENGTH:
        return False
    outline = _outline(text)
    return any(
        _begins_with_a_day(found[1])
        for form in (TEN_DIGITS, WITH_CENTURY)
        for found in form.finditer(outline)
    )


def cpr_digits(text: str) -> str | None:
    """Return the ten digits of a text that is a CPR number and nothing else, or None if it isn't one."""
    digits = _outline(text).replace(" ", "")
    return digits if digits.isdigit() and len(digits) == LENGTH and _begins_with_a_day(digits) else None


def _outline(text: str) -> str:
    return " ".join("".join(map(_kind, strip_unseen(text))).split())


def _kind(sign: str) -> str:
    digit = unicodedata.digit(sign, None)  # of any script, raised or circled
    if digit is not None:
        return str(digit)
    return "x" if sign.isalnum() else " "


def _begins_with_a_day(spelled: str) -> bool:
    digits = spelled.replace(" ", "")
    day, month = int(digits[:2]), int(digits[2:4])
    try:
        date(2000, month, day - REPLACEMENT_DAYS if day > REPLACEMENT_DAYS else day)
    except ValueError:
        return False
    return True
