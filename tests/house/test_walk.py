"""The walk sees what it is there to see: tried on a house of a few rooms."""

from uuid import UUID

import pytest
from flask import Flask, abort, redirect

from tests.house.walk import Walk, WaysOn, plain, walk_as

ONE, OTHER = UUID(int=1), UUID(int=2)
PAGES = {
    "/": '<a href="/away">1</a> <a href="https://example.org/no">2</a> <a href="tel:112">3</a>'
    f' <a href="/thing/{ONE}">4</a> <a href="/thing/{OTHER}#end">5</a> <a href="?sprog=en">6</a>'
    '<form action="/ask"><input type="hidden" name="b" value="2"><button name="day" value="mon">'
    '<button name="day" value="tue"></form>'
    '<form method="post" action="/send"></form><form method="post" action="/"></form>',
    "/ask": '<a href="/nowhere">1</a> <a href="closed">2</a> <a href="/broken">3</a>',
    "/end": "",
    "/alone": "",
}


@pytest.fixture
def house() -> Flask:
    app = Flask(__name__, static_folder=None)
    for address, html in PAGES.items():
        app.add_url_rule(address, address, lambda html=html: html)
    app.add_url_rule("/away", "away", lambda: redirect("/end"))
    app.add_url_rule("/closed", "closed", lambda: abort(403))
    app.add_url_rule("/broken", "broken", lambda: abort(500))
    app.add_url_rule("/thing/<uuid:thing_id>", "thing", lambda thing_id: "")
    app.add_url_rule("/send", "send", lambda: "", methods=["POST"])
    return app


@pytest.fixture
def walk(house: Flask) -> Walk:
    return walk_as(house, house.test_client(), {ONE: "alike", OTHER: "alike"})


def test_what_leads_nowhere_is_told(walk: Walk) -> None:
    assert sorted(walk.faults) == [
        "403 at /closed",
        "500 at /broken",
        "a form at / that is sent nowhere",
        "a link to /nowhere, which is no page of ours",
    ]


def test_all_that_is_linked_is_reached_and_nothing_else(walk: Walk) -> None:
    thing = "/thing/<uuid:thing_id>"
    assert {rule for rule, _of in walk.reached} == {"/", "/ask", "/away", "/end", thing}
    assert {one for rule, _of, one in walk.linked if rule == thing} == {ONE, OTHER}


def test_of_what_is_alike_one_is_visited(house: Flask, walk: Walk) -> None:
    unlike = walk_as(house, house.test_client(), {ONE: "one", OTHER: "other"})
    assert unlike.asked == walk.asked + 1


def test_forms_that_change_something_are_read_and_not_sent(walk: Walk) -> None:
    assert [rule for rule, _of in walk.forms] == ["/send"]
    assert "/send" not in {rule for rule, _of in walk.reached}


def test_a_form_that_asks_goes_where_each_of_its_buttons_leads() -> None:
    assert WaysOn(PAGES["/"]).asks[-2:] == ["/ask?b=2&day=mon", "/ask?b=2&day=tue"]
    chosen = (
        '<form action="/x"><select name="a"><option value="1"><option value="2" selected></select></form>'
    )
    assert WaysOn(chosen).asks == ["/x?a=2"]


def test_the_same_page_in_another_language_is_the_same() -> None:
    assert plain("/plan?sprog=en#top") == "/plan"
    assert plain("/plan?sprog=en&dato=1") == "/plan?dato=1"
    assert plain("https://example.org/plan") is None
