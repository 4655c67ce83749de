"""The image and the compose file, as far as they can be tried where no engine runs."""

import ipaddress
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import build_parser
from app.cli.config_check import KNOWN
from app.environment import check_database_url
from tests.cli.conftest import ROOT, Run, running_in, surroundings
from tests.cli.shipped import FOLDER, compose, copied, instructions, words_of

OURS = ("app", "worker", "migrate")
SITE = {
    "ENPLAN_SECRET_KEY": "32 bytes and more, for tests only",
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_TRUSTED_PROXY": "none",
}


@pytest.mark.slow
def test_the_image_has_all_it_needs_and_writes_nothing_in_itself(enplan: Run, tmp_path: Path) -> None:
    root, data = tmp_path / "image", tmp_path / "data"
    for one in copied():
        ignore = shutil.ignore_patterns("__pycache__")
        root.mkdir(exist_ok=True)
        if one.is_dir():
            shutil.copytree(one, root / one.name, ignore=ignore)
        else:
            shutil.copy(one, root)
    before = sorted(root.rglob("*"))
    data.mkdir(mode=0o700)
    told = dict(pair.split("=") for word, rest in instructions() if word == "ENV" for pair in rest.split())
    env = SITE | {name: value for name, value in told.items() if name != "ENPLAN_LOG"}
    env |= {
        "ENPLAN_DATABASE_URL": f"sqlite:///{data}/enplan.db",
        "ENPLAN_CONFIG": str(ROOT / "app" / "demo" / "solbjerg.toml"),
        "PYTHONPATH": env["PYTHONPATH"].replace("/opt/enplan", str(root)),
    }
    entry = [sys.executable, *words_of("ENTRYPOINT")[1:]]
    assert words_of("ENTRYPOINT")[0] == "python"
    subprocess.run([*entry, "migrate"], cwd=root, env=surroundings() | env, check=True, capture_output=True)
    with running_in([*entry, *words_of("CMD"), "--port", "0"], cwd=root, env=env) as (_server, said):
        port = said.split(" port ")[1].split()[0]
        assert _health(port) == 0
    assert _health(port) != 0
    assert sorted(root.rglob("*")) == before
    assert (root / "app" / "cli" / "new_site" / "enplan.env").exists()


def _health(port: str) -> int:
    """Ask as the engine does, and return the exit code."""
    words = [word.replace(":8000/", f":{port}/") for word in words_of("HEALTHCHECK")]
    return subprocess.run(
        [sys.executable, *words[1:]], env=surroundings(), check=False, capture_output=True
    ).returncode


def test_the_image_runs_as_its_own_user() -> None:
    ((user, group),) = [rest.split(":") for word, rest in instructions() if word == "USER"]
    made = " ".join(rest for word, rest in instructions() if word == "RUN")
    assert f"--uid {user}" in made
    assert f"--gid {group}" in made
    assert {compose()["services"][name]["user"] for name in OURS} == {f"{user}:{group}"}
    order = [word for word, _rest in instructions()]
    assert order.index("USER") > max(at for at, word in enumerate(order) if word in ("RUN", "COPY"))
    assert "--require-hashes" in made


def test_no_file_names_a_registry() -> None:
    images = [one["image"] for one in compose()["services"].values()]
    images += [rest for word, rest in instructions() if word == "FROM"]
    assert all(re.fullmatch(r"[a-z]+(:[a-z0-9.-]+)?", image) for image in images), images


@pytest.mark.parametrize("name", ["app", "worker", "migrate", "db", "proxy"])
def test_each_service_can_do_little_beside_its_work(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service["user"] not in ("root", "0", "0:0")
    assert set(service["tmpfs"]) <= {"/tmp", "/run/postgresql"}  # noqa: S108 — in the container


def test_only_the_proxy_is_reached_from_outside_and_only_it_is_believed() -> None:
    services, networks = compose()["services"], compose()["networks"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert services["db"]["networks"] == ["inside"]
    assert networks["inside"]["internal"] is True
    address = services["proxy"]["networks"]["front"]["ipv4_address"]
    assert services["app"]["environment"]["ENPLAN_TRUSTED_PROXY"] == address
    (config,) = networks["front"]["ipam"]["config"]
    assert ipaddress.ip_address(address) in ipaddress.ip_network(config["subnet"])
    assert ipaddress.ip_address(address) not in ipaddress.ip_network(config["ip_range"])


def test_what_the_services_are_told_is_what_the_program_knows(enplan: Run, tmp_path: Path) -> None:
    services = compose()["services"]
    for name in OURS:
        words = services[name].get("command", words_of("CMD"))
        assert build_parser().parse_args(words).command == words[0]
        assert set(services[name]["environment"]) <= set(KNOWN)
        assert services[name]["env_file"].endswith("/enplan.env")
    assert (FOLDER / services["app"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / services["app"]["build"]["dockerfile"]).is_file()
    assert enplan("init", tmp_path / "site").returncode == 0
    mounted = [one.split(":")[0] for name in OURS for one in services[name]["volumes"]]
    for place in mounted:
        assert (tmp_path / "site" / place.rpartition("/")[2]).is_file()
    assert (FOLDER / services["proxy"]["volumes"][0].split(":")[0]).is_file()
    assert services["worker"]["depends_on"] == services["app"]["depends_on"]
    assert services["app"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_address_of_the_database_is_one_that_the_program_takes() -> None:
    url = compose()["services"]["app"]["environment"]["ENPLAN_DATABASE_URL"]
    filled = re.sub(r"\$\{ENPLAN_DATABASE_PASSWORD[^}]*\}", "kode", url)
    assert filled == "postgresql+psycopg://enplan:kode@db:5432/enplan"
    check_database_url(filled)  # raises


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_reads_the_services_that_init_lays(enplan: Run, tmp_path: Path) -> None:
    assert enplan("init", tmp_path / "ny 100% æ").returncode == 0
    for name in ("enplan.service", "enplan-worker.service"):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", tmp_path / "ny 100% æ" / name],
            capture_output=True,
            text=True,
            check=False,
            env=dict(os.environ) | {"SYSTEMD_LOG_LEVEL": "warning"},
        )
        assert done.stderr == ""
        assert done.returncode == 0
        assert "Environment=ENPLAN_LOG=json" in (tmp_path / "ny 100% æ" / name).read_text("utf-8")
