"""What a phone is sent of our own scripts."""

import re

import pytest

from app.pwa.routes import _read
from app.web.assets import STATIC, Assets, compact_script

OWN_BYTES = 9_700  # all of them, compressed, the service worker included; the house allows 10,000


def test_our_own_scripts_are_small_together() -> None:
    assets = Assets()
    own = [asset for name, asset in assets.files.items() if name.startswith("js/")]
    own.append(_read("worker.js"))
    assert len(own) > 8
    assert 1_000 < sum(len(one.brotli) for one in own) <= OWN_BYTES


def test_a_browser_is_sent_every_word_and_no_remark() -> None:
    """Beside the remarks, the two differ in space alone; and never within a text or a pattern."""
    assets = Assets()
    for path in STATIC.rglob("*.js"):
        sent = assets.files[path.relative_to(STATIC).as_posix()].body.decode()
        kept = [REMARK.sub("", line) for line in path.read_text("utf-8").splitlines()]
        assert re.sub(r"\s", "", sent) == re.sub(r"\s", "", "".join(kept))
        assert LITERAL.findall(sent) == LITERAL.findall("\n".join(kept))


REMARK = re.compile(r"""^ *//.*|(?<=[;,{})]) +//.*|/\*.*?\*/""")
LITERAL = re.compile(r'"[^"\n]*"|`[^`]*`|/\^.*\$/')


@pytest.mark.parametrize(
    ("script", "sent"),
    [
        (
            'tell("a; //b", `c  ${d} `); // d\nconst link = "https://e";\n',
            'tell("a; //b",`c  ${d} `);const link="https://e";',
        ),
        ("/** What it is. */\nexport const a = () => b;\n", "export const a=()=>b;"),
        ("const is = /^[ /] \\/ x$/;\nf(/ b/g, c / d, e / f);", "const is=/^[ /] \\/ x$/;f(/ b/g,c/d,e/f);"),
        ("a\n  .b()\n  .c();\nif (d) e = f + +g - -h;", "a.b().c();if(d)e=f+ +g- -h;"),
        ("if (a) {\n  b();\n}\nreturn c in d;", "if(a){b();}\nreturn c in d;"),
        ("a = b\n(c)", "a=b\n(c)"),  # as it stands: what it means is not ours to say
    ],
)
def test_space_goes_where_it_says_nothing(script: str, sent: str) -> None:
    assert compact_script(script.encode()).decode() == sent
