"""Settings: one frozen value from the environment and the municipality's TOML.

What is missing, wrong or unsafe stops the start and is named.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.ip_addresses import read_address

SECRET_BYTES = 32
_ORIGIN = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?/?", re.IGNORECASE)
DEFAULT_DATABASE_URL = "sqlite:///.data/enplan.db"
DEMO_SITE = Path(__file__).parent / "demo" / "solbjerg.toml"


class BadConfiguration(Exception):
    """The app must not start. The message names the setting and says what to do, in Danish."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """A number to call when it can't wait: what it is for, and the digits."""

    label: str
    phone: str


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
    closing_days: frozenset[date]
    answer_working_days: int
    emergencies: tuple[Emergency, ...]
    consent_text: tuple[str, ...]
    consent_version: str
    legal_basis: tuple[str, ...]
    privacy_text: tuple[str, ...]
    data_protection_phone: str
    statement_updated_on: date
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    duty_text: str = ""  # what happens if one can't come to a meeting that is a duty; empty: nothing is said
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

    @property
    def secure(self) -> bool:
        """True when the public address is https: cookies are then Secure and HSTS is sent."""
        return self.origin.startswith("https://")


def read_site(path: Path) -> Site:
    """Return the municipality's own settings from the TOML file at `path`.

    Raises:
        BadConfiguration: the file can't be read, or a setting is missing or of the wrong kind.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadConfiguration(f"ENPLAN_CONFIG: {path.name} kan ikke læses ({problem}).") from problem
    try:
        return _site(data)
    except KeyError as missing:
        raise BadConfiguration(f"ENPLAN_CONFIG: {path.name} mangler {missing}.") from missing
    except (TypeError, ValueError, AttributeError) as wrong:
        raise BadConfiguration(f"ENPLAN_CONFIG: {path.name} har en forkert værdi ({wrong}).") from wrong


def _site(data: Mapping[str, Any]) -> Site:
    texts, days = data["texts"], data["days"]
    return Site(
        name=str(data["name"]),
        phone=_digits(data["phone"]),
        email=str(data["email"]),
        opening_hours=str(data["opening_hours"]),
        areas=tuple(str(area) for area in data["areas"]),
        departments=tuple(str(department) for department in data["departments"]),
        closing_days=frozenset(_day(day) for day in days["closed"]),
        answer_working_days=_positive(days["answer_working_days"]),
        emergencies=tuple(Emergency(str(e["label"]), _digits(e["phone"])) for e in data["emergency"]),
        consent_text=tuple(texts["consent"]),
        consent_version=str(texts["consent_version"]),
        legal_basis=tuple(texts["legal_basis"]),
        privacy_text=tuple(texts["privacy"]),
        data_protection_phone=_digits(texts["data_protection_phone"]),
        statement_updated_on=_day(texts["statement_updated_on"]),
        translations={code: dict(said) for code, said in data.get("translations", {}).items()},
        duty_text=str(texts.get("duty", "")),
        promise_money=_truth(data.get("progress", {}).get("promise_money", False)),
    )


def _digits(phone: object) -> str:
    digits = "".join(str(phone).split())
    if not digits.isdigit():
        raise ValueError(f"{phone!r} er ikke et telefonnummer")
    return digits


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _truth(value: object) -> bool:
    if not isinstance(value, bool):  # "false" in quotes would be a promise
        raise ValueError(f"{value!r} skal være true eller false")
    return value


def _positive(value: object) -> int:
    number = int(str(value))
    if number < 1:
        raise ValueError(f"{value!r} skal være mindst 1")
    return number


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a production site.

    Raises:
        BadConfiguration: something is missing or unsafe; the message names it.
    """
    env = os.environ if environ is None else environ
    if env.get("ENPLAN_DEMO"):
        raise BadConfiguration(
            "ENPLAN_DEMO: en rigtig server må ikke køre som demo. Fjern den, eller brug ./enplan demo."
        )
    return Settings(
        database_url=env.get("ENPLAN_DATABASE_URL") or DEFAULT_DATABASE_URL,
        secret_key=_secret(env.get("ENPLAN_SECRET_KEY", "")),
        origin=_origin(env.get("ENPLAN_ORIGIN", "")),
        demo=False,
        site=read_site(Path(_needed(env, "ENPLAN_CONFIG"))),
        worker_off=is_worker_off(env),
        trusted_proxies=_proxies(env.get("ENPLAN_TRUSTED_PROXY", "")),
    )


def is_worker_off(environ: Mapping[str, str]) -> bool:
    """Say whether ENPLAN_SW_OFF asks phones to end the service worker."""
    return environ.get("ENPLAN_SW_OFF", "") not in ("", "0")


def _needed(env: Mapping[str, str], name: str) -> str:
    value = env.get(name)
    if not value:
        raise BadConfiguration(f"{name} mangler. Se tabellen i README.md.")
    return value


def _secret(value: str) -> str:
    if len(value.encode()) < SECRET_BYTES:
        raise BadConfiguration(f"ENPLAN_SECRET_KEY mangler eller er for kort: mindst {SECRET_BYTES} bytes.")
    return value


def _proxies(value: str) -> frozenset[str]:
    """Return the addresses of the proxies in front; none at all only when the setting says `none`.

    It has no default: behind a proxy that we don't know, everybody would have the proxy's address, and one
    stranger's wrong codes would shut the door for all.
    """
    if value.strip().lower() == "none":
        return frozenset()
    try:
        found = {read_address(word) for word in value.split(",")}
    except ValueError:
        found = set()
    if not found or any(address.is_unspecified for address in found):  # nobody comes from 0.0.0.0
        raise BadConfiguration(
            "ENPLAN_TRUSTED_PROXY mangler eller er forkert: skriv adressen på den proxy, der står foran,"
            " f.eks. 127.0.0.1, eller none, hvis der ingen er."
        )
    return frozenset(map(str, found))


def _origin(value: str) -> str:
    """Return the public address as a browser writes it in `Origin`: lower case, without the usual port."""
    if not _ORIGIN.fullmatch(value):
        raise BadConfiguration(
            "ENPLAN_ORIGIN skal være den offentlige adresse med https, f.eks. https://plan.example.dk."
        )
    return value.lower().rstrip("/").removesuffix(":443")
