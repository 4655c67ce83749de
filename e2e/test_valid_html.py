"""HTML, CSS and drawings of every page in every state, as the Nu Html Checker reads them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import fixed_clock
from app.demo.state_list import PAGES
from app.web.assets import STATIC
from e2e.page_checks import NO_ENGINES, VNU
from tests.cast import NOW
from tests.conftest import ORIGIN, CarefulClient
from tests.demo.tapping import tap

pytestmark = pytest.mark.slow

# What the checker doesn't know yet, with the reason why it is well.
LEFT_OPEN = {
    # CSS Basic User Interface 4. A browser that doesn't know it shows a field of fixed height, which scrolls.
    "CSS: “field-sizing”: Property “field-sizing” doesn't exist.",
    # CSS Containment 3. A browser that doesn't know it shows a week day by day, as a phone does.
    "CSS: “container-type”: Property “container-type” doesn't exist.",
    "CSS: Unrecognized at-rule “@container”",
}
FAULTY = """<!doctype html><html lang="da"><head><title>Prøve</title><style>a { colour: red }</style></head>
<body><p id="a" id="b"><section>Ikke lukket</p><ul><p>Ikke et punkt</ul></body></html>"""
FAULTS = ("Duplicate attribute", "Unclosed element", "not allowed as child", "“colour”")


def check(files: list[Path]) -> dict[str, list[str]]:
    """Return what the checker says of each file, by name; one run for all, since its start takes a second."""
    java = shutil.which("java")
    if java is None or not VNU.is_file():
        pytest.skip(NO_ENGINES)
    quickly = ("-Xss4m", "-XX:TieredStopAtLevel=1")
    asked = ("--format", "json", "--stdout", "--exit-zero-always", "--also-check-css", "--also-check-svg")
    done = subprocess.run([java, *quickly, "-jar", VNU, *asked, *files], stdout=subprocess.PIPE, check=True)
    said: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    found: dict[str, list[str]] = {file.name: [] for file in files}
    for one in said:
        if one["message"] not in LEFT_OPEN:
            found[one["url"].rsplit("/", 1)[-1]].append(f"{one['message']} {one.get('extract', '')!r}")
    return found


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_state_is_valid(database_url: str, tmp_path: Path) -> None:
    site = Settings(database_url, "only for tests, 32 bytes and more", ORIGIN, True, read_site(DEMO_SITE))
    app = create_app(site, clock=fixed_clock(NOW))
    app.test_client_class = CarefulClient
    client = app.test_client()
    for state in (state for page in PAGES for state in page.states):
        (tmp_path / f"{state.key}.html").write_bytes(tap(client, state)[1].data)
    (tmp_path / "faulty.html").write_text(FAULTY, "utf-8")
    found = check([*sorted(tmp_path.iterdir()), *sorted(STATIC.rglob("*.svg"))])
    seeded = " ".join(found.pop("faulty.html"))
    assert [fault for fault in FAULTS if fault not in seeded] == []
    assert {name: said for name, said in found.items() if said} == {}
