"""The settings that are one word of the environment each: what is taken for what, and what is refused.

Each reader is handed the environment, and raises BadConfiguration with what is wrong and an example.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.config_faults import BadConfiguration, ConfigFault
from app.ip_addresses import read_address

SECRET_BYTES = 32
_ORIGIN = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?/?", re.IGNORECASE)
DATA = Path(__file__).parents[1] / ".data"  # this checkout's, whatever folder one stands in
DEFAULT_DATABASE_URL = URL.create("sqlite", database=str(DATA / "enplan.db")).render_as_string()
DATABASE_KINDS = (
    "skal være en SQLite-fil eller PostgreSQL:"
    " sqlite:////srv/enplan/enplan.db eller postgresql+psycopg://bruger:kode@vaert:5432/enplan"
)
YES = frozenset({"1", "ja", "true", "yes", "on", "til"})
NO = frozenset({"", "0", "nej", "false", "no", "off", "fra"})


def read_truth(env: Mapping[str, str], name: str) -> bool:
    """Return a setting that is yes or no, and no when it is not given: only words that say so are taken.

    Raises:
        BadConfiguration: it is another word.
    """
    word = env.get(name, "").strip().lower()
    if word not in YES | NO:
        reason = f"er »{word[:40]}«, og det er hverken ja eller nej: 1 er ja, 0 er nej."
        raise BadConfiguration(ConfigFault(name, reason, f"{name}=0"))
    return word in YES


def is_worker_off(environ: Mapping[str, str]) -> bool:
    """Say whether ENPLAN_SW_OFF asks phones to end the service worker; raise as `read_truth`."""
    return read_truth(environ, "ENPLAN_SW_OFF")


def read_database_url(env: Mapping[str, str]) -> str:
    """Return the address of the database; where none is given, the one under `.data` of this checkout.

    Raises:
        BadConfiguration: no database of a kind that the app speaks to is written so.
    """
    url = env.get("ENPLAN_DATABASE_URL") or DEFAULT_DATABASE_URL
    check_database_url(url)
    return url


def check_database_url(url: str) -> None:
    """Raise BadConfiguration unless it is a SQLite file or PostgreSQL by psycopg."""
    try:
        parts = make_url(url)
        url.encode()
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        parts = None
    if not url.startswith("sqlite") and url.count("@") > 1:
        reason = "har et @ i adgangskoden: skriv %40 for @, %3A for :, %2F for / og %25 for %."
        raise BadConfiguration(ConfigFault("ENPLAN_DATABASE_URL", reason))
    if parts is None or not _is_ours(parts):
        raise BadConfiguration(ConfigFault("ENPLAN_DATABASE_URL", DATABASE_KINDS))


def _is_ours(parts: URL) -> bool:
    """Say whether the app speaks to this kind of database: a SQLite file, or PostgreSQL by psycopg."""
    if parts.drivername == "sqlite":
        return bool(parts.database) and parts.database != ":memory:" and not parts.host
    return parts.drivername == "postgresql+psycopg" and bool(parts.database)


def read_secret(env: Mapping[str, str]) -> str:
    """Return the secret key; raise BadConfiguration if it is missing, too short or can't be read as text."""
    value = env.get("ENPLAN_SECRET_KEY", "")
    if len(value.encode("utf-8", "surrogateescape")) < SECRET_BYTES:
        reason = f"mangler eller er for kort: mindst {SECRET_BYTES} bytes. Lav en med ./enplan init."
        raise BadConfiguration(ConfigFault("ENPLAN_SECRET_KEY", reason))
    if not _is_text(value):
        raise BadConfiguration(ConfigFault("ENPLAN_SECRET_KEY", "er ikke skrevet som UTF-8."))
    return value


def read_metrics_token(env: Mapping[str, str]) -> str:
    """Return what opens /metrics from another machine, "" for nothing; raise if it can be guessed."""
    value = env.get("ENPLAN_METRICS_TOKEN", "")
    if value and (not _is_text(value) or len(value.encode()) < SECRET_BYTES):
        reason = f"er for kort eller ikke UTF-8: mindst {SECRET_BYTES} bytes, eller fjern den."
        raise BadConfiguration(ConfigFault("ENPLAN_METRICS_TOKEN", reason))
    return value


def read_old_secret(env: Mapping[str, str]) -> str | None:
    """Return the key from before the one in use, or None where none is given; raise as `read_secret`."""
    value = env.get("ENPLAN_SECRET_KEY_OLD", "")
    if not value:
        return None
    if value == env.get("ENPLAN_SECRET_KEY") or not _is_text(value) or len(value.encode()) < SECRET_BYTES:
        reason = "er ikke en nøgle fra før: den er for kort, eller den samme som ENPLAN_SECRET_KEY."
        raise BadConfiguration(ConfigFault("ENPLAN_SECRET_KEY_OLD", reason))
    return value


class LogFormat(StrEnum):
    """How the log is written."""

    JSON = "json"
    TEXT = "text"


def read_log_format(env: Mapping[str, str]) -> LogFormat | None:
    """Return how the log is to be written; None where nothing is said.

    Raises:
        BadConfiguration: it is no format that we know.
    """
    said = env.get("ENPLAN_LOG", "").strip().lower()
    if not said:
        return None
    try:
        return LogFormat(said)
    except ValueError:
        reason = f"er »{said[:40]}«, men skal være json eller text."
        raise BadConfiguration(ConfigFault("ENPLAN_LOG", reason, "ENPLAN_LOG=json")) from None


def _is_text(value: str) -> bool:
    """Say whether the environment's bytes are text: else some of them stand for themselves."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_proxies(env: Mapping[str, str]) -> frozenset[str]:
    """Return the addresses of the proxies in front; none at all only when the setting says `none`.

    It has no default: behind a proxy that we don't know, everybody would have the proxy's address, and one
    stranger's wrong codes would shut the door for all.
    """
    value = env.get("ENPLAN_TRUSTED_PROXY", "")
    if value.strip().lower() == "none":
        return frozenset()
    try:
        found = {read_address(word) for word in value.split(",")}
    except ValueError:
        found = set()
    if not found or any(address.is_unspecified for address in found):  # nobody comes from 0.0.0.0
        raise BadConfiguration(
            ConfigFault(
                "ENPLAN_TRUSTED_PROXY",
                "mangler eller er forkert: det er adressen på den proxy, der står foran.",
                "127.0.0.1, eller none, hvis der ingen er.",
            )
        )
    return frozenset(map(str, found))


def read_origin(env: Mapping[str, str]) -> str:
    """Return the public address as a browser writes it in `Origin`: lower case, without the usual port.

    Raises:
        BadConfiguration: it is missing, or isn't an https address alone.
    """
    value = env.get("ENPLAN_ORIGIN", "")
    if not _ORIGIN.fullmatch(value):
        reason = (
            "skal være den offentlige adresse med https og ikke mere."
            if value
            else "mangler: den offentlige adresse."
        )
        raise BadConfiguration(ConfigFault("ENPLAN_ORIGIN", reason, "ENPLAN_ORIGIN=https://plan.example.dk"))
    return value.lower().rstrip("/").removesuffix(":443")
