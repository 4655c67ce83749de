"""A file that is whole or not there: written under another name, pushed to the disk, then given its own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.upkeep.rules import UnsafeOperation

BESIDE = ("-journal", "-wal", "-shm")  # what SQLite may keep beside a database


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield an empty file that only its owner can read; it becomes `path` when the block ends well.

    Raises:
        UnsafeOperation: no such folder; or a file already, or traces of one that SQLite would fold into ours.
        OSError: the folder can't be written, or the disk is full.
    """
    refuse_existing(path)
    if not path.parent.is_dir():
        raise UnsafeOperation(f"Mappen {path.parent} findes ikke: lav den først, eller vælg en anden.")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        fsync_path(draft)
        _name(draft, path)
        fsync_path(path.parent)
    finally:
        for end in ("", *BESIDE):
            Path(f"{draft}{end}").unlink(missing_ok=True)


def refuse_existing(path: Path) -> None:
    for end in ("", *BESIDE):
        if os.path.lexists(f"{path}{end}"):
            raise UnsafeOperation(f"{path}{end} er der allerede: vælg et andet navn, eller flyt filen.")


def fsync_path(path: Path) -> None:
    """Have the machine write what it holds of a file or a folder to the disk itself."""
    if os.name == "nt" and path.is_dir():
        return  # Windows has no such call for folders
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name(draft: Path, path: Path) -> None:
    """Give the draft its name, never over a file that has come meanwhile."""
    try:
        os.link(draft, path)  # unlike a rename, it refuses when the name is taken
    except FileExistsError:
        refuse_existing(path)
        raise
    except OSError:  # a file system without links
        refuse_existing(path)
        draft.rename(path)
