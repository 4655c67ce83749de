"""Wheels without a network: made up, or packed again from what this run stands on."""

import hashlib
import re
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

Files = dict[str, bytes]


def made_up(
    folder: Path, name: str, *, tag: str = "py3-none-any", said: str = "", more: Files | None = None
) -> Path:
    """Write a wheel with one module. `said` is the tag inside, where its name lies."""
    info = f"{name}-1.dist-info"
    files = {
        f"{name}.py": b"",
        **(more or {}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {said or tag}\n".encode(),
    }
    return _pack(folder / f"{name}-1-{tag}.whl", info, files)


def packed_again(folder: Path, name: str) -> Path:
    """Write the wheel that `name` was installed from; programs go where a wheel has them."""
    package = distribution(name)
    version, info = package.version, _info(package)
    files: Files = {}
    for one in package.files or ():
        path = str(one)
        if ".." in one.parts:
            path = f"{info.removesuffix('.dist-info')}.data/scripts/{one.name}"
        if "__pycache__" not in path and one.name not in ("RECORD", "INSTALLER", "REQUESTED"):
            files[path] = Path(str(one.locate())).read_bytes()
    tags = re.findall(r"^Tag: (\S+)", package.read_text("WHEEL") or "", re.M)
    return _pack(folder / f"{name}-{version}-{tags[0]}.whl", info, files)


def lock(path: Path, wheels: Iterable[Path]) -> None:
    """Write the lock that asks for these wheels and no others."""
    lines = []
    for wheel in wheels:
        name, version, *_ = wheel.name.split("-")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest}\n")
    path.write_text("".join(lines))


def _info(package: Distribution) -> str:
    return next(one.parts[0] for one in package.files or () if one.parts[0].endswith(".dist-info"))


def _pack(wheel: Path, info: str, files: Files) -> Path:
    record = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(wheel, "w") as packed:
        for name, content in (*files.items(), (f"{info}/RECORD", record.encode())):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100755 if ".data/scripts/" in name else 0o100644) << 16
            packed.writestr(entry, content)
    return wheel
