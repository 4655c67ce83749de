"""Language choice, and dates, times and numbers as people write them.

Msgids are Danish. Catalogues are read as they stand (`translations/<code>/LC_MESSAGES/messages.po`):
nothing to compile, nothing to go stale. A language with a text missing isn't offered at all, so nobody
meets a page that is half in a language they can't read.

Decision 2026-11-22: `babel` itself, not flask-babel, whose gettext costs 11 us a call and whose
dates go through pytz; a dictionary per language and cached dates cost a hundredth of that.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, NullTranslations, Translations
from markupsafe import Markup

from app.dates.local_time import DANISH_TIME, danish_day

CATALOGUES = Path(__file__).parent.parent / "translations"
SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface: its code, its own name, the way it runs, and whose dates it writes."""

    code: str
    own_name: str
    direction: str = "ltr"
    region: str = ""

    @property
    def locale(self) -> str:
        """The name by which Babel knows how dates are written."""
        return f"{self.code}_{self.region}" if self.region else self.code


DANISH = Language("da", "Dansk")
LANGUAGES = (
    DANISH,
    Language("en", "English", region="GB"),  # Babel's plain English puts the month before the day
    Language("ar", "العربية", "rtl"),
    Language("uk", "Українська"),
    Language("tr", "Türkçe"),
    Language("pl", "Polski"),
    Language("fa", "فارسی", "rtl"),
    Language("so", "Soomaali"),
)
# Not on `g`: each text of a page asks for it, some 150 times, and `g` costs 3 µs each time.
_current: ContextVar[Language] = ContextVar("language", default=DANISH)


def offered() -> tuple[Language, ...]:
    """Return the languages one can choose: Danish, and those whose catalogue lacks nothing."""
    return _offered(CATALOGUES)


@lru_cache(maxsize=4)
def _offered(folder: Path) -> tuple[Language, ...]:
    return tuple(one for one in LANGUAGES if one is DANISH or _whole_catalogue(folder, one) is not None)


def language_named(code: str | None) -> Language:
    """Return the offered language with this code, or Danish."""
    return next((one for one in offered() if one.code == code), DANISH)


def current() -> Language:
    """Return the language that is answered in; Danish where nothing else was said."""
    return _current.get()


def answer_in(language: Language) -> Token[Language]:
    """Let all texts be in this language until `end_answer` is given the token."""
    return _current.set(language)


def end_answer(token: Token[Language]) -> None:
    """Let texts be in the language that they were in before."""
    _current.reset(token)


def gettext(text: str, **params: Any) -> str:
    said = translations(current().code).gettext(text)
    return said % params if params else said


def ngettext(one: str, many: str, num: int, **params: Any) -> str:
    said = translations(current().code).ngettext(one, many, num)
    return said % {"num": num, **params}


def lazy_gettext(text: str) -> Any:
    """Return text that is translated when it is read: for forms, which are made before any request."""
    return LazyProxy(gettext, text, enable_cache=False)


def translations(code: str) -> NullTranslations:
    """Return the catalogue of a language; Danish is the text itself."""
    return _translations(CATALOGUES, code)


@lru_cache(maxsize=16)
def _translations(folder: Path, code: str) -> NullTranslations:
    language = next((one for one in LANGUAGES if one.code == code), DANISH)
    return (None if language is DANISH else _whole_catalogue(folder, language)) or NullTranslations()


@lru_cache(maxsize=16)
def _whole_catalogue(folder: Path, language: Language) -> Translations | None:
    """Return the texts of a language; None if the catalogue isn't there or any text in it is missing."""
    path = folder / language.code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return None
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language.code)
    texts = [one for one in catalogue if one.id]
    if not texts or not all(map(is_translated, texts)):
        return None
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def is_translated(text: Message) -> bool:
    """Say whether a text has all its forms, and none that somebody was unsure of."""
    forms = text.string if isinstance(text.string, tuple | list) else (text.string,)
    return bool(forms) and all(forms) and not text.fuzzy


# --- dates, as the Danish public sector writes them; other languages follow Babel ---


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


def _pattern(day: date, danish: str, other: str) -> str:
    """Write a day by a pattern of our own in Danish, and by `other` in every other language."""
    language = current()
    return _written(day, danish if language is DANISH else other, language.locale)


def long_date(day: date) -> str:
    """Write a day in full: tirsdag den 3. november 2026."""
    return _pattern(day, "EEEE 'den' d. MMMM y", "full")


def day_and_month(day: date) -> str:
    """Write a day without its year: tirsdag den 3. november."""
    return _pattern(day, "EEEE 'den' d. MMMM", "EEEE d MMMM")


def date_only(day: date) -> str:
    """Write a day without its name: den 3. november 2026."""
    return _pattern(day, "'den' d. MMMM y", "long")


def short_date(day: date) -> str:
    """Write a day briefly: tirs. 3. nov."""
    return _pattern(day, "EEE d. MMM", "EEE d MMM")


def brief_date(day: date) -> str:
    """Write a day where there is no room for more: 3. nov."""
    return _pattern(day, "d. MMM", "d MMM")


def month(day: date) -> str:
    """Write a month: november 2026."""
    return _pattern(day, "MMMM y", "MMMM y")


def near_day(day: date, today: date) -> str:
    """Write a day as one says it: i dag, i morgen, på torsdag den 5. november, tirsdag den 1. december."""
    away = (day - today).days
    words = {-1: gettext("i går"), 0: gettext("i dag"), 1: gettext("i morgen")}
    if away in words:
        return words[away]
    if 1 < away < SOON_DAYS:
        return gettext("på %(day)s", day=day_and_month(day))
    return day_and_month(day) if day.year == today.year else long_date(day)


def near_moment(moment: datetime, today: date) -> str:
    """Write when something was, to stand alone: I går kl. 14.20."""
    return _moment(near_day(danish_day(moment), today), moment)


def brief_moment(moment: datetime, today: date) -> str:
    """Write the same where there is no room for more: I går kl. 14.20, 23. feb. kl. 13.20."""
    day = danish_day(moment)
    return _moment(near_day(day, today) if abs((day - today).days) <= 1 else brief_date(day), moment)


def _moment(day: str, moment: datetime) -> str:
    said = gettext("%(day)s kl. %(time)s", day=day, time=clock_time(moment))
    return said[:1].upper() + said[1:]


def weekday(day: date) -> str:
    """Write the name of a day alone: mandag."""
    return _pattern(day, "EEEE", "EEEE")


def next_moment(moment: datetime, today: date) -> str:
    """Write when something is next, true also on a page that is read later: mandag kl. 9.00."""
    day = moment.astimezone(DANISH_TIME).date()
    near = gettext("i dag") if day == today else weekday(day)
    said = near if (day - today).days < SOON_DAYS else day_and_month(day)
    return gettext("%(day)s kl. %(time)s", day=said, time=clock_time(moment))


def by_day(day: date, today: date) -> str:
    """Write a day to do something by: i dag, i morgen, torsdag den 5. marts."""
    return near_day(day, today) if abs((day - today).days) <= 1 else day_and_month(day)


def clock_time(moment: datetime) -> str:
    """Write a time of day in Denmark: 9.00."""
    wall = moment.astimezone(DANISH_TIME)
    return f"{wall.hour}.{wall.minute:02}" if current().code == "da" else f"{wall:%H:%M}"


def time_range(start: datetime, end: datetime) -> str:
    """Write from-to in Denmark: 10.30–11.15."""
    return gettext("%(start)s–%(end)s", start=clock_time(start), end=clock_time(end))


def long_datetime(moment: datetime) -> str:
    """Write day and time in full: tirsdag den 3. november 2026 kl. 10.30."""
    wall = moment.astimezone(DANISH_TIME)
    return gettext("%(day)s kl. %(time)s", day=long_date(wall.date()), time=clock_time(moment))


def week(day: date) -> int:
    """Return the ISO week number, Monday first: 2027-01-01 is in week 53."""
    return day.isocalendar().week


def phone(digits: str) -> str:
    """Write a phone number in pairs: 12 34 56 78; three-digit numbers (112) stand as they are.

    A page sets it apart where words run from right to left (`web.page.isolate_number`).
    """
    bare = digits.removeprefix("+45")
    return " ".join(bare[i : i + 2] for i in range(0, len(bare), 2)) if len(bare) == 8 else digits  # noqa: PLR2004


def phone_href(digits: str) -> str:
    """Return the address that calls a number: tel:+4512345678; 112 without country code."""
    return f"tel:{digits}" if len(digits) < 8 or digits.startswith("+") else f"tel:+45{digits}"  # noqa: PLR2004


def iso(moment: datetime | date) -> str:
    """Return the machine form for <time datetime>."""
    return (
        moment.astimezone(DANISH_TIME).isoformat(timespec="minutes")
        if isinstance(moment, datetime)
        else moment.isoformat()
    )


def name_list(names: Sequence[str]) -> str:
    """Write names as one says them: Jonas, Sara, Thea og Ali."""
    return format_list(list(names), locale=current().locale)


def in_sentence(name: str) -> str:
    """Return a name as it stands inside a sentence: who is not named is a common noun there."""
    unnamed = {gettext("Hjælperen"): gettext("hjælperen"), gettext("Din kollega"): gettext("din kollega")}
    return unnamed.get(name, name)


def quoted(words: str) -> Markup:
    """Return someone's own words in the quotation marks of this language, as plain escaped text."""
    return Markup(gettext("»%(words)s«")) % {"words": words}  # noqa: S704 — the marks are ours


ALPHABET = {letter: place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyzæøå")}


def danish_key(text: str) -> str:
    """Return a key that sorts as Danish does on any database: … z æ ø å, and aa as å."""
    folded = (
        " ".join(text.lower().split())
        .replace("aa", "å")
        .replace("ä", "æ")
        .replace("ö", "ø")
        .replace("ü", "y")
    )
    return "".join(
        chr(0x61 + ALPHABET[c]) if c in ALPHABET else ("!" if c == " " else _plain(c)) for c in folded
    )[:120]


def _plain(letter: str) -> str:
    import unicodedata  # noqa: PLC0415 — only for names with foreign letters

    base = unicodedata.normalize("NFD", letter)[0]
    return chr(0x61 + ALPHABET[base]) if base in ALPHABET else base


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        long_date,
        day_and_month,
        date_only,
        short_date,
        brief_date,
        month,
        by_day,
        clock_time,
        long_datetime,
        week,
        phone_href,
        iso,
        name_list,
        in_sentence,
        quoted,
    )
}
