"""Which database a command means, and whether it is ours, before anything touches it."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from app.cli.error_messages import CommandFailed
from app.environment import check_database_url
from app.store.db import Database, sqlite_driver
from app.store.sqlite_file import DatabaseInUse, ForeignLog, in_use, refuse_other_file

SQLITE_BEGINS = b"SQLite format 3\0"
IN_USE = "{path} er i brug, eller filen er byttet ud under et program, der kører: stop det, og prøv igen."
FOREIGN_LOG = (
    "Ved siden af {path} ligger en log, der hører til en anden database: programmet blev afbrudt, og filen er"
    " byttet ud siden. Læg den gamle fil tilbage, eller flyt {path}-wal væk, og prøv igen."
)
STRANGE = "{path} kan ikke læses som database ({problem}): flyt filen."
CLOSED = (
    "{path} kan ikke åbnes: se, om disken er skrivebeskyttet eller fuld, og om mappen må ændres."
    " Lad filen ligge."
)
OUR_TABLES = {"alembic_version", "municipality", "person"}


def refuse_foreign(url: str) -> None:
    """Stop if the SQLite file of `url` is not one of ours. An absent or an empty file is nobody's yet.

    Opening a file the usual way already writes to it (the journal mode), so we look first, without writing.
    """
    path = sqlite_path(url)
    if path is None or not path.exists():
        return
    if path.is_dir():
        raise CommandFailed(f"{path} er en mappe, og der skulle ligge en database: flyt den.")
    with path.open("rb") as file:
        begins = file.read(len(SQLITE_BEGINS))
    if not begins:
        return
    if begins != SQLITE_BEGINS:
        raise CommandFailed(f"{path} er ikke en database: flyt filen, så rører vi den ikke.")
    try:
        refuse_other_file(path)
    except DatabaseInUse as problem:
        raise CommandFailed(in_use_sentence(problem, path)) from problem
    tables = _tables(path)
    if tables and not tables >= OUR_TABLES:
        raise CommandFailed(f"{path} hører til et andet program: flyt filen, så rører vi den ikke.")


def in_use_sentence(problem: DatabaseInUse, path: Path) -> str:
    """Return why a database file can't be used now, and what to do."""
    return (FOREIGN_LOG if isinstance(problem, ForeignLog) else IN_USE).format(path=path)


def _tables(path: Path) -> set[str]:
    driver = sqlite_driver()
    try:
        with closing(driver.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            }
    except driver.DatabaseError as problem:
        said = CLOSED if "unable to open" in str(problem) else STRANGE
        raise CommandFailed(said.format(path=path, problem=problem)) from problem


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite database, or None for any other; raise as `check_database_url`."""
    check_database_url(url)
    parts = make_url(url)
    return Path(str(parts.database)) if parts.drivername == "sqlite" else None


def check_folder(folder: Path) -> None:
    """Make sure that files can be written in `folder`, which is made if it is missing.

    Raises:
        OSError: it can't be.
    """
    folder.mkdir(0o700, parents=True, exist_ok=True)  # what is written in it is for its owner alone
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"x")


@contextmanager
def hold_database(url: str) -> Iterator[None]:
    """Hold a SQLite database as in use while the block runs, so that nobody puts another in its place."""
    path = sqlite_path(url)
    if path is None:
        yield  # PostgreSQL knows who is connected
        return
    try:
        with in_use(path):
            yield
    except DatabaseInUse as problem:
        raise CommandFailed(in_use_sentence(problem, path)) from problem


@contextmanager
def is_another_serving(url: str) -> Iterator[bool]:
    """Say whether another server has this SQLite database already; be one while the block runs."""
    path = sqlite_path(url)
    with ExitStack() as stack:
        another = False
        if path is not None:
            try:
                stack.enter_context(in_use(Path(f"{path.resolve()}-serve"), alone=True))
            except DatabaseInUse:
                another = True
        yield another


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    """Yield a database that is ours and stands at the newest step."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise CommandFailed(f"Der er ingen database i {path}: kør ./enplan migrate.")
    refuse_foreign(url)
    database = Database(url)
    try:
        check_schema(database)
        yield database
    finally:
        database.close()


def check_schema(database: Database) -> None:
    """Stop if the database has not taken every step, or lacks one of its promises."""
    from app.migrations import schema  # noqa: PLC0415 — it brings every model along

    with database.engine.connect() as connection:
        schema.refuse_newer(connection)
        if not schema.at_head(connection):
            raise CommandFailed("Databasen er ikke gjort klar til denne udgave: kør ./enplan migrate.")
        missing = schema.missing_constraints(connection)
    if missing:
        raise CommandFailed(
            f"Databasen mangler {', '.join(missing)}: hent en sikkerhedskopi frem, eller spørg os."
        )
