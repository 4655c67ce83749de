"""What can go wrong when a command starts, each as one sentence that says what to do."""

import errno
import re
import socket

from sqlalchemy.exc import DBAPIError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}

DISK_FULL = "Disken er fuld, så intet er ændret: gør plads, og prøv igen."

# What a database says → what the person can do about it. The first that fits is shown.
DATABASE = (
    (r"database or disk is full|disk I/O error|No space left", DISK_FULL),
    (
        r"file was replaced",
        "Databasens fil er byttet ud, mens programmet kørte, så intet er gemt: stop det, og start det igen.",
    ),
    (
        r"readonly database|unable to open database file",
        "Der kan ikke skrives i databasen: se, om mappen må ændres.",
    ),
    (
        r"not a database|malformed",
        "Databasen er beskadiget eller er noget andet end en database: flyt filen.",
    ),
    (r"database is locked", "Databasen er optaget af et andet program: prøv igen om lidt."),
    (
        r'database "[^"]*" does not exist',
        "Databasen findes ikke på serveren: opret den med createdb, eller ret navnet i ENPLAN_DATABASE_URL.",
    ),
    (
        r"password authentication failed|no password supplied|no pg_hba.conf entry|role .* does not exist",
        "Databasen lukker ikke brugeren ind: se bruger og adgangskode i ENPLAN_DATABASE_URL."
        " Et særligt tegn i koden skrives som % og to tegn, f.eks. %2F for /.",
    ),
    (
        r"resolve host|translate host name|Name or service not known",
        "Serveren i ENPLAN_DATABASE_URL findes ikke: se navnet efter @.",
    ),
    (r"no such table|does not exist|UndefinedTable", "Databasen er ikke gjort klar: kør ./enplan migrate."),
    (r"connect|refused|resolve|authentication|password", "Databasen svarer ikke: se ENPLAN_DATABASE_URL."),
)


class CommandFailed(Exception):
    """The command can't go on. The text is the one sentence that the person sees; `code` is the exit code."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def error_sentence(problem: OSError | DBAPIError) -> str:
    """Return one sentence for what the machine or the database said."""
    return _database(problem) if isinstance(problem, DBAPIError) else _machine(problem)


def _database(problem: DBAPIError) -> str:
    said = str(problem.orig)  # never the statement: it may carry what people wrote
    known = next((sentence for sign, sentence in DATABASE if re.search(sign, said, re.IGNORECASE)), None)
    return known or f"Databasen siger nej ({type(problem.orig).__name__}), og intet er ændret."


def _machine(problem: OSError) -> str:
    name = problem.filename or "Mappen"
    if problem.errno in FULL:
        return DISK_FULL
    if problem.errno in CLOSED:
        where = problem.filename or "mappen"
        return f"Der kan ikke skrives i {where}: vælg en anden mappe, eller få ret til at skrive i den."
    if problem.errno in IN_THE_WAY:
        return f"{name} er i vejen: vælg en anden mappe, eller flyt filen."
    return f"{name} kan ikke bruges ({problem.strerror or problem}): vælg en anden mappe."


def port_error_sentence(problem: OSError, host: str, port: int, command: str) -> str:
    """Return one sentence for why the address could not be taken, and how to choose another."""
    other = port + 1 if 0 < port < 65535 else 5000  # noqa: PLR2004 — the last port there is
    another = f"vælg en anden port, f.eks. ./enplan {command} --port {other}."
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} er optaget: {another}"
    if problem.errno in CLOSED:
        return f"Port {port} må du ikke bruge: {another}"
    if problem.errno == errno.EADDRNOTAVAIL or isinstance(problem, socket.gaierror):
        return f"Maskinen har ikke adressen {host}: vælg en anden med --host, f.eks. 127.0.0.1."
    return f"Adressen {host}:{port} kan ikke bruges ({problem.strerror or problem}): {another}"
