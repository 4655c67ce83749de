"""`translate`: bring the catalogues up to date with the texts, and name what they lack."""

from argparse import Namespace
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from app import i18n
from app.cli.catalogue import brought_up_to_date, problems, read_texts, write_catalogue
from app.cli.error_messages import CommandFailed


def run(asked: Namespace) -> int:
    """Update every catalogue, and a new one if asked for; the exit code is 0 only if none lacks anything."""
    found = {path.parent.parent.name: path for path in i18n.CATALOGUES.glob("*/LC_MESSAGES/messages.po")}
    if asked.new:
        found.setdefault(asked.new, i18n.CATALOGUES / asked.new / "LC_MESSAGES" / "messages.po")
    texts, well = read_texts(), True
    for code, path in sorted(found.items()):
        catalogue = brought_up_to_date(_read(path, code), texts)
        write_catalogue(catalogue, path)
        faults = list(problems(catalogue))
        well = well and not faults
        said = [f"{code}: {fault}" for fault in faults] or [f"{code}: {len(catalogue)} tekster, i orden"]
        print("\n".join(said))
    return 0 if well else 1


def _read(path: Path, code: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=code)
    try:
        with path.open("rb") as source:
            return read_po(source, locale=code, abort_invalid=True)
    except PoFileError as problem:
        raise CommandFailed(f"{path} kan ikke læses ({problem}): ret linjen.") from problem
