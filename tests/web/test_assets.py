"""What a phone is sent of our own scripts."""

import re

from app.pwa.routes import _read
from app.web.assets import STATIC, Assets, without_remarks

OWN_BYTES = 10_000  # all of them, compressed, the service worker included


def test_our_own_scripts_are_small_together() -> None:
    assets = Assets()
    own = [asset for name, asset in assets.files.items() if name.startswith("js/")]
    own.append(_read("worker.js"))
    assert len(own) > 8
    assert 1_000 < sum(len(one.brotli) for one in own) <= OWN_BYTES


def test_remarks_and_indents_stay_at_home_and_nothing_else_does() -> None:
    assets = Assets()
    for path in STATIC.rglob("*.js"):
        sent = assets.files[path.relative_to(STATIC).as_posix()].body.decode().splitlines()
        kept = [line.strip() for line in path.read_text("utf-8").splitlines()]
        assert sent == [re.sub(r"(?<=[;,{})]) +//[^\"'`]*$", "", one) for one in kept if not is_remark(one)]


def test_a_text_that_looks_like_a_remark_is_sent() -> None:
    script = b'tell("a; //b", `c`); // d\nconst link = "https://e";\n'
    assert without_remarks(script) == b'tell("a; //b", `c`);\nconst link = "https://e";\n'


def is_remark(line: str) -> bool:
    return not line or line.startswith("//") or (line.startswith("/**") and line.endswith("*/"))
