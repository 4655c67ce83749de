"""What a browser can't read it is not sent: brotli only where it is named, and not with the weight nought."""

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.identity.login import DEMO_COOKIE
from app.web.compression import SMALL, accepts_coding
from tests.conftest import enter


@pytest.mark.parametrize(
    ("accepts", "taken"),
    [
        ("br", True),
        ("gzip, deflate, br, zstd", True),
        ("gzip;q=1.0, BR ; q=0.5", True),
        ("br;q=1", True),
        ("br;q=0.001", True),
        ("br;q=0", False),
        ("gzip, br;q=0", False),
        ("br; Q=0.000", False),
        ("br;q=", False),
        ("gzip, brotli", False),
        ("vibrato", False),
        ("", False),
    ],
)
def test_brotli_is_taken_where_it_is_named_with_a_weight(accepts: str, taken: bool) -> None:
    assert accepts_coding(accepts, "br") is taken


@pytest.mark.parametrize("address", ["/plan", "/kalender"])  # one that is kept, and one that is not
def test_who_refuses_brotli_gets_the_page_plain(app: Flask, address: str) -> None:
    anna = FlaskClient(app)  # the careful one proof-reads only what is plain
    anna.set_cookie(DEMO_COOKIE, enter(app, "anna"), domain="localhost")
    read = anna.get(address, headers={"Accept-Encoding": "br"})
    assert read.headers["Content-Encoding"] == "br"
    plain = anna.get(address, headers={"Accept-Encoding": "br;q=0, identity"})
    assert "Content-Encoding" not in plain.headers
    assert len(plain.data) > SMALL
    assert plain.data == brotli.decompress(read.data)
