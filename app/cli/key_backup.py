"""`key backup`: a key for encrypted backups, whose private half is meant to leave the server at once."""

import os
from argparse import Namespace
from pathlib import Path

from app.backup_keys import BAD_NAME, SETTING, BackupKey, is_name_of_key
from app.cli.error_messages import CommandFailed
from app.dates.clock import system_clock
from app.upkeep.age_file import is_age_file, make_key_pair
from app.upkeep.atomic_file import atomic_write
from app.upkeep.rules import UnsafeOperation

FILE = """\
# Den private nøgle til Én plans sikkerhedskopier. Den åbner dem alle; uden den kan ingen åbne dem.
# Gem den to steder uden for serveren, og aldrig samme sted som kopierne.
# name: {key.name}
# created: {made}
# public key: {key.recipient}
{private}
"""
DONE = """\
{file} er den private nøgle »{key.name}«. Den åbner de kopier, der er krypteret til den, og intet andet gør.
1. Læg filen to steder uden for serveren, f.eks. hos jeres adgangskoder og på en USB-nøgle i et aflåst skab.
   Læg den aldrig samme sted som kopierne.
2. Slet den her: shred -u {file}
3. Sæt den offentlige halvdel i enplan.env. Den er ikke hemmelig:
{setting}={key}"""
AMONG_BACKUPS = (
    "I mappen {folder} ligger krypterede kopier, og nøglen må ikke ligge samme sted: vælg en anden mappe."
)


def run(asked: Namespace) -> int:
    """Write the private half to a new file, and say where it is to be kept and what the server is told."""
    if not is_name_of_key(asked.name):
        raise CommandFailed(f"--name {BAD_NAME}", code=2)
    _refuse_among_backups(asked.file.absolute().parent)
    public, private = make_key_pair()
    key = BackupKey(asked.name, public)
    made = system_clock().isoformat(timespec="seconds")
    try:
        with atomic_write(asked.file) as draft:
            draft.write_text(FILE.format(key=key, made=made, private=private), "utf-8")
    except UnsafeOperation as problem:
        raise CommandFailed(str(problem)) from problem
    print(DONE.format(file=asked.file, key=key, setting=SETTING))
    return 0


def _refuse_among_backups(folder: Path) -> None:
    """Stop if the key would lie where the backups do: whoever takes the one would have the other."""
    if not folder.is_dir():
        return  # who writes the file says so
    for one in folder.iterdir():
        if one.is_file() and os.access(one, os.R_OK) and is_age_file(one):
            raise CommandFailed(AMONG_BACKUPS.format(folder=folder))
