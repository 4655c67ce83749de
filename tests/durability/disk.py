"""A disk that remembers: every write, sync and cut of SQLite's files, in order, as SQLite asked for them.

APSW brings a SQLite of its own, so the one recorded is not byte for byte the one we serve with; the settings
and the statements are ours, and the images are opened with the SQLite that we serve with.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512  # bytes that a disk writes whole; what is larger may be torn
FILES = ("", "-wal", "-journal")


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes sent to a file, of which the disk may still hold none."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file shortened to `size`; None is a file removed."""

    file: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Sync:
    """From here on, all that was sent to the file before is on the disk."""

    file: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The person has been told that write `number` is kept."""

    number: int


Event = Write | Cut | Sync | Kept


class _File(apsw.VFSFile):
    def __init__(self, disk: "RecordingDisk", name: Any, flags: list[int]) -> None:
        path = name if isinstance(name, str) else name.filename()
        self._disk, self._file = disk, str(path).removeprefix(str(disk.path))
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 — SQLite's name, as those below
        super().xWrite(data, offset)
        self._disk.events.append(Write(self._file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._disk.events.append(Cut(self._file, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.events.append(Sync(self._file))


class RecordingDisk(apsw.VFS):
    """The machine's own files, with everything that is asked of them written down in `events`."""

    def __init__(self, path: Path) -> None:
        self.path, self.events, self.name = path, list[Event](), f"recording-{id(self)}"
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self.events.append(Cut(filename.removeprefix(str(self.path)), None))


@dataclass(slots=True)
class Disk:
    """What is surely on the disk, and what has been sent since and may be there, in any part."""

    sure: dict[str, bytes]
    sent: list[Write | Cut] = field(default_factory=list)

    def take(self, event: Event) -> None:
        if isinstance(event, Write | Cut):
            self.sent.append(event)
        elif isinstance(event, Sync):
            for one in self.sent:
                if one.file == event.file:
                    _apply(self.sure, one)
            self.sent = [one for one in self.sent if one.file != event.file]

    def images(self, dice: random.Random, count: int) -> Iterator[dict[str, bytes]]:
        """Yield what the disk may hold after a power cut now: nothing of what was sent, all, or any part."""
        for _ in range(count):
            image, chance = dict(self.sure), dice.choice((0, 0.5, 0.5, 1))
            for one in self.sent:
                if dice.random() < chance:
                    _apply(image, _torn(one, dice) if chance < 1 else one)
            yield image


def _torn(event: Write | Cut, dice: random.Random) -> Write | Cut:
    """Let one write in four reach the disk only in its first sectors."""
    if isinstance(event, Cut) or len(event.data) <= SECTOR or dice.random() < 0.75:
        return event
    return Write(
        event.file, event.offset, event.data[: SECTOR * dice.randrange(1, len(event.data) // SECTOR)]
    )


def _apply(image: dict[str, bytes], event: Write | Cut) -> None:
    held = image.get(event.file, b"")
    if isinstance(event, Write):
        held = held.ljust(event.offset, b"\0")
        image[event.file] = held[: event.offset] + event.data + held[event.offset + len(event.data) :]
    elif event.size is None:
        image.pop(event.file, None)
    else:
        image[event.file] = held[: event.size].ljust(event.size, b"\0")
