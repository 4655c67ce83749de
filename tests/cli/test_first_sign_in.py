"""From an empty folder to the first sign-in, with nothing typed that the screen did not tell."""

import re
import shlex
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from app import create_app
from app.cli import build_parser
from app.config import read_settings
from tests.account.conftest import Phone
from tests.cli.conftest import ROOT, Done, Run
from tests.conftest import CarefulClient
from tests.identity.authenticator import Authenticator

ORIGIN = "https://plan.aas.example"
NAMED = re.compile(r"ENPLAN_CONFIG: enplan\.toml, linje (\d+): .* Skriv f\.eks\. (.+)")


def well(done: Done) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment(shell_line: str) -> dict[str, str]:
    """Return what a shell has after the line that the screen tells one to type."""
    said = subprocess.run(
        ["/bin/sh", "-c", f"{shell_line}; env -0"], capture_output=True, check=True, env={}
    ).stdout
    pairs = (one.partition("=") for one in said.decode().split("\0"))
    return {name: value for name, _is, value in pairs if name.startswith("ENPLAN_")}


def mend(settings: Path, said: str) -> None:
    """Write the example in place of each line that is named."""
    lines = settings.read_text("utf-8").splitlines()
    for fault in said.splitlines():
        found = NAMED.fullmatch(fault)
        assert found, fault
        lines[int(found[1]) - 1] = found[2]
    settings.write_text("\n".join(lines) + "\n", "utf-8")


def steps(said: str) -> dict[str, str]:
    """Return what stands under each number."""
    parts = re.split(r"^(\d)\. ", said, flags=re.MULTILINE)
    return {number: text.strip() for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_from_nothing_to_the_first_sign_in(enplan: Run, tmp_path: Path) -> None:
    folder = tmp_path / "ny kommune æ"
    step = steps(well(enplan("init", folder, "--name", 'Ås "Nye" Kommune', "--origin", ORIGIN)))
    env = environment(step["2"])
    check = shlex.split(step["3"])[1:]
    first = enplan(*check, **env)
    assert first.returncode == 2
    mend(folder / "enplan.toml", first.stderr)
    assert "Indstillingerne er i orden." in well(enplan(*check, **env))
    well(enplan(*shlex.split(step["4"])[1:], **env))
    with (folder / "personer.csv").open("a", encoding="utf-8") as file:
        file.write(step["5"].splitlines()[-1].strip() + "\n")
    assert "Medarbejdere. Nye: 1." in well(enplan(*shlex.split(step["6"])[1:], **env))
    invited = well(enplan(*step["7"].partition(" (")[0].split()[1:], **env)).splitlines()
    assert f"{ORIGIN}/invitation" in invited[-2]
    assert sign_in(env, invited[-1]) == "/administration"
    assert "har adgangsnøgle" in well(enplan("people", "find", "Asta", **env))


def sign_in(env: dict[str, str], code: str) -> str:
    """Type the code on a new phone, make the passkey, and return where the first sign-in leads."""
    app = create_app(read_settings(env))
    app.test_client_class = CarefulClient
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    client = app.test_client()
    client.environ_base |= {"wsgi.url_scheme": "https", "HTTP_HOST": ORIGIN.partition("://")[2]}
    phone = Phone(client, Authenticator(ORIGIN, rp_id=ORIGIN.partition("://")[2]))
    assert phone.try_code(code).location == "/invitation"
    place = phone.accept().location
    assert client.get(place, follow_redirects=True).status_code == 200
    app.extensions["db"].close()
    return str(place)


def test_what_is_there_already_is_left_as_it_is(enplan: Run, tmp_path: Path) -> None:
    well(enplan("init", "k"))
    before = {path.name: path.read_bytes() for path in (tmp_path / "k").iterdir()}
    (tmp_path / "k" / "nginx.conf").unlink()
    said = well(enplan("init", "k", "--name", "En anden"))
    assert "enplan.env" in said.splitlines()[1]
    assert {path.name: path.read_bytes() for path in (tmp_path / "k").iterdir()} | {
        "nginx.conf": b""
    } == before | {"nginx.conf": b""}
    assert (tmp_path / "k" / "enplan.env").stat().st_mode & 0o777 == 0o600


def test_two_sites_have_two_keys(enplan: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        well(enplan("init", name))
    keys = {
        environment(f". {tmp_path}/{name}/enplan.env; export ENPLAN_SECRET_KEY")["ENPLAN_SECRET_KEY"]
        for name in "ab"
    }
    assert len(keys) == 2
    assert min(map(len, keys)) >= 64


def test_a_name_or_an_address_that_can_not_be_is_one_sentence(enplan: Run, tmp_path: Path) -> None:
    for words, named in ((("--name", " "), "--name"), (("--origin", "http://x"), "--origin")):
        done = enplan("init", "k", *words)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert named in done.stderr
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize("name", ["enplan.service", "enplan-worker.service", "nginx.conf"])
def test_what_the_services_read_is_what_was_laid(name: str, enplan: Run, tmp_path: Path) -> None:
    folder = tmp_path / "ny 100% æ"
    well(enplan("init", folder, "--origin", ORIGIN))
    text = (folder / name).read_text("utf-8")
    if name == "nginx.conf":
        assert "server_name plan.aas.example;" in text
        assert "proxy_set_header Host $host;" in text
        return
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    service = {key: value.replace("%%", "%").strip('"') for key, value in unit["Service"].items()}
    assert Path(service["EnvironmentFile"]) == folder / "enplan.env"
    assert Path(service["ReadWritePaths"]) == folder
    command, verb = service["ExecStart"].rsplit('" ', 1)
    assert Path(command) == ROOT / "enplan"
    assert build_parser().parse_args([verb]).command == verb
