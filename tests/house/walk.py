"""A walk through the house as one person takes it, from the first page on: by links and by forms that ask."""

from collections import Counter, deque
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
LANGUAGE = "sprog"  # the same page, in words of another language
ALIKE_MOST = 1  # of addresses that differ in what they ask for, or in which of many alike things
OF_ITSELF = {"assessments.answer", "calendar.meeting", "entries.entry", "goals.goal"}  # the page of one thing
LEADS_ON = {301, 302, 303, 307, 308}
REFUSED = {401, 403, 404, 405}

Values = Mapping[str, Any]


class WaysOn(HTMLParser):
    """The ways on from a page: where its links lead, and its GET forms by button; where POST forms go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.asks: list[str] = []
        self.sends: list[str] = []
        self._form: dict[str, str] | None = None
        self._fields: list[tuple[str, str]] = []
        self._buttons: list[tuple[str, str]] = []
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {key: value or "" for key, value in attrs}
        if tag == "a" and "href" in has:
            self.asks.append(has["href"])
        elif tag == "form" and has.get("method", "get").lower() == "post":
            self.sends.append(has["action"])
        elif tag == "form":
            self._form, self._fields, self._buttons, self._select = has, [], [], ""
        elif self._form is not None:
            self._in_form(tag, has)

    def _in_form(self, tag: str, has: dict[str, str]) -> None:
        name, value = has.get("name", ""), has.get("value", "")
        if tag == "button" and name:
            self._buttons.append((name, value))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:  # the first, unless another is chosen
            if "selected" in has or self._select not in dict(self._fields):
                self._fields = [one for one in self._fields if one[0] != self._select] + [
                    (self._select, value)
                ]
        elif tag == "input" and name and (has.get("type") not in ("radio", "checkbox") or "checked" in has):
            self._fields.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            presses = [[one] for one in self._buttons] or [[]]
            for pressed in presses:
                self.asks.append(f"{self._form['action']}?{urlencode(self._fields + pressed)}")
            self._form = None


@dataclass(frozen=True, slots=True)
class Place:
    """An address of ours: the route, what it names, and what it is asked for."""

    rule: Rule
    values: Values
    address: str

    @property
    def of(self) -> UUID | None:
        """The citizen whom the address names; None: nobody."""
        found: UUID | None = self.values.get("citizen_id")
        return found

    @property
    def things(self) -> list[Any]:
        """What else the address names, such as a meeting."""
        return [value for name, value in sorted(self.values.items()) if name != "citizen_id"]


@dataclass(slots=True)
class Walk:
    """What one person has found."""

    reached: set[tuple[str, UUID | None]] = field(default_factory=set)  # pages: the route's rule, and whose
    linked: set[tuple[str, UUID | None, Any]] = field(
        default_factory=set
    )  # what links lead to: and of which thing
    forms: dict[tuple[str, UUID | None], Place] = field(
        default_factory=dict
    )  # that are sent, one of each kind
    faults: list[str] = field(default_factory=list)
    asked: int = 0


@dataclass(slots=True)
class Walker:
    """Somebody on the way. `kinds` says which things and citizens are alike: one of a kind is enough."""

    routes: MapAdapter
    client: FlaskClient
    kinds: Mapping[UUID, Hashable]
    walk: Walk = field(default_factory=Walk)
    seen: set[str] = field(default_factory=set)
    alike: Counter[Hashable] = field(default_factory=Counter)

    def go(self, first: str = "/") -> Walk:
        """Follow every link, the nearest first."""
        waiting = deque(self._onward(first, [first]))
        while waiting:
            waiting += self._visit(waiting.popleft())
        return self.walk

    def _visit(self, place: Place) -> list[Place]:
        answer = self.client.get(place.address, headers=SAME_ORIGIN)
        self.walk.asked += 1
        status = answer.status_code
        if status in REFUSED or status >= 500:
            self.walk.faults.append(f"{status} at {place.rule}")
            return []
        self.walk.reached.add((place.rule.rule, place.of))
        if status in LEADS_ON:
            return list(self._onward(place.address, [answer.location]))
        if answer.mimetype != "text/html":
            return []
        ways = WaysOn(answer.text)
        for action in ways.sends:
            self._note_form(place, urljoin(place.address, action))
        return list(self._onward(place.address, ways.asks))

    def _onward(self, here: str, links: list[str]) -> Iterator[Place]:
        """Yield the places that these links lead to, and that are new and not like too many others."""
        for link in links:
            address = plain(urljoin(here, link))
            if address is None or address in self.seen:
                continue
            self.seen.add(address)
            place = find_place(self.routes, address, "GET")
            if place is None:
                self.walk.faults.append(f"a link to {urlsplit(address).path}, which is no page of ours")
                continue
            self.walk.linked |= {(place.rule.rule, place.of, one) for one in place.things or [None]}
            kind = self._kind(place)
            self.alike[kind] += 1
            if self.alike[kind] <= ALIKE_MOST:
                yield place

    def _kind(self, place: Place) -> Hashable:
        """Return what two places have in common that are alike."""
        things = tuple(self.kinds.get(one, one) if isinstance(one, UUID) else None for one in place.things)
        asks = frozenset(name for name, _value in parse_qsl(urlsplit(place.address).query))
        is_read = not asks and (not things or place.rule.endpoint in OF_ITSELF)
        whose = place.of if is_read or place.of is None else self.kinds.get(place.of, place.of)
        return place.rule.rule, whose, things, asks

    def _note_form(self, place: Place, address: str) -> None:
        found = find_place(self.routes, address, "POST")
        if found is None:
            self.walk.faults.append(f"a form at {place.rule} that is sent nowhere")
        else:
            self.walk.forms.setdefault((found.rule.rule, found.of), found)


def plain(address: str) -> str | None:
    """Return an address without its fragment and its language; None when it leads to another site."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    asks = [one for one in parse_qsl(parts.query, keep_blank_values=True) if one[0] != LANGUAGE]
    return parts._replace(fragment="", query=urlencode(asks)).geturl()


def find_place(routes: MapAdapter, address: str, method: str) -> Place | None:
    """Return the place of an address; None when it has none."""
    try:
        rule, values = routes.match(urlsplit(address).path, method, return_rule=True)
    except HTTPException:
        return None
    assert isinstance(rule, Rule)
    return Place(rule, {name: value for name, value in values.items() if value is not None}, address)


def walk_as(app: Flask, client: FlaskClient, kinds: Mapping[UUID, Hashable]) -> Walk:
    """Return what whoever is signed in at `client` finds from the first page on."""
    return Walker(app.url_map.bind("localhost"), client, kinds).go()
