"""What lies in docs/drift/container, as its tools read it."""

import json
import re
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.cli.conftest import ROOT

FOLDER = ROOT / "docs" / "drift" / "container"


def instructions() -> list[tuple[str, str]]:
    """Return the lines of the image's file as word and rest, those that go on joined."""
    text = re.sub(r"\\\n\s*", "", (FOLDER / "Containerfile").read_text("utf-8"))
    lines = (line.partition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return [(word, rest) for word, _space, rest in lines]


def words_of(instruction: str) -> list[str]:
    """Return the command of ENTRYPOINT, CMD or HEALTHCHECK, written as a list."""
    (said,) = (rest for word, rest in instructions() if word == instruction)
    found: list[str] = json.loads(said[said.index("[") :])
    return found


def copied() -> list[Path]:
    """Return what goes into the image from the checkout."""
    rests = [rest.split()[:-1] for word, rest in instructions() if word == "COPY"]
    return [ROOT / name for rest in rests for name in rest]


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    return read
