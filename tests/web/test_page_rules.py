"""The proof-reader finds what it is there to find: each rule is broken once."""

import pytest

from tests.page_rules import broken_rules

SOUND = '<html lang="da"><title>t</title><main><h1>h</h1>{}</main></html>'


def test_a_sound_page_breaks_nothing() -> None:
    assert broken_rules(SOUND.format('<form method="post" action="/x" data-hx-post="/x"></form>')) == []


@pytest.mark.parametrize(
    "fault",
    [
        '<p style="color:red">',
        '<button onclick="x()">',
        "<script>x()</script>",
        '<form><input type="hidden" name="a"></form>',
        '<form action="/x"><input name="a" id="a"></form>',
        '<form action="/x" data-hx-post="/x"></form>',
        '<form method="post" action="/x" data-hx-post="/x" data-hx-target="#indhold"></form>',
        '<form method="post" action="/x" data-hx-post="/x" data-hx-target="#a" data-hx-push-url="true">',
        '<a href="/x" data-hx-get="/y">x</a>',
        '<div hx-get="/x">',
        '<a href="javascript:x()">x</a>',
        '<script src="https://elsewhere.example/x.js"></script>',
        '<img src="//elsewhere.example/x.png" alt="">',
        '<img src="/x.png">',
        '<p id="a"></p><p id="a"></p>',
        '<a href="#nowhere">x</a>',
        '<section aria-labelledby="nowhere"></section>',
        '<label for="a">a</label><input id="a" name="a" placeholder="a">',
        "<button disabled>x</button>",
        "<h1>another</h1>",
        '<p class="soft">, senest i morgen</p>',
        "<p>Så kan Mette, som har forældremyndigheden,, Jonas og Thea se det.</p>",
    ],
)
def test_a_fault_is_seen(fault: str) -> None:
    assert broken_rules(SOUND.format(fault)) != []
