"""Settings: one frozen value from the environment and the municipality's TOML.

What is missing, wrong or unsafe stops the start, and all of it is named at once.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path

from app.backup_keys import BackupKey, read_backup_keys
from app.config_faults import BadConfiguration, ConfigFault, FaultCollector
from app.dates.workdays import WorkingCalendar
from app.environment import (
    is_worker_off,
    read_database_url,
    read_log_format,
    read_metrics_token,
    read_old_secret,
    read_origin,
    read_proxies,
    read_secret,
    read_truth,
)
from app.retention_periods import Periods, default_periods, read_periods
from app.toml_reader import TomlReader, a_list, a_positive, a_text, a_truth, read_toml, some_texts

PHONE = '"70 12 34 56"'
DEMO_SITE = Path(__file__).parent / "demo" / "solbjerg.toml"


@dataclass(frozen=True, slots=True)
class Emergency:
    """A number to call when it can't wait: what it is for, and the digits."""

    label: str
    phone: str


@dataclass(frozen=True, slots=True)
class ConfiguredPlace:
    """Where meetings are held: its name and address, and whether a citizen's pages keep quiet about it."""

    name: str
    address: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Site:
    """What a municipality decides for itself: names, phones, texts and days. From its TOML.

    `translations` holds its own texts in other languages, by language and then by the Danish words.
    """

    name: str
    phone: str
    email: str
    opening_hours: str
    areas: tuple[str, ...]
    departments: tuple[str, ...]
    workdays: WorkingCalendar
    emergencies: tuple[Emergency, ...]
    consent_text: tuple[str, ...]
    consent_version: str
    legal_basis: tuple[str, ...]
    privacy_text: tuple[str, ...]
    data_protection_phone: str
    statement_updated_on: date
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    duty_text: str = ""  # what happens if one can't come to a meeting that is a duty; empty: nothing is said
    message_duty: str = ""  # what {navn}, the contact person, may have to do with a message; "": not said
    message_starts: tuple[str, ...] = ()  # sentences that those who help can begin a message with
    hidden_departments: frozenset[str] = frozenset()  # whose meetings no citizen's page tells of
    places: tuple[ConfiguredPlace, ...] = ()
    retention: Periods = field(default_factory=default_periods, hash=False)  # how long what is kept
    promise_money: bool = False  # True: the municipality promises that answers don't change anybody's money


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the app is told from outside, checked once."""

    database_url: str
    secret_key: str
    origin: str
    demo: bool
    site: Site
    worker_off: bool = False  # True: phones are told to end the service worker and delete what it kept
    trusted_proxies: frozenset[str] = frozenset()  # whose word on the client's address is believed
    metrics_token: str = ""  # what opens /metrics from another machine; empty: nothing does
    backup_keys: tuple[BackupKey, ...] = ()  # whom backups are encrypted to; nobody: they are not
    secret_key_old: str | None = None  # the key before: its hashes are still tried; None: there is none

    @property
    def phone_key(self) -> str:
        """The key that what lies on phones is sealed with: the old one as long as there is one.

        What somebody wrote and has not sent would be lost to them with another.
        """
        return self.secret_key_old or self.secret_key

    @property
    def secure(self) -> bool:
        """True when the public address is https: cookies are then Secure and HSTS is sent."""
        return self.origin.startswith("https://")


def read_site(path: Path) -> Site:
    """Return the municipality's own settings from the TOML file at `path`.

    Raises:
        BadConfiguration: the file can't be read, or settings are missing or of the wrong kind; all are named.
    """
    try:
        raw = path.read_bytes()
    except OSError as problem:
        why = (
            "findes ikke"
            if isinstance(problem, FileNotFoundError)
            else f"kan ikke læses ({problem.strerror})"
        )
        said = f"{path} {why}: skriv stien til kommunens fil."
        raise BadConfiguration(ConfigFault("ENPLAN_CONFIG:", said, "/srv/enplan/enplan.toml")) from problem
    file = read_toml(path.name, raw)
    site = _site(file)
    file.finish()
    return site


def _site(file: TomlReader) -> Site:
    texts, days, messages, progress = (file.table(one) for one in ("texts", "days", "messages", "progress"))
    departments = _departments(file)
    return Site(
        name=file.value("name", a_text(120), '"Solbjerg Kommune"'),
        phone=file.value("phone", _digits, PHONE),
        email=file.value("email", _email, '"enplan@kommunen.example"'),
        opening_hours=file.value("opening_hours", a_text(), '"Mandag til fredag kl. 9.00–15.00."'),
        areas=file.value("areas", some_texts(60), '["Job og uddannelse", "Helbred"]'),
        departments=tuple(name for name, _hidden in departments),
        workdays=WorkingCalendar(
            closing_days=frozenset(days.value("closed", _days, '["2026-12-24"]') or ()),
            answer_days=days.value("answer_working_days", a_positive, "5"),
            reply_days=days.value("reply_working_days", a_positive, "3", 3),
        ),
        emergencies=tuple(
            Emergency(
                one.value("label", a_text(), '"Hvis nogen er i fare lige nu"'),
                one.value("phone", _digits, '"112"'),
            )
            for one in file.tables("emergency", "[[emergency]]", least=1)
        ),
        consent_text=texts.value("consent", some_texts(), '["Du kan få én samlet plan."]'),
        consent_version=texts.value("consent_version", a_text(40), '"2026-1"'),
        legal_basis=texts.value("legal_basis", some_texts(least=0), '["Serviceloven § 141, stk. 7"]'),
        privacy_text=texts.value("privacy", some_texts(), '["Kommunen har ansvaret for dine oplysninger."]'),
        data_protection_phone=texts.value("data_protection_phone", _digits, PHONE),
        statement_updated_on=texts.value("statement_updated_on", _day, '"2026-11-22"'),
        translations=_translations(file),
        duty_text=texts.value("duty", _maybe_text, '"Sig det før mødet."', ""),
        message_duty=texts.value(
            "message_duty", _maybe_text, '"{navn} kan have pligt til at gemme det."', ""
        ),
        message_starts=messages.value("starts", some_texts(least=0), '["Tak, fordi du skrev."]', ()),
        hidden_departments=frozenset(name for name, hidden in departments if hidden),
        places=_places(file),
        retention=read_periods(file.table("retention")),
        promise_money=progress.value("promise_money", a_truth, "true", False),
    )


def _departments(file: TomlReader) -> list[tuple[str, bool]]:
    """Return each department's name, and whether it is hidden; it is written as a name, or as a table."""
    example = '["Sundhed", { name = "Birkehuset", hidden = true }]'
    found = list[tuple[str, bool]]()
    for at, said in enumerate(file.value("departments", a_list, example) or ()):
        plain = {"name": said} if isinstance(said, str) else said
        one = file.item("departments", at, plain, example)
        if one is not None:
            found.append((one.value("name", a_text(120), '"Birkehuset"'), _hidden(one)))
    file.refuse_twice("departments", (name for name, _is_hidden in found), example)
    return found


def _places(file: TomlReader) -> tuple[ConfiguredPlace, ...]:
    found = tuple(map(_configured_place, file.tables("place", "[[place]]")))
    file.refuse_twice("place", (one.name for one in found), "[[place]]")
    return found


def _configured_place(one: TomlReader) -> ConfiguredPlace:
    name, address = (
        one.value(*said)
        for said in (("name", a_text(100), '"Birkehuset"'), ("address", a_text(200), '"Skovstien 9"'))
    )
    return ConfiguredPlace(name, address, _hidden(one))


def _hidden(one: TomlReader) -> bool:
    return one.value("hidden", a_truth, "true", False)


def _translations(file: TomlReader) -> dict[str, dict[str, str]]:
    """Return the municipality's own words by language; every one of them is a text."""
    return file.value("translations", _by_language, '{ en = { "Helbred" = "Health" } }', {})


def _by_language(value: object) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        raise ValueError("skal være en tabel for hvert sprog.")
    if not all(isinstance(word, str) for words in value.values() for word in words.values()):
        raise ValueError("skal have en tekst i anførselstegn efter hvert lighedstegn.")
    return {code: dict(words) for code, words in value.items()}


def _maybe_text(value: object) -> str:
    return "" if value == "" else a_text()(value)


def _digits(phone: object) -> str:
    digits = "".join(str(phone).split())
    if not (digits.isascii() and digits.isdecimal() and 3 <= len(digits) <= 20):  # noqa: PLR2004
        raise ValueError("er ikke et telefonnummer: kun tal, uden landekode.")
    return digits


def _email(value: object) -> str:
    text = a_text(254)(value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise ValueError("er ikke en e-mailadresse.")
    return text


def _days(value: object) -> list[date]:
    return [_day(one) for one in a_list(value)]


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as problem:
        raise ValueError(f"har {str(value)[:40]!r}, som ikke er en dato: år-måned-dag.") from problem


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a production site.

    Raises:
        BadConfiguration: something is missing or unsafe; the faults name all of it.
    """
    env = os.environ if environ is None else environ
    read = FaultCollector()
    read.take(lambda: _refuse_demo(env))
    read.take(lambda: read_log_format(env))
    settings = Settings(
        database_url=read.take(lambda: read_database_url(env)),
        secret_key=read.take(lambda: read_secret(env)),
        origin=read.take(lambda: read_origin(env)),
        demo=False,
        site=read.take(lambda: read_configured_site(env)),
        worker_off=read.take(lambda: is_worker_off(env)),
        trusted_proxies=read.take(lambda: read_proxies(env)),
        metrics_token=read.take(lambda: read_metrics_token(env)),
        backup_keys=read.take(lambda: read_backup_keys(env)),
        secret_key_old=read.take(lambda: read_old_secret(env)),
    )
    read.stop()
    return settings


def check_given_settings(environ: Mapping[str, str]) -> None:
    """Look through the settings that are given, for a command that needs few of them.

    Raises:
        BadConfiguration: some are wrong; the faults name all of them. What is missing is no fault.
    """
    read = FaultCollector()
    for name, look in _EACH.items():
        if environ.get(name):
            read.take(partial(look, environ))
    read.stop()


def _refuse_demo(env: Mapping[str, str]) -> None:
    if read_truth(env, "ENPLAN_DEMO"):
        reason = "er sat, og en rigtig server må ikke køre som demo. Fjern den, eller brug ./enplan demo."
        raise BadConfiguration(ConfigFault("ENPLAN_DEMO", reason))


def read_configured_site(env: Mapping[str, str]) -> Site:
    """Return the municipality's own settings from the file that ENPLAN_CONFIG names; raise as `read_site`."""
    named = env.get("ENPLAN_CONFIG")
    if not named:
        reason = "mangler: stien til kommunens fil, som ./enplan init laver."
        raise BadConfiguration(ConfigFault("ENPLAN_CONFIG", reason, "ENPLAN_CONFIG=/srv/enplan/enplan.toml"))
    return read_site(Path(named))


# What looks at each setting, by its name.
_EACH: Mapping[str, Callable[[Mapping[str, str]], object]] = {
    "ENPLAN_DEMO": lambda env: read_truth(env, "ENPLAN_DEMO"),
    "ENPLAN_DATABASE_URL": read_database_url,
    "ENPLAN_SECRET_KEY": read_secret,
    "ENPLAN_SECRET_KEY_OLD": read_old_secret,
    "ENPLAN_ORIGIN": read_origin,
    "ENPLAN_CONFIG": read_configured_site,
    "ENPLAN_SW_OFF": is_worker_off,
    "ENPLAN_METRICS_TOKEN": read_metrics_token,
    "ENPLAN_BACKUP_RECIPIENT": read_backup_keys,
    "ENPLAN_LOG": read_log_format,
    "ENPLAN_TRUSTED_PROXY": read_proxies,
}
