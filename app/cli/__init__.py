"""The `enplan` command: reads the words, runs what was asked for, and says in one sentence when it can't."""

import re
import sys
from argparse import Action, ArgumentParser, ArgumentTypeError, HelpFormatter, Namespace
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from app.cli.error_messages import CommandFailed, error_sentence
from app.config import BadConfiguration
from app.demo.demo_instance import DEFAULT
from app.i18n import DANISH, LANGUAGES

MISUSED = 2  # the exit code for words or settings that are wrong
HIGHEST_PORT = 65535

WHERE = (
    "Uden --data bruges ENPLAN_DATABASE_URL; ellers demoen i .data/demo, hvis den er der; "
    "ellers .data/enplan.db."
)
SETTINGS = (
    "Indstillinger: ENPLAN_DATABASE_URL, ENPLAN_SECRET_KEY, ENPLAN_ORIGIN, ENPLAN_CONFIG og "
    "ENPLAN_TRUSTED_PROXY (adressen på proxyen foran, eller none, hvis der ingen er)."
)
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


def person(word: str) -> UUID:
    try:
        return UUID(word)
    except ValueError:
        raise ArgumentTypeError(f"{word} er ikke et id.") from None


def build_parser() -> Parser:
    parser = Parser(prog="./enplan", description="Én plan: borgerens ene plan, delt med dem, der hjælper.")
    commands = parser.add_subparsers(title="Kommandoer", dest="command", metavar="KOMMANDO", required=True)

    def command(name: str, run: str, help: str, **more: Any) -> Parser:
        one: Parser = commands.add_parser(name, help=help, description=help, **more)
        one.set_defaults(run=run)
        return one

    demo = command("demo", "app.cli.demo:run", "start demoen: Solbjerg Kommune, hvor alle er fundet på")
    demo.options.add_argument("--port", type=port, default=5000, help="porten, 0 for en ledig (5000)")
    demo.options.add_argument("--host", default="127.0.0.1", help="adressen (127.0.0.1: kun denne maskine)")
    demo.options.add_argument("--data", type=Path, default=DEFAULT, help=f"demoens mappe ({DEFAULT})")
    demo.options.add_argument("--reset", action="store_true", help="slet alt i demoen, og begynd forfra")
    demo.options.add_argument("--now", help="lad uret stå her, f.eks. 2026-11-24T10:00+01:00")

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

    _add_people(command)
    _add_token(command("token", "", "adgang for andre systemer"))
    _add_upkeep(command)
    _add_translate(command)
    return parser


def _add_translate(command: Callable[..., Parser]) -> None:
    words = command("translate", "app.cli.translate:run", "saml teksterne, og se, om alle er oversat")
    words.options.add_argument("--new", choices=CODES, metavar="SPROG", help="begynd på et sprog mere")


def _add_people(command: Callable[..., Parser]) -> None:
    load = command(
        "import",
        "app.cli.import_people:run",
        "hent personer fra en CSV-fil eller møder fra en .ics-fil",
        epilog=WHERE,
    )
    load.add_argument("file", type=Path, metavar="FIL", help="filen, med endelsen .csv eller .ics")
    _with_data(load)
    invite = command("invite", "app.cli.invite:run", "inviter en person: skriver en kode og en QR-kode")
    invite.epilog = f"Også for ansatte: de laver deres adgangsnøgle på samme måde. {WHERE}"
    who = invite.options.add_mutually_exclusive_group(required=True)
    who.add_argument("person", nargs="?", type=person, metavar="ID", help="personens id (UUID)")
    who.add_argument("--slug", metavar="NAVN", help="eller navnet i demoen, f.eks. anna")
    _with_data(invite)


def _add_upkeep(command: Callable[..., Parser]) -> None:
    save = command("backup", "app.cli.upkeep:backup_command", "tag en sikkerhedskopi, også mens der skrives")
    save.add_argument("file", type=Path, metavar="FIL", help="filen, som ikke må være der i forvejen")
    back = command(
        "restore", "app.cli.upkeep:restore_command", "hent en sikkerhedskopi frem i en tom database"
    )
    back.add_argument("file", type=Path, metavar="FIL", help="filen fra ./enplan backup")
    look = command("doctor", "app.cli.upkeep:doctor_command", "se, om alt er, som det skal være")
    for one in (save, back, look):
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
    for one in (create, revoke):
        _with_data(one)


def _with_data(one: Parser) -> None:
    one.options.add_argument("--data", type=Path, help="en demos mappe")


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; no command means the demo."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["demo", *arguments]
    asked = build_parser().parse_args(arguments)
    try:
        return run(asked)
    except CommandFailed as fault:
        said, code = str(fault), fault.code
    except BadConfiguration as problem:
        said, code = str(problem), MISUSED
    except (OSError, DBAPIError) as problem:
        said, code = error_sentence(problem), 1
    except KeyboardInterrupt:
        said, code = "Afbrudt.", 130
    print(said, file=sys.stderr)
    return code


def run(asked: Namespace) -> int:
    """Run the command that was asked for. Its module is read only now: each brings much along."""
    module, _colon, name = asked.run.partition(":")
    return int(getattr(import_module(module), name)(asked))
