"""Characters that can't be seen or look alike: a number, an e-mail or a name is one, however it was typed.

Unicode's categories decide, not lists of our own: what can't be seen is Cf (format), a dash is Pd or the
minus sign, a digit is Nd. Pure.
"""

import unicodedata

MINUS_SIGN = "\u2212"  # a mathematical sign to Unicode, a dash to whoever types a phone number
NON_JOINER, JOINER = "\u200c", "\u200d"
WORD_MOST = 40  # characters of a word of a name that it is found by
VIRAMA = 9  # combining class of the sign that joins consonants in Indic scripts
ARABIC_LETTER = "AL"  # bidirectional class of letters that join: Arabic, Syriac, Thaana


def is_unseen(sign: str) -> bool:
    """Say whether a character only steers how others are set: marks of direction, joiners, soft hyphens."""
    return unicodedata.category(sign) == "Cf"


def is_dash(sign: str) -> bool:
    """Say whether a reader sees a dash: a hyphen, en dash, non-breaking hyphen, minus sign, …"""
    return sign == MINUS_SIGN or unicodedata.category(sign) == "Pd"


def strip_unseen(text: str) -> str:
    """Return a text without the characters that can't be seen, to be compared or used as an address."""
    return text if text.isascii() else "".join(sign for sign in text if not is_unseen(sign))


def displayable(text: str) -> str:
    """Return a text without the characters that can't be seen, but as it should be written to its readers.

    Persian needs the non-joiner between letters, and Indic scripts need both joiners next to a virama: a name
    without them is spelled wrong. There they stay (as RFC 5892, appendix A, allows them in domain names).
    """
    if text.isascii():
        return text
    around = f" {text} "
    return "".join(
        sign
        for before, sign, after in zip(around, text, around[2:], strict=False)
        if not is_unseen(sign) or (sign in NON_JOINER + JOINER and _joins(before, after))
    )


def _joins(before: str, after: str) -> bool:
    if VIRAMA in (unicodedata.combining(before), unicodedata.combining(after)):
        return True
    return unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == ARABIC_LETTER


def normalise_typed(text: str) -> str:
    """Return a number or an e-mail as a plain keyboard types it: one kind of hyphen, digits 0-9."""
    return text if text.isascii() else "".join(map(_plain_sign, strip_unseen(text)))


def _plain_sign(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return "-" if is_dash(sign) else sign if digit is None else str(digit)


def name_key(name: str) -> str:
    """Return a name as it is compared: case, spaces, kind of dash and unseen characters don't count.

    Every letter does: é and e are two.
    """
    if not name.isascii():
        seen = unicodedata.normalize("NFC", strip_unseen(name))
        name = "".join("-" if is_dash(sign) else sign for sign in seen)
    return " ".join(name.casefold().split())


def name_words(name: str) -> set[str]:
    """Return the words that a name is found by, as whoever looks may type them.

    Æ, Ø and Å may be written Ae, Oe and Aa; accents and apostrophes don't count: O'Brien is one word. A dash
    parts two. Names with the same `name_key` have the same words.
    """
    folded = name_key(name).translate(_DANISH_LETTERS).replace("-", " ")
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", folded).casefold() if sign.isalnum() or sign == " "
    )
    return {word[:WORD_MOST] for word in plain.split()}


_DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


def email_key(address: str) -> str:
    """Return an e-mail address as it is compared and stored: case and unseen characters don't count."""
    return normalise_typed(address).casefold()
