"""Which contact person a line names for its citizen: by number, e-mail or name."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from app.identity.rules import Role
from app.identity.text_normalisation import email_key, name_key
from app.people_import import fields
from app.people_import.line_errors import InvalidCell, LineProblem
from app.people_import.matching import KnownPerson, PersonIndex

SHOWN_LINES = 20
NAME_ALONE = (
    "Et navn alene giver eller skifter ikke kontaktperson. "
    "Skriv også det nummer, den fødselsdato, telefon eller e-mail, som Én plan har."
)
CITIZENS_ONLY = "Kun en borger kan have en kontaktperson."
NOT_HERE = "Kontaktpersonen findes ikke i filen eller i Én plan. Tag personen med i filen."
NOT_BEGUN = "Kontaktpersonens rolle er ikke begyndt. Skriv en anden, indtil den begynder."
LEAVES = "Kontaktpersonens rolle har en slutdato. Vælg en, hvis rolle ikke har."
SEVERAL_WITH_EMAIL = "Flere kontaktpersoner har den e-mail. Skriv et nummer i stedet."
SEVERAL_OF_NAME = "Flere kontaktpersoner hedder det samme. Skriv et nummer eller en e-mail i stedet."
NO_CONTACT_PERSON = "Den, der er skrevet her, har ikke rollen kontaktperson."


def assign_contact_names(
    index: PersonIndex, doubtful: set[str], standing: Mapping[UUID, UUID]
) -> tuple[dict[UUID, UUID], list[LineProblem]]:
    """Return each citizen's contact person as the file names them, and the lines that can't have theirs.

    `doubtful` are names, e-mails and numbers from lines with a fault of their own: they may be who is meant.
    `standing` are the contact persons before the file: a new one reads the plan, so a name alone, where more
    is known of the citizen, neither gives one nor puts one in another's place.
    """
    wanted, problems = {}, []
    for one in index.told():
        if one.row is None or not one.row.contact:
            continue
        try:
            contact = contact_named(index, one, one.row.contact, doubtful)
        except InvalidCell as why:
            problems.append(LineProblem(one.row.line, "kontaktperson", str(why)))
            continue
        if contact is None:
            continue
        wanted[one.id] = contact.id
        if one.is_guessed and standing.get(one.id) != contact.id:
            problems.append(LineProblem(one.row.line, "kontaktperson", NAME_ALONE))
    return wanted, problems


def without_contact(people: Iterable[KnownPerson], standing: Mapping[UUID, UUID]) -> list[str]:
    """Return a sentence that counts the citizens of the file who have no contact person, with their lines."""
    lines = [one.row.line for one in people if one.row and one.is_citizen and one.id not in standing]
    if not lines:
        return []
    shown = ", ".join(map(str, lines[:SHOWN_LINES]))
    more = f" og {len(lines) - SHOWN_LINES} til" if len(lines) > SHOWN_LINES else ""
    return [f"Borgere uden kontaktperson: {len(lines)}. Linje {shown}{more}."]


def contact_named(index: PersonIndex, one: KnownPerson, said: str, doubtful: set[str]) -> KnownPerson | None:
    """Return the contact person; None only if the line that could tell has a fault of its own.

    Raises:
        InvalidCell: nobody is meant, or several, or one who can't be it.
    """
    if not one.is_citizen:
        raise InvalidCell(CITIZENS_ONLY)
    contact = _able(said, _meant(index, said))
    if contact is one:
        raise InvalidCell("En borger kan ikke være sin egen kontaktperson.")
    if contact is None and not {_name(said), email_key(said), _number(said)} & doubtful:
        raise InvalidCell(NOT_HERE)
    return contact


def _able(said: str, found: list[KnownPerson]) -> KnownPerson | None:
    able = [one for one in found if Role.CONTACT in one.roles]
    if able and all(Role.CONTACT in one.not_begun for one in able):
        raise InvalidCell(NOT_BEGUN)
    if able and all(one.held[Role.CONTACT] is not None for one in able):
        raise InvalidCell(LEAVES)
    if len(able) > 1 and "@" in said:
        raise InvalidCell(SEVERAL_WITH_EMAIL)
    if len(able) > 1:
        raise InvalidCell(SEVERAL_OF_NAME)
    if found and not able:
        raise InvalidCell(NO_CONTACT_PERSON)
    return able[0] if able else None


def _meant(index: PersonIndex, said: str) -> list[KnownPerson]:
    numbered = index.with_number(_number(said))
    if numbered is not None:
        return [numbered]
    found = index.by_email.get(email_key(said)) or index.by_name.get(_name(said), {})
    return list(found.values())


def _name(said: str) -> str:
    return name_key(fields.right_way(said))


def _number(said: str) -> str:
    try:
        return fields.read_number(said)
    except InvalidCell:
        return said
