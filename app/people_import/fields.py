"""One cell → one value, or a sentence that says what to write instead. Pure. No sentence quotes the cell."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from app.identity.cpr import LENGTH, cpr_digits, has_cpr
from app.identity.rules import Role
from app.identity.text_normalisation import displayable, email_key, normalise_typed
from app.people_import.line_errors import InvalidCell
from app.people_import.misread import MISREAD, is_misread

LONGEST = 120
OLDEST = date(1900, 1, 1)
REVERSED = "\u202e"  # right-to-left override: the cell says something else than its reader saw
CUT_SHORT = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
ROUNDED = re.compile(r"\d{15}0+")  # a spreadsheet keeps fifteen digits, and writes 0 for the rest
MONTH = "(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)"
MADE_A_DATE = re.compile(rf"\d{{1,4}}[-.]{MONTH}|{MONTH}[-.]\d{{1,4}}")  # 2-3 becomes the second of March
UNSHOWN = re.compile(r"#+|#[A-ZÆØÅ/]+[0-9]?[!?]?")  # a column that is too narrow, or a formula that failed
THOUSANDS = re.compile(r"\d{1,3}([.,]\d{3})+(?:[.,]\d{1,2})?")  # 1.000 is a thousand, and no 1
COUNTRY, PHONE = "45", 8  # the code of Denmark, and how many digits its phone numbers have
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
YES = {"ja", "j", "x", "1", "true", "sand", "yes", "beskyttet"}
NO = {"nej", "n", "0", "false", "falsk", "no", "ikkebeskyttet", "-"}
DATES = ("%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d")

ROLES = {
    Role.CITIZEN: ("borger", "borgere"),
    Role.CONTACT: ("kontaktperson", "kontaktpersoner"),
    Role.PROFESSIONAL: ("fagperson", "fagprofessionel", "medarbejder"),
    Role.REPRESENTATIVE: ("vaerge", "paaroerende", "repraesentant", "partsrepraesentant", "fuldmagtshaver"),
    Role.LEADER: ("leder", "teamleder"),
    Role.ADMINISTRATOR: ("administrator", "admin"),
}
ROLE_NAMED = {name: role for role, names in ROLES.items() for name in names}


def plain_word(text: str) -> str:
    """Return a word as it is compared: Fødselsdato, FOEDSELSDATO and "føds els-dato" are one."""
    folded = text.casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return "".join(letter for letter in unicodedata.normalize("NFKD", folded) if letter.isalnum())


def clean_cell(cell: str) -> str:
    """Return a cell as one line of visible text; formulas are text like any other.

    Marks that can't be seen come along when a number or a name is copied from a phone or a web page: they are
    left out, but for the joiners that some languages are spelled with.

    Raises:
        InvalidCell: it holds control characters, or its text is turned around.
    """
    if any(sign not in "\t\r\n" and unicodedata.category(sign) == "Cc" for sign in cell):
        raise InvalidCell("Der er usynlige tegn i feltet. Slet dem, og skriv feltet igen.")
    if REVERSED in cell:
        raise InvalidCell(
            "Der er et usynligt tegn i feltet, som vender teksten. Slet feltet, og skriv det igen."
        )
    if UNSHOWN.fullmatch(cell.strip()):
        raise InvalidCell(
            "Regnearket viste ikke feltet. Gør kolonnen bredere, eller ret formlen, og gem igen."
        )
    if is_misread(cell):
        raise InvalidCell(MISREAD)
    return " ".join(unicodedata.normalize("NFC", displayable(cell)).split())


def _bare(text: str) -> str:
    """Return a number as it is typed, without what spreadsheets keep it as text by: ="0101" and '0101."""
    text = normalise_typed(text)
    kept = re.fullmatch(r'="(.*)"', text)
    return (kept[1] if kept else text.removeprefix("'")).strip()


def read_short_text(text: str) -> str:
    if len(text) > LONGEST:
        raise InvalidCell(f"Teksten er for lang. Der er plads til {LONGEST} tegn.")
    return text


def read_words(text: str) -> str:
    """Return a short text that others will read; a CPR number in it would be shown to them."""
    if has_cpr(read_short_text(text)):
        raise InvalidCell("Der står et CPR-nummer i feltet. Slet det.")
    return text


def read_name(text: str) -> str:
    """Return a person's name; "Jensen, Anna" is turned the right way round."""
    if not any(letter.isalpha() for letter in text):
        raise InvalidCell("Skriv personens navn.")
    return read_words(right_way(text))


def right_way(text: str) -> str:
    """Return a name as one says it: "Jensen, Anna" is Anna Jensen."""
    parts = [part.strip() for part in text.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else text  # noqa: PLR2004


def read_number(text: str, *, is_cpr: bool = False) -> str:
    """Return the number another system knows somebody by, written one way. Only its keyed hash is kept.

    A CPR number is its ten digits, however it is spelled; in a CPR column the zero that a spreadsheet took
    from the front is put back.
    """
    bare = _bare(text).replace(" ", "")
    if any(form.fullmatch(bare.casefold()) for form in (CUT_SHORT, ROUNDED, MADE_A_DATE)):
        raise InvalidCell("Regnearket har lavet tallet om. Gør kolonnen til tekst, og skriv tallet igen.")
    if THOUSANDS.fullmatch(bare):
        raise InvalidCell("Regnearket har sat punktum i tallet. Gør kolonnen til tekst.")
    bare = re.sub(r"^(\d+)[.,]0{1,2}$", r"\1", bare)
    if is_cpr and re.fullmatch(r"\d{5}-?\d{4}", bare):
        bare = "0" + bare
    found = cpr_digits(bare)
    if found:
        return found
    if is_cpr:
        raise InvalidCell("Det er ikke et CPR-nummer. Det har dag, måned, år og fire tal mere.")
    return read_short_text(bare).casefold()


def read_phone(text: str) -> str:
    """Return a phone number as it is stored: eight digits, or + and the country's code.

    A Danish number has eight digits, the first of them 2 to 9, also after +45: with more it is something
    else, such as a CPR number.

    Raises:
        InvalidCell: it is no phone number, or it is a CPR number that was made to look like one.
    """
    bare = re.sub(r"[\s().\-/]|^tlf:?|^telefon:?", "", _bare(text).casefold())
    if CUT_SHORT.fullmatch(_bare(text)):
        raise InvalidCell("Regnearket har lavet nummeret om. Gør kolonnen til tekst, og skriv det igen.")
    bare = re.sub(r"^(?:\+|00)45(?=[1-9]\d{7}$)|^45(?=[1-9]\d{7}$)", "", re.sub(r"^00", "+", bare))
    digits = bare.removeprefix("+")
    if any(
        cpr_digits(some.zfill(LENGTH)) for some in (digits, digits.removeprefix(COUNTRY)) if len(some) > PHONE
    ):
        raise InvalidCell("Der står et CPR-nummer i feltet. Slet det.")
    if re.fullmatch(r"[01]\d{7}|\+45\d*", bare):
        raise InvalidCell("Det er ikke et dansk nummer: det har otte tal, og det første er 2 til 9.")
    if not re.fullmatch(r"[2-9][0-9]{7}|\+[1-9][0-9]{5,14}", bare):
        raise InvalidCell("Skriv ét telefonnummer med otte tal, eller med + og landets kode.")
    return bare


def read_email(text: str) -> str:
    address = email_key(text).removeprefix("mailto:")
    if not EMAIL.fullmatch(address) or len(address) > 254:  # noqa: PLR2004
        raise InvalidCell("Skriv én e-mailadresse, f.eks. navn@eksempel.dk.")
    if has_cpr(address):
        raise InvalidCell("Der står et CPR-nummer i e-mailadressen. Skriv en anden.")
    return address


def read_yes_no(text: str) -> bool:
    """Return yes or no; a guess is never made, since somebody may be found by it."""
    word = "-" if normalise_typed(text) == "-" else plain_word(text)
    if word not in YES | NO:
        raise InvalidCell("Skriv ja eller nej.")
    return word in YES


def read_born_on(text: str, today: date) -> date:
    found = read_written_day(text)
    if not OLDEST <= found <= today:
        raise InvalidCell("Fødselsdatoen kan ikke passe. Se årstallet efter.")
    return found


def read_written_day(text: str) -> date:
    """Return a day as it is written here or by a spreadsheet; which of two numbers is the day is no guess."""
    day = normalise_typed(text).removesuffix(" 00:00:00").removesuffix("T00:00:00").removesuffix(" 00.00")
    for pattern in DATES:
        try:
            return datetime.strptime(day, pattern).date()  # noqa: DTZ007 — a day has no time zone
        except ValueError:
            continue
    raise InvalidCell("Skriv datoen som dag-måned-år med fire tal i året, f.eks. 24-12-1990.")


def read_roles(text: str) -> frozenset[Role]:
    words = [plain_word(word) for word in re.split(r"[/,;&+]|\bog\b", text)]
    found = {ROLE_NAMED.get(word) for word in words if word}
    named = frozenset(role for role in found if role is not None)
    if not named or len(named) < len(found):
        raise InvalidCell(
            "Skriv borger, kontaktperson, fagperson, leder, administrator, værge eller pårørende."
        )
    return named


def read_language(text: str, known: Mapping[str, str]) -> str:
    """Return the code of a language; `known` has codes by plain name."""
    code = known.get(plain_word(text))
    if code is None:
        raise InvalidCell("Sproget kendes ikke. Skriv f.eks. dansk, engelsk eller arabisk.")
    return code


def read_interpreter(text: str, spoken: Mapping[str, str], own: str | None) -> str | None:
    """Return the language to interpret, or None for no interpreter; "ja" means the person's own language."""
    word = "-" if normalise_typed(text) == "-" else plain_word(text)
    if word in NO - {"no"}:  # also a language code
        return None
    if word in YES:
        if own in (None, "da"):
            raise InvalidCell("Skriv, hvilket sprog tolken skal kunne.")
        return own
    return read_language(text, spoken)
