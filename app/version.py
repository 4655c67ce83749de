"""Which version of the program this is: the one place where it is written is `pyproject.toml`."""

import tomllib
from functools import lru_cache
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


@lru_cache(maxsize=1)
def program_version() -> str:
    """Return the version as people write it; empty where the file does not lie beside the code."""
    try:
        return str(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return ""
