"""The `enplan` command: reads the words, runs what was asked for, and says in one sentence when it can't."""

import os
import re
import sys
from argparse import Action, ArgumentParser, ArgumentTypeError, HelpFormatter, Namespace
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.exc import DBAPIError

from app.cli.error_messages import CommandFailed, error_sentence
from app.config_faults import BadConfiguration
from app.demo.demo_instance import DEFAULT
from app.environment import read_log_format
from app.errors import SchemaIsNewer
from app.i18n import DANISH, LANGUAGES
from app.identity.rules import Role
from app.people_import.fields import read_roles, read_written_day
from app.people_import.line_errors import InvalidCell
from app.run.logs import start_logging
from app.web.events import Event, record_event

MISUSED = 2  # the exit code for words or settings that are wrong
HIGHEST_PORT = 65535
MOST_CITIZENS = 1_000_000

WHERE = (
    "Uden --data bruges ENPLAN_DATABASE_URL; ellers demoen i .data/demo, hvis den er der; "
    "ellers .data/enplan.db."
)
SETTINGS = (
    "Indstillinger: ENPLAN_DATABASE_URL, ENPLAN_SECRET_KEY, ENPLAN_ORIGIN, ENPLAN_CONFIG og "
    "ENPLAN_TRUSTED_PROXY (adressen på proxyen foran, eller none, hvis der ingen er)."
)
PERSON = "telefon, e-mail, nummer eller id"
SCOPES = ("meetings", "plan.read", "plan.write", "people")
CODES = tuple(one.code for one in LANGUAGES if one is not DANISH)

# What argparse says → how we say it.
SAID = (
    (r"argument KOMMANDO: invalid choice: '(.*?)'.*", r"Ukendt kommando: \1"),
    (r"unrecognized arguments: (.*)", r"Det forstod vi ikke: \1"),
    (r"the following arguments are required: (.*)", r"Der mangler: \1"),
    (r"one of the arguments (.*) is required", r"Der mangler en af: \1"),
    (r"argument (\S+): expected .*", r"Der mangler noget efter \1"),
    (r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", r"\1 kan ikke være \2. Vælg mellem \3"),
    (r"argument (\S+): (.*)", r"\1: \2"),
)


class DanishHelp(HelpFormatter):
    """Help whose first word is Danish; the titles are the parser's."""

    def add_usage(
        self, usage: str | None, actions: Iterable[Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, "Brug: " if prefix is None else prefix)


class Parser(ArgumentParser):
    """Words to settings; wrong words end in a short usage and exit code 2."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more, add_help=False, formatter_class=DanishHelp, allow_abbrev=False)
        self._positionals.title = "Skal med"
        self.options = self.add_argument_group("Valg")
        self.options.add_argument("-h", "--help", action="help", help="vis denne hjælp")

    def error(self, message: str) -> NoReturn:
        said = next(
            (re.sub(sign, ours, message) for sign, ours in SAID if re.fullmatch(sign, message)), message
        )
        self.exit(MISUSED, f"{self.format_usage()}{said}\n")


def port(word: str) -> int:
    if not word.isdigit() or int(word) > HIGHEST_PORT:
        raise ArgumentTypeError(f"en port er et tal fra 0 til {HIGHEST_PORT}.")
    return int(word)


def day(word: str) -> date:
    try:
        return read_written_day(word)
    except InvalidCell as why:
        raise ArgumentTypeError(str(why)) from why


def role(word: str) -> Role:
    try:
        named = read_roles(word)
    except InvalidCell as why:
        raise ArgumentTypeError(str(why)) from why
    if len(named) > 1:
        raise ArgumentTypeError("én rolle ad gangen.")
    return min(named)


def citizens(word: str) -> int:
    if not word.isdigit() or not 1 <= int(word) <= MOST_CITIZENS:
        raise ArgumentTypeError(f"et tal fra 1 til {MOST_CITIZENS}.")
    return int(word)


def build_parser() -> Parser:
    parser = Parser(prog="./enplan", description="Én plan: borgerens ene plan, delt med dem, der hjælper.")
    commands = parser.add_subparsers(title="Kommandoer", dest="command", metavar="KOMMANDO", required=True)

    def command(name: str, run: str, help: str, **more: Any) -> Parser:
        one: Parser = commands.add_parser(name, help=help, description=help, **more)
        one.set_defaults(run=run)
        return one

    _add_demo(command)
    _add_serve(command)
    _add_init(command)
    _add_config(command("config", "", "kommunens indstillinger"))
    _add_seed(command)
    _add_people(command)
    _add_key(command("key", "", "den hemmelige nøgle, og den til sikkerhedskopier"))
    _add_token(command("token", "", "adgang for andre systemer"))
    _add_upkeep(command)
    _add_translate(command)
    return parser


def _add_demo(command: Callable[..., Parser]) -> None:
    demo = command("demo", "app.cli.demo:run", "start demoen: Solbjerg Kommune, hvor alle er fundet på")
    demo.options.add_argument("--port", type=port, default=5000, help="porten, 0 for en ledig (5000)")
    demo.options.add_argument("--host", default="127.0.0.1", help="adressen (127.0.0.1: kun denne maskine)")
    demo.options.add_argument("--data", type=Path, default=DEFAULT, help=f"demoens mappe ({DEFAULT})")
    demo.options.add_argument("--reset", action="store_true", help="slet alt i demoen, og begynd forfra")
    demo.options.add_argument("--now", help="lad uret stå her, f.eks. 2026-11-24T10:00+01:00")


def _add_serve(command: Callable[..., Parser]) -> None:
    serve = command(
        "serve", "app.cli.serve:run", "start en rigtig server med indstillinger fra miljøet", epilog=SETTINGS
    )
    serve.options.add_argument("--port", type=port, default=8000, help="porten (8000)")
    serve.options.add_argument("--host", default="127.0.0.1", help="adressen (127.0.0.1)")
    _with_data(
        command(
            "migrate", "app.cli.serve:migrate_command", "gør databasen klar til denne udgave", epilog=WHERE
        )
    )
    _with_data(
        command(
            "worker", "app.cli.serve:work", "gør det, der er tid til: svar, der er for sene", epilog=WHERE
        )
    )


def _add_init(command: Callable[..., Parser]) -> None:
    about = "lav en mappe med det, en kommune begynder med: indstillinger, nøgle, tjenester"
    init = command("init", "app.cli.init:run", about)
    init.add_argument("folder", type=Path, metavar="MAPPE", help="mappen; det, der er i den, røres ikke")
    init.options.add_argument("--name", metavar="NAVN", help="kommunens navn")
    init.options.add_argument("--origin", metavar="ADRESSE", help="den offentlige adresse, med https")


def _add_config(config: Parser) -> None:
    verbs = config.add_subparsers(title="Kommandoer", dest="verb", metavar="KOMMANDO", required=True)
    about = "se alle indstillinger efter, og nævn alle fejl på én gang"
    check: Parser = verbs.add_parser("check", help=about, description=about, epilog=SETTINGS)
    check.set_defaults(run="app.cli.config_check:run")


def _add_key(key: Parser) -> None:
    verbs = key.add_subparsers(title="Kommandoer", dest="verb", metavar="KOMMANDO", required=True)
    about = "gå over til nøglen i ENPLAN_SECRET_KEY fra den i ENPLAN_SECRET_KEY_OLD"
    rotate: Parser = verbs.add_parser("rotate", help=about, description=about, epilog=SETTINGS)
    rotate.set_defaults(run="app.cli.key_rotate:run")
    about = "lav et nøglepar til krypterede sikkerhedskopier; filen må ikke blive på serveren"
    pair: Parser = verbs.add_parser("backup", help=about, description=about)
    pair.set_defaults(run="app.cli.key_backup:run")
    pair.add_argument("file", type=Path, metavar="FIL", help="hvor den private halvdel lægges")
    pair.options.add_argument(
        "--name", required=True, metavar="NAVN", help="det navn, I kender nøglen på, f.eks. kopi-2026"
    )


def _add_translate(command: Callable[..., Parser]) -> None:
    words = command("translate", "app.cli.translate:run", "saml teksterne, og se, om alle er oversat")
    words.options.add_argument("--new", choices=CODES, metavar="SPROG", help="begynd på et sprog mere")


def _add_seed(command: Callable[..., Parser]) -> None:
    about = "fyld en tom database med borgere, der er fundet på"
    seed = command("seed", "app.cli.seed_database:run", about, epilog=WHERE)
    seed.options.add_argument(
        "--citizens", type=citizens, required=True, metavar="N", help="hvor mange borgere"
    )
    seed.options.add_argument("--seed", type=int, default=1, metavar="S", help="samme tal, samme borgere (1)")
    _with_data(seed)


def _add_people(command: Callable[..., Parser]) -> None:
    load = command(
        "import",
        "app.cli.import_people:run",
        "hent personer fra en CSV-fil eller møder fra en .ics-fil",
        epilog=WHERE,
    )
    load.add_argument("file", type=Path, metavar="FIL", help="filen, med endelsen .csv eller .ics")
    load.options.add_argument("--preview", action="store_true", help="vis kun, hvad filen ville gøre")
    load.options.add_argument("--new-departments", action="store_true", help="lav de afdelinger, der er nye")
    _with_data(load)
    _add_invite(command)
    _add_persons(command("people", "", "dem, der er i Én plan"))


def _add_invite(command: Callable[..., Parser]) -> None:
    invite = command("invite", "app.cli.invite:run", "luk nogen ind: skriver en kode og en QR-kode til hver")
    invite.epilog = f"Også for ansatte: de laver deres adgangsnøgle på samme måde. {WHERE}"
    invite.set_defaults(misused=invite.error)
    invite.options.add_argument("person", nargs="*", metavar="PERSON", help=PERSON)
    invite.options.add_argument(
        "--unit", metavar="AFDELING", help="alle i afdelingen, der ikke har adgang endnu"
    )
    about = "borgerne, som afdelingens kontaktpersoner har, i stedet for de ansatte"
    invite.options.add_argument("--citizens", action="store_true", help=about)
    invite.options.add_argument("--slug", metavar="NAVN", help="eller navnet i demoen, f.eks. anna")
    invite.options.add_argument("--paper", type=Path, metavar="FIL", help="et ark til hver i en .html-fil")
    _with_data(invite)


def _add_persons(people: Parser) -> None:
    verbs = people.add_subparsers(title="Kommandoer", dest="verb", metavar="KOMMANDO", required=True)
    about = "find nogen: navn, rolle, afdeling og id"
    find: Parser = verbs.add_parser("find", help=about, description=about, epilog=WHERE)
    find.set_defaults(run="app.cli.people:find")
    find.add_argument("text", nargs="+", metavar="TEKST", help=f"en del af navnet, eller {PERSON}")
    _with_data(find)
    about = "luk nogen ude: roller, steder, der er logget ind, adgangsnøgler og kalenderlinks"
    end: Parser = verbs.add_parser("end", help=about, description=about, epilog=WHERE)
    end.set_defaults(run="app.cli.people:end")
    end.add_argument("person", metavar="PERSON", help=PERSON)
    end.options.add_argument(
        "--role", type=role, metavar="ROLLE", help="kun den rolle; ellers dem, der følger med arbejdet"
    )
    end.options.add_argument("--on", type=day, metavar="DATO", help="den første dag uden adgang (nu)")
    end.options.add_argument("--handover-to", metavar="PERSON", help="hvem borgerne får som kontaktperson nu")
    _with_data(end)


def _add_upkeep(command: Callable[..., Parser]) -> None:
    save = command("backup", "app.cli.upkeep:backup_command", "tag en sikkerhedskopi, også mens der skrives")
    save.add_argument("file", type=Path, metavar="FIL", help="filen, som ikke må være der i forvejen")
    save.options.add_argument(
        "--recipient",
        action="append",
        metavar="NAVN:NØGLE",
        help="krypter til den offentlige nøgle, også flere; ellers til dem i ENPLAN_BACKUP_RECIPIENT",
    )
    back = command(
        "restore", "app.cli.upkeep:restore_command", "hent en sikkerhedskopi frem i en tom database"
    )
    back.add_argument("file", type=Path, metavar="FIL", help="filen fra ./enplan backup")
    back.options.add_argument(
        "--identity", type=Path, metavar="FIL", help="den private nøgle, der åbner en krypteret kopi"
    )
    look = command("doctor", "app.cli.upkeep:doctor_command", "se, om alt er, som det skal være")
    old = command("retention", "app.cli.retention:run", "se, hvad der er for gammelt til at blive gemt")
    old.options.add_argument("--now", action="store_true", help="slet det nu; ellers gør worker det")
    for one in (save, back, look, old):
        one.epilog = WHERE
        _with_data(one)


def _add_token(token: Parser) -> None:
    verbs = token.add_subparsers(title="Kommandoer", dest="verb", metavar="KOMMANDO", required=True)
    create: Parser = verbs.add_parser(
        "create",
        help="giv et system adgang",
        description="Skriver nøglen alene på sidste linje, én gang.",
        epilog=WHERE,
    )
    create.set_defaults(run="app.cli.token:create")
    create.options.add_argument("--system", required=True, metavar="NAVN", help="systemets navn")
    create.options.add_argument(
        "--scope",
        required=True,
        nargs="+",
        action="extend",
        choices=SCOPES,
        metavar="ADGANG",
        help=" ".join(SCOPES),
    )
    revoke: Parser = verbs.add_parser("revoke", help="tag adgangen fra et system", epilog=WHERE)
    revoke.set_defaults(run="app.cli.token:revoke")
    revoke.add_argument("system", metavar="NAVN", help="systemets navn")
    about = "vis systemerne, hvad deres nøgler åbner, og hvornår de sidst blev brugt"
    listed: Parser = verbs.add_parser("list", help=about, description=about, epilog=WHERE)
    listed.set_defaults(run="app.cli.token:list_all")
    for one in (create, revoke, listed):
        _with_data(one)


def _with_data(one: Parser) -> None:
    one.options.add_argument("--data", type=Path, help="en demos mappe")


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; no command means the demo."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["demo", *arguments]
    asked, code = Namespace(command=None), MISUSED
    try:
        _refuse_bytes(arguments)
        asked = build_parser().parse_args(arguments)
        with suppress(BadConfiguration):  # who reads the settings tells of it, with all else that is wrong
            if chosen := read_log_format(os.environ):
                start_logging(chosen)
        code = run(asked)
        return code
    except CommandFailed as fault:
        said, code = str(fault), fault.code
    except BadConfiguration as problem:
        said, code = str(problem), MISUSED
    except (OSError, DBAPIError) as problem:
        said, code = error_sentence(problem), 1
    except SchemaIsNewer as problem:
        said, code = str(problem), 1
    except KeyboardInterrupt:
        said, code = "Afbrudt.", 130
    finally:
        record_event(Event.COMMAND, command=_name(asked), code=code)
    print(said, file=sys.stderr)
    return code


def _name(asked: Namespace) -> str:
    return " ".join(filter(None, [asked.command, getattr(asked, "verb", None)]))


def _refuse_bytes(arguments: list[str]) -> None:
    """Stop at a word that is no text: nothing could be looked up, stored or printed by it."""
    try:
        "".join(arguments).encode()
    except UnicodeEncodeError as problem:
        raise CommandFailed("Et af ordene er ikke skrevet som UTF-8: skriv det igen.", MISUSED) from problem


def run(asked: Namespace) -> int:
    """Run the command that was asked for. Its module is read only now: each brings much along."""
    module, _colon, name = asked.run.partition(":")
    return int(getattr(import_module(module), name)(asked))
