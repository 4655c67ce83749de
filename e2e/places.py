"""Every page there is, and who opens it: what must hold for all is tested for all."""

from dataclasses import dataclass

from tests.cast import People

_PEOPLE = People()


@dataclass(frozen=True, slots=True)
class Place:
    """An address as one person sees it."""

    who: str  # slug; empty: nobody is signed in
    address: str

    def __str__(self) -> str:
        return f"{self.who or 'nobody'} {self.address}"


def _all(who: str, *addresses: str) -> list[Place]:
    return [Place(who, address) for address in addresses]


ANNA = f"/borgere/{_PEOPLE.anna.id}"

PLACES = [
    *_all("", "/log-ind", "/log-ind?igen=1", "/invitation"),
    *_all("", "/demo", "/tilgaengelighed", "/was", "/privatliv", "/log-af", "/findes-ikke"),
    *_all("", "/uden-forbindelse"),
    *_all("anna", "/", "/plan", "/plan/historie", "/skriv", "/skriv?slags=droem", "/kalender", "/kontakt"),
    *_all("anna", "/fremgang", "/fremgang/ny", "/fremgang/ny?emne=hverdag"),
    *_all("anna", "/kalender/oensker", "/kalender/oensker/tidspunkt", "/kalender/oensker/foelge"),
    *_all("anna", *(f"/kalender/oensker/ny{way}" for way in ("", "?dag=dato", "?dag=1&tid=hele"))),
    *_all("anna", "/samtykke", "/indstillinger", "/findes-ikke"),
    *_all("ny", "/fremgang", "/fremgang/ny?emne=job"),
    *_all("ny", "/", "/plan", "/skriv", "/kalender", "/kontakt", "/samtykke"),
    *_all("fremmed", "/", "/plan", "/kalender", "/kontakt"),
    *_all("karim", "/", "/plan", "/kalender"),
    *_all("line", "/borgere", "/godkend", f"{ANNA}/plan", f"{ANNA}/kalender", f"{ANNA}/kontakt"),
    *_all("line", f"{ANNA}/invitation"),
    *_all("line", f"{ANNA}/fremgang"),
    *_all("jonas", "/borgere", f"{ANNA}/plan"),
    *_all("lone", "/borgere"),
    *_all("vibeke", "/borgere"),
]
