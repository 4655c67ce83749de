"""`init`: a folder with all that a site of one's own begins with. What is there already is left as it is.

The settings that nobody can guess (phones, opening hours) are left empty, so that `config check` names each
with its line and an example.
"""

import json
import os
import secrets
import shlex
from argparse import Namespace
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from sqlalchemy.engine import URL

from app.cli.error_messages import CommandFailed
from app.config_faults import BadConfiguration
from app.dates.clock import system_clock
from app.environment import read_origin

TEMPLATES = Path(__file__).parent / "new_site"
SETTINGS, ENVIRONMENT, PEOPLE = "enplan.toml", "enplan.env", "personer.csv"
FILES = (SETTINGS, ENVIRONMENT, PEOPLE, "enplan.service", "enplan-worker.service", "nginx.conf")
COMMAND = Path(__file__).parents[2] / "enplan"
KEY_BYTES = 48
MOST = 120  # letters in a municipality's name
NO_ORIGIN = "https://plan.example.dk"

NEXT = """Gør nu det her:
1. Ret {settings}. Den offentlige adresse (ENPLAN_ORIGIN) står i {environment}.
2. set -a; . {quoted_environment}; set +a
3. ./enplan config check
4. ./enplan migrate
5. Skriv jer selv på en linje i {people}, f.eks.:
   M1;Asta Prøve;administrator;;;20304050;asta@kommunen.example;
6. ./enplan import {quoted_people}
7. ./enplan invite asta@kommunen.example (eller telefonnummeret)
8. ./enplan serve, og i en anden terminal ./enplan worker"""


def run(asked: Namespace) -> int:
    """Lay the files that aren't there, and say what to do next."""
    folder = asked.folder.absolute()
    words = _words(folder, _name(asked.name), _origin(asked.origin), now=system_clock())
    folder.mkdir(0o700, parents=True, exist_ok=True)
    laid = [name for name in FILES if _lay(folder / name, words)]
    there = [name for name in FILES if name not in laid]
    if laid:
        print(f"Lavet i {folder}: {', '.join(laid)}.")
    if there:
        print(f"Var der i forvejen og er ikke rørt: {', '.join(there)}.")
    settings, environment, people = (folder / name for name in (SETTINGS, ENVIRONMENT, PEOPLE))
    print(
        NEXT.format(
            settings=settings,
            environment=environment,
            people=people,
            quoted_environment=shlex.quote(str(environment)),
            quoted_people=shlex.quote(str(people)),
        )
    )
    return 0


def _lay(path: Path, words: Mapping[str, str]) -> bool:
    """Write a file for its owner alone, unless there is one; say whether it was written."""
    text = Template((TEMPLATES / path.name).read_text("utf-8")).substitute(words)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with open(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return True


def _words(folder: Path, name: str, origin: str, *, now: datetime) -> dict[str, str]:
    """Return what stands in the files for each word with a dollar sign, as each kind of file writes it."""
    database = URL.create("sqlite", database=str(folder / "data" / "enplan.db")).render_as_string()
    return {
        "name": _toml(name),
        "responsible": _toml(f"{name} har ansvaret for dine oplysninger."),
        "year": str(now.year),
        "today": now.date().isoformat(),
        "env_file": str(folder / ENVIRONMENT),
        "database_url": shlex.quote(database),
        "secret_key": secrets.token_urlsafe(KEY_BYTES),
        "origin": origin,
        "config_file": shlex.quote(str(folder / SETTINGS)),
        "host_name": str(urlsplit(origin).hostname),
        "unit_env_file": _unit(str(folder / ENVIRONMENT)),
        "unit_folder": f'"{_unit(str(folder))}"',
        "unit_command": f'"{_unit(str(COMMAND))}"',
    }


def _name(said: str | None) -> str:
    name = "Solbjerg Kommune" if said is None else said.strip()
    if not 1 <= len(name) <= MOST or not name.isprintable():
        raise CommandFailed(f"--name er kommunens navn på 1 til {MOST} tegn.", code=2)
    return name


def _origin(said: str | None) -> str:
    try:
        return read_origin({"ENPLAN_ORIGIN": said or NO_ORIGIN})
    except BadConfiguration as bad:
        raise CommandFailed(f"--origin er den offentlige adresse, f.eks. {NO_ORIGIN}.", code=2) from bad


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _unit(text: str) -> str:
    return text.replace("%", "%%")  # systemd has words of its own that begin so
