"""One cell → one value, or a sentence that says what to write instead. Pure. No sentence quotes the cell."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from app.identity.rules import Role
from app.people_import.faults import Wrong

LONGEST = 120
OLDEST = date(1900, 1, 1)
REPLACEMENT_CPR_DAYS = 60  # a replacement number (erstatningspersonnummer) has 60 added to its day
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\ufeff"))  # soft hyphen, zero-width space, stray BOM
TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would turn the text around them
MISREAD = re.compile(r"[†›¾¿®¯¦¸¥\ufffd]|\w‘\w|Ã\W")  # æ, ø and å saved for DOS or Mac, or read twice
CUT_SHORT = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
CPR_WITHIN = re.compile(r"(?<!\d)(\d\d)(\d\d)\d\d[-–\s]?\d{4}(?!\d)")
CPR = re.compile(r"(\d\d)(\d\d)(\d\d)[-–]?(\d{4})")
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


def plain(text: str) -> str:
    """Return a word as it is compared: Fødselsdato, FOEDSELSDATO and "føds els-dato" are one."""
    folded = text.casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return "".join(letter for letter in unicodedata.normalize("NFKD", folded) if letter.isalnum())


def same_name(name: str) -> str:
    """Return a name as it is compared: case and spaces don't count, every letter does."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def clean(cell: str) -> str:
    """Return a cell as one line of visible text; formulas are text like any other.

    Raises:
        Wrong: it holds control characters.
    """
    if any(
        (letter not in "\t\r\n" and unicodedata.category(letter) == "Cc") or letter in TURNS
        for letter in cell
    ):
        raise Wrong("Der er usynlige tegn i feltet. Slet dem, og skriv feltet igen.")
    return " ".join(unicodedata.normalize("NFC", cell).translate(UNSEEN).split())


def _bare(text: str) -> str:
    """Take off what spreadsheets put around a number to keep it as text: ="0101" and '0101."""
    kept = re.fullmatch(r'="(.*)"', text)
    return (kept[1] if kept else text.removeprefix("'")).strip()


def short_text(text: str) -> str:
    if len(text) > LONGEST:
        raise Wrong(f"Teksten er for lang. Der er plads til {LONGEST} tegn.")
    return text


def words(text: str) -> str:
    """Return a short text that others will read; a CPR number in it would be shown to them."""
    if any(_is_day(int(found[1]), int(found[2])) for found in CPR_WITHIN.finditer(text)):
        raise Wrong("Der står et CPR-nummer i feltet. Slet det.")
    return short_text(text)


def name(text: str) -> str:
    """Return a person's name; "Jensen, Anna" is turned the right way round."""
    if not any(letter.isalpha() for letter in text):
        raise Wrong("Skriv personens navn.")
    if MISREAD.search(text):
        raise Wrong("Bogstaverne er ikke læst rigtigt. Gem filen som »CSV UTF-8«, og prøv igen.")
    return words(right_way(text))


def right_way(text: str) -> str:
    """Return a name as one says it: "Jensen, Anna" is Anna Jensen."""
    parts = [part.strip() for part in text.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else text  # noqa: PLR2004


def key(text: str, *, is_cpr: bool = False) -> str:
    """Return the number another system knows somebody by, written one way. Only its keyed hash is kept.

    A CPR number is ten digits, with or without hyphen; in a CPR column the zero that a spreadsheet took from
    the front is put back.
    """
    bare = _bare(text).replace(" ", "")
    if CUT_SHORT.fullmatch(bare):
        raise Wrong("Regnearket har lavet tallet om. Gør kolonnen til tekst, og skriv tallet igen.")
    bare = re.sub(r"^(\d+)[.,]0+$", r"\1", bare)
    if is_cpr and re.fullmatch(r"\d{5}[-–]?\d{4}", bare):
        bare = "0" + bare
    found = CPR.fullmatch(bare)
    if found and _is_day(int(found[1]), int(found[2])):
        return "".join(found.groups())
    if is_cpr:
        raise Wrong("Det er ikke et CPR-nummer. Det har dag, måned, år og fire tal mere.")
    return short_text(bare).casefold()


def _is_day(day: int, month: int) -> bool:
    try:
        date(2000, month, day - REPLACEMENT_CPR_DAYS if day > REPLACEMENT_CPR_DAYS else day)
    except ValueError:
        return False
    return True


def phone(text: str) -> str:
    """Return a phone number as it is stored: eight digits, or + and the country's code."""
    bare = re.sub(r"[\s().\-–/]|^tlf:?|^telefon:?", "", _bare(text).casefold())
    if CUT_SHORT.fullmatch(_bare(text)):
        raise Wrong("Regnearket har lavet nummeret om. Gør kolonnen til tekst, og skriv det igen.")
    bare = re.sub(r"^(?:\+|00)45(?=[1-9]\d{7}$)|^45(?=[1-9]\d{7}$)", "", re.sub(r"^00", "+", bare))
    if not re.fullmatch(r"[1-9][0-9]{7}|\+[1-9][0-9]{5,14}", bare):
        raise Wrong("Skriv ét telefonnummer med otte tal, eller med + og landets kode.")
    return bare


def email(text: str) -> str:
    address = text.casefold().removeprefix("mailto:")
    if not EMAIL.fullmatch(address) or len(address) > 254:  # noqa: PLR2004
        raise Wrong("Skriv én e-mailadresse, f.eks. navn@eksempel.dk.")
    return address


def yes_no(text: str) -> bool:
    """Return yes or no; a guess is never made, since somebody may be found by it."""
    word = "-" if text == "-" else plain(text)
    if word not in YES | NO:
        raise Wrong("Skriv ja eller nej.")
    return word in YES


def born_on(text: str, today: date) -> date:
    day = text.removesuffix(" 00:00:00").removesuffix("T00:00:00").removesuffix(" 00.00")
    for pattern in DATES:
        try:
            found = datetime.strptime(day, pattern).date()  # noqa: DTZ007 — a day has no time zone
        except ValueError:
            continue
        if OLDEST <= found <= today:
            return found
        raise Wrong("Fødselsdatoen kan ikke passe. Se årstallet efter.")
    raise Wrong("Skriv datoen som dag-måned-år med fire tal i året, f.eks. 24-12-1990.")


def roles(text: str) -> frozenset[Role]:
    words = [plain(word) for word in re.split(r"[/,;&+]|\bog\b", text)]
    found = {ROLE_NAMED.get(word) for word in words if word}
    named = frozenset(role for role in found if role is not None)
    if not named or len(named) < len(found):
        raise Wrong("Skriv borger, kontaktperson, fagperson, leder, administrator, værge eller pårørende.")
    return named


def language(text: str, known: Mapping[str, str]) -> str:
    """Return the code of a language; `known` has codes by plain name."""
    code = known.get(plain(text))
    if code is None:
        raise Wrong("Sproget kendes ikke. Skriv f.eks. dansk, engelsk eller arabisk.")
    return code


def interpreter(text: str, spoken: Mapping[str, str], own: str | None) -> str | None:
    """Return the language to interpret, or None for no interpreter; "ja" means the person's own language."""
    word = "-" if text == "-" else plain(text)
    if word in NO - {"no"}:  # also a language code
        return None
    if word in YES:
        if own in (None, "da"):
            raise Wrong("Skriv, hvilket sprog tolken skal kunne.")
        return own
    return language(text, spoken)
