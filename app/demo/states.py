"""What /demo/tilstande is made of: pages, the states each has, and the WCAG 2.2 criteria a state shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from app.config import Settings

# Short Danish names of the criteria that these pages can show.
CRITERIA = {
    "1.1.1": "Tekst til ikoner",
    "1.3.1": "Overskrifter, lister og felter",
    "1.3.2": "Rækkefølge, der giver mening",
    "1.4.1": "Ikke kun farve",
    "1.4.3": "Kontrast i tekst",
    "1.4.4": "Større tekst",
    "1.4.10": "Smal skærm",
    "1.4.11": "Kontrast i knapper og felter",
    "1.4.12": "Luft i teksten",
    "2.1.1": "Tastatur",
    "2.2.1": "Tid nok",
    "2.4.1": "Spring over",
    "2.4.2": "Sidens titel",
    "2.4.3": "Rækkefølge for fokus",
    "2.4.4": "Links, man forstår",
    "2.4.6": "Overskrifter og navne på felter",
    "2.4.7": "Synligt fokus",
    "2.4.11": "Fokus er ikke dækket",
    "2.5.8": "Knapper, man kan ramme",
    "3.1.1": "Sidens sprog",
    "3.1.2": "Sprog i dele af siden",
    "3.2.3": "Samme menu",
    "3.2.6": "Hjælp samme sted",
    "3.3.1": "Fejl bliver fundet",
    "3.3.2": "Hjælp til felter",
    "3.3.3": "Forslag til at rette",
    "3.3.4": "Fejl kan undgås",
    "3.3.7": "Intet skal skrives to gange",
    "3.3.8": "Log ind uden at huske",
    "4.1.2": "Navn, rolle og værdi",
    "4.1.3": "Beskeder bliver læst op",
}


class StateKind(StrEnum):
    """The states a page may be in, by the names testers read."""

    FULL = "Med indhold"
    EMPTY = "Tom"
    ERROR = "Fejlside"
    INVALID = "Fejl i det, der er skrevet"
    LATE = "For sent"
    CLASH = "Svaret imens"
    OFFLINE = "Uden internet"
    LONG = "Lang tekst"
    RTL = "Fra højre mod venstre"
    DONE = "Lige gjort"


SHOWS = {
    StateKind.FULL: ("1.3.1", "1.4.10", "2.4.6"),
    StateKind.EMPTY: ("1.3.1", "2.4.4"),
    StateKind.ERROR: ("2.4.2", "3.2.6"),
    StateKind.INVALID: ("2.4.3", "3.3.1", "3.3.3"),
    StateKind.LATE: ("1.3.1", "1.4.1"),
    StateKind.CLASH: ("2.4.3", "3.3.4", "4.1.3"),
    StateKind.OFFLINE: ("3.2.6", "3.3.7"),
    StateKind.LONG: ("1.4.4", "1.4.10", "1.4.12"),
    StateKind.RTL: ("1.3.2", "3.1.1", "3.1.2"),
    StateKind.DONE: ("2.4.3", "4.1.3"),
}
STATUS = {StateKind.INVALID: 422, StateKind.CLASH: 409}


@dataclass(frozen=True, slots=True)
class StateContext:
    """What is needed to lay rows for a state; the caller owns the transaction."""

    session: Session
    settings: Settings
    now: datetime


@dataclass(frozen=True, slots=True)
class StateRows:
    """Rows that must be there for a state. What `find` or `make` returns stands as {id} in its address."""

    find: Callable[[Session], str | None]
    make: Callable[[StateContext], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """One state of one page: who sees it, where, and what on the page says that it is so."""

    key: str
    kind: StateKind
    who: str  # slug; empty: nobody is signed in
    address: str  # may hold {id}
    mark: str  # stands on the page, as HTML
    about: str = ""
    more: tuple[str, ...] = ()  # criteria beside those of its kind
    status: int = 0  # 0: what its kind gives
    sends: Mapping[str, str] | None = None  # the address is a form's, and this is what it is sent
    rows: StateRows | None = None

    @property
    def expected(self) -> int:
        """The HTTP status of the page it leads to."""
        return self.status or STATUS.get(self.kind, 200)

    @property
    def criteria(self) -> list[tuple[str, str]]:
        """Numbers and names of the criteria it shows, in order."""
        numbers = {*SHOWS[self.kind], *self.more}
        return [(number, CRITERIA[number]) for number in sorted(numbers, key=in_order)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStates:
    """A page and the states it has, with what can't be shown."""

    key: str
    title: str
    states: tuple[PageState, ...]
    limits: tuple[str, ...] = ()


def in_order(number: str) -> tuple[int, ...]:
    """Return what sorts criteria as people count: 1.4.4 before 1.4.10."""
    return tuple(int(part) for part in number.split("."))


def find_state(pages: Iterable[PageStates], key: str) -> tuple[PageStates, PageState] | None:
    """Return the state of that key, with its page."""
    return next(((page, state) for page in pages for state in page.states if state.key == key), None)
