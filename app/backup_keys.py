"""Whom backups are encrypted to: the public half of each key, and the name that people know the key by.

Neither is a secret. The private half is never on the server in daily use, so nothing here reads one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.config_faults import BadConfiguration, ConfigFault

SETTING = "ENPLAN_BACKUP_RECIPIENT"
SHOWN_SO = f"{SETTING}=kopi-2026:age1…, som ./enplan key backup skriver."
PRIVATE_BEGINS = "AGE-SECRET-KEY-"
_NAME = re.compile(r"[a-zæøå0-9][a-zæøå0-9._-]{0,39}", re.IGNORECASE)

PRIVATE = (
    "har den private halvdel af en nøgle, og den må ikke være her: lav et nyt par med ./enplan key backup, og"
    " skriv den offentlige halvdel, som begynder med age1."
)
NO_KEY = "er ikke et navn, et kolon og den offentlige halvdel af en nøgle, hel og uden mellemrum."
BAD_NAME = "har et navn, der ikke kan bruges: højst 40 bogstaver, tal, punktum og bindestreg."
TWICE = "har den samme nøgle eller det samme navn to gange."


@dataclass(frozen=True, slots=True)
class BackupKey:
    """The half of a key that closes a backup and can't open it."""

    name: str
    recipient: str  # as the age format writes it: age1…

    def __str__(self) -> str:
        return f"{self.name}:{self.recipient}"


def read_backup_keys(env: Mapping[str, str]) -> tuple[BackupKey, ...]:
    """Return whom backups are encrypted to, by commas; nobody where nothing is set, and they are not.

    Raises:
        BadConfiguration: one can't be used.
    """
    try:
        return parse_backup_keys(env.get(SETTING, "").split(","))
    except ValueError as problem:
        raise BadConfiguration(ConfigFault(SETTING, str(problem), SHOWN_SO)) from problem


def parse_backup_keys(words: "list[str]") -> tuple[BackupKey, ...]:
    """Return the keys that are written so; raise ValueError with the rest of a Danish sentence."""
    found = tuple(parse_backup_key(word.strip()) for word in words if word.strip())
    if any(len({part(one) for one in found}) < len(found) for part in (_name_of, _recipient_of)):
        raise ValueError(TWICE)
    return found


def parse_backup_key(word: str) -> BackupKey:
    """Return the key that is written `name:age1…`; raise ValueError as `parse_backup_keys`."""
    if PRIVATE_BEGINS in word.upper():
        raise ValueError(PRIVATE)
    name, _colon, recipient = word.rpartition(":")
    if not is_recipient(recipient):
        raise ValueError(NO_KEY)
    if not _NAME.fullmatch(name):
        raise ValueError(BAD_NAME)
    return BackupKey(name, recipient)


def is_name_of_key(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def is_recipient(word: str) -> bool:
    """Say whether it is a whole public half: the format carries a checksum, so a slip of the pen shows."""
    from pyrage import RecipientError, x25519  # noqa: PLC0415 — few starts need it

    try:
        x25519.Recipient.from_str(word)
    except RecipientError:
        return False
    return True


def _name_of(key: BackupKey) -> str:
    return key.name.lower()


def _recipient_of(key: BackupKey) -> str:
    return key.recipient
