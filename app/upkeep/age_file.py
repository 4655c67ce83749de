"""Encrypted files, in the format age (https://age-encryption.org/v1) by the library `pyrage`.

A file is closed with the public half of one key or several, and opened with the private half of any. It is
read and written in pieces of 64 KiB, each proven before a byte of it is let out, and the last one is marked:
a file that is changed, cut short or made longer is never taken for a whole one. Anybody with the public half
can make a file that opens; who made it is not proven. `age` and `rage` open what is written here.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyrage
from pyrage import x25519

from app.backup_keys import PRIVATE_BEGINS, BackupKey
from app.upkeep.rules import UnsafeOperation

Take = Callable[[bytes], object]

BEGINS = b"age-encryption.org/"
NO_FIT = "No matching keys"  # as the library says it
IDENTITY_MOST_BYTES = 1_000_000

GONE = "{path} findes ikke: skriv stien til filen med den private nøgle efter --identity."
NO_IDENTITY = (
    "{path} har ingen privat nøgle: det er filen fra ./enplan key backup eller age-keygen, med en linje, der"
    " begynder med AGE-SECRET-KEY-1."
)
BROKEN_IDENTITY = "Den private nøgle i {path} er ikke hel: hent filen igen fra der, hvor I gemmer den."


class NoKeyFits(Exception):
    """None of the private halves opens the file, as far as its first lines can be believed."""


class NotWhole(Exception):
    """What lies in the file is not what was written, or not all of it."""


def is_age_file(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(BEGINS)) == BEGINS


def make_key_pair() -> tuple[str, str]:
    """Return a new key: its public half and its private one."""
    identity = x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def read_identities(path: Path) -> list[Any]:
    """Return the private keys in a file as `age-keygen` writes it.

    Raises:
        UnsafeOperation: there is no such file, or no whole private key in it.
        OSError: it can't be read.
    """
    if not path.is_file():
        raise UnsafeOperation(GONE.format(path=path))
    with path.open("rb") as file:
        words = file.read(IDENTITY_MOST_BYTES).decode("utf-8", "replace").split()
    found = [word for word in words if word.upper().startswith(PRIVATE_BEGINS)]
    if not found:
        raise UnsafeOperation(NO_IDENTITY.format(path=path))
    try:
        return [x25519.Identity.from_str(word) for word in found]
    except pyrage.IdentityError as problem:
        raise UnsafeOperation(BROKEN_IDENTITY.format(path=path)) from problem


def encrypt(parts: Iterable[bytes], write: Take, keys: Iterable[BackupKey]) -> None:
    """Hand what `parts` yields to `write`, to be opened with any of `keys`. Raises what either raises."""
    source, closed = _Noting(_Joined(parts).read), _Noting(write)
    recipients = [x25519.Recipient.from_str(key.recipient) for key in keys]
    with _own_trouble(source, closed):
        pyrage.encrypt_io(_Source(source), _Target(closed), recipients)


def decrypt(read: Callable[[int], bytes], take: Take, identities: list[Any]) -> None:
    """Hand what `read` gives to `take`, opened, piece by piece; none of it counts before the end is reached.

    Raises:
        NoKeyFits, NotWhole: it can't be opened; what was handed on by then is to be thrown away.
        BaseException: what `read` or `take` raises.
    """
    source, opened = _Noting(read), _Noting(take)
    with _own_trouble(source, opened):
        try:
            pyrage.decrypt_io(_Source(source), _Target(opened), identities)
        except Exception as problem:
            raise (NoKeyFits if NO_FIT in str(problem) else NotWhole) from problem


@contextmanager
def _own_trouble(*ends: "_Noting") -> Iterator[None]:
    """Raise what went wrong at either end as it is, whatever the library made of it.

    It hands on the text alone, and of the last piece not even that: a full disk would pass for a backup.
    """
    try:
        yield
    finally:
        for end in ends:
            if end.trouble is not None:
                raise end.trouble from None


class _Noting:
    """Calls, and keeps what went wrong."""

    def __init__(self, call: Callable[[Any], Any]) -> None:
        self._call = call
        self.trouble: BaseException | None = None  # an interruption too

    def __call__(self, what: Any) -> Any:
        try:
            return self._call(what)
        except BaseException as trouble:
            self.trouble = trouble
            raise


class _Source:
    """A file to the library, which reads it."""

    def __init__(self, read: _Noting) -> None:
        self.read = read


class _Target:
    """A file to the library, which writes it."""

    def __init__(self, take: _Noting) -> None:
        self._take = take

    def write(self, part: bytes) -> int:
        self._take(part)
        return len(part)

    def flush(self) -> None:
        """Do nothing: who opened the file flushes it."""


class _Joined:
    """Pieces of any length, read as a file is."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts, self._held = iter(parts), bytearray()

    def read(self, size: int) -> bytes:
        while len(self._held) < size and (part := next(self._parts, None)) is not None:
            self._held += part
        found = bytes(self._held[:size])
        del self._held[:size]
        return found
