"""Where the demo's municipality holds meetings: places, their rooms, the ways between; and who interprets."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session

from app.meetings.models import CalendarSubject, Place, Travel
from app.meetings.rules import SubjectKind


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """One place, and what its rooms are called by key."""

    key: str
    name: str
    address: str
    directions: str
    rooms: dict[str, str]


SPOTS = (
    DemoPlace(
        "raadhuset",
        "Solbjerg Rådhus",
        "Torvet 1",
        "Bus 15 stopper ved Torvet. Indgangen er ved cyklerne.",
        {"raadhus-2": "lokale 2", "raadhus-3": "lokale 3", "raadhus-4": "lokale 4"},
    ),
    DemoPlace(
        "sundhedshuset",
        "Sundhedshuset",
        "Åvej 4",
        "Bus 7 stopper ved Åen. Gå ind ad den gule dør.",
        {"sundhed-1": "rum 1", "sundhed-traening": "træningssalen"},
    ),
    DemoPlace(
        "biblioteket",
        "Solbjerg Bibliotek",
        "Torvet 6",
        "Bus 15 stopper ved Torvet. Mødelokalet er på første sal.",
        {"bibliotek-1": "mødelokalet"},
    ),
    DemoPlace(  # a shelter: hidden in the TOML
        "birkehuset",
        "Birkehuset",
        "Skovstien 9",
        "Ring på ved den blå låge.",
        {"birkehuset-1": "stuen"},
    ),
)
MINUTES = {  # from one to another, either way
    ("raadhuset", "sundhedshuset"): 20,
    ("raadhuset", "biblioteket"): 5,
    ("biblioteket", "sundhedshuset"): 20,
}
INTERPRETERS = {"ar": "Nadia Aziz", "so": "Hodan Warsame"}  # by language
HOUSES = {room: spot.key for spot in SPOTS for room in spot.rooms}


def place_id(key: str) -> UUID:
    """Return the id a demo place always has, so that addresses survive a reset."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:place:{key}")


def room_id(key: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"enplan:demo:room:{key}")


def interpreter_id(language: str) -> UUID:
    """Return the id of the calendar of the municipality's interpreter for a language."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:interpreter:{language}")


def seed_places(session: Session, municipality_id: UUID) -> None:
    """Write the places, their rooms, the ways and the interpreters, in the caller's transaction."""
    session.add_all(
        Place(
            id=place_id(one.key),
            municipality_id=municipality_id,
            name=one.name,
            address=one.address,
            directions=one.directions,
        )
        for one in SPOTS
    )
    session.flush()
    session.add_all(
        Travel(from_id=place_id(one), to_id=place_id(other), minutes=minutes)
        for (one, other), minutes in MINUTES.items()
    )
    session.add_all(
        CalendarSubject(id=room_id(key), kind=SubjectKind.ROOM, name=name, place_id=place_id(spot.key))
        for spot in SPOTS
        for key, name in spot.rooms.items()
    )
    session.add_all(
        CalendarSubject(
            id=interpreter_id(language), kind=SubjectKind.INTERPRETER, name=name, language=language
        )
        for language, name in INTERPRETERS.items()
    )
    session.flush()
