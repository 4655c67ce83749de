"""What a phone is sent of our own scripts."""

from app.pwa.routes import _HERE
from app.web.assets import STATIC, TYPES, Asset, Assets

OWN_BYTES = 10_000  # all of them, compressed, the service worker included


def test_our_own_scripts_are_small_together() -> None:
    assets = Assets()
    own = [asset for name, asset in assets.files.items() if name.startswith("js/")]
    own.append(Asset((_HERE / "worker.js").read_bytes(), TYPES[".js"]))
    assert len(own) > 8
    assert 1_000 < sum(len(one.brotli) for one in own) <= OWN_BYTES


def test_remarks_stay_at_home_and_nothing_else_does() -> None:
    assets = Assets()
    for path in STATIC.rglob("*.js"):
        sent = assets.files[path.relative_to(STATIC).as_posix()].body.decode().splitlines()
        kept = [line for line in path.read_text("utf-8").splitlines() if not is_remark(line.strip())]
        assert sent == kept


def is_remark(line: str) -> bool:
    return line.startswith("//") or (line.startswith("/**") and line.endswith("*/"))
