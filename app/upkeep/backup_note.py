"""The note beside an encrypted backup: its checksum, and by name the keys that open it.

Inside it nothing can be read without the key, not even which one it is. So what a person needs in two years
stands beside it, in clear, and no secret is in it. `sha256sum -c` takes the same file.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.backup_keys import BackupKey
from app.dates.local_time import DANISH_TIME

ENDS = ".sha256"
MOST_BYTES = 100_000
SHOWN = 14  # characters of a key
TEXT = """\
# Sikkerhedskopi fra Én plan, taget {taken}. Den er krypteret i formatet age, https://age-encryption.org
{keys}
# Størrelse: {size} bytes
# Hent den frem i en tom database: ./enplan restore {name} --identity FILEN-MED-DEN-PRIVATE-NØGLE
# Se, om den er hel: sha256sum -c {name}{ends}
{sha256}  {name}
"""
KEY = "# Nøgle: {key.name} · {key.recipient}"
_KEY = re.compile(r"^# Nøgle: (\S+) · (\S+)$", re.MULTILINE)
_SIZE = re.compile(r"^# Størrelse: ([0-9]+) bytes$", re.MULTILINE)
_SHA256 = re.compile(r"^([0-9a-f]{64})  ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BackupNote:
    """What stands beside a backup."""

    keys: tuple[BackupKey, ...]
    size: int  # in bytes
    sha256: str

    @property
    def named(self) -> str:
        """The keys' names, as a sentence has them, and as much of the keys as tells them apart."""
        return " eller ".join(f"»{key.name}« ({key.recipient[:SHOWN]}…)" for key in self.keys)


def note_path(backup: Path) -> Path:
    return backup.with_name(backup.name + ENDS)


def write_note(path: Path, backup: Path, note: BackupNote, *, now: datetime) -> None:
    """Write the note of `backup` into `path`, which is still to get its name."""
    taken = now.astimezone(DANISH_TIME).isoformat(timespec="minutes")
    keys = "\n".join(KEY.format(key=key) for key in note.keys)
    said = {"taken": taken, "keys": keys, "size": note.size, "sha256": note.sha256}
    path.write_text(TEXT.format(name=backup.name, ends=ENDS, **said), "utf-8")


def find_note(backup: Path) -> BackupNote | None:
    """Return what stands beside a backup; None if there is nothing, or it can't be read as a note."""
    path = note_path(backup)
    if not path.is_file():
        return None
    with path.open("rb") as file:
        text = file.read(MOST_BYTES).decode("utf-8", "replace").replace("\r\n", "\n")
    keys = tuple(BackupKey(name, recipient) for name, recipient in _KEY.findall(text))
    size, sha256 = _SIZE.search(text), _SHA256.search(text)
    return BackupNote(keys, int(size[1]), sha256[1]) if keys and size and sha256 else None
