"""Who in the file is who in the database. A wrong match would show one person's plan to another, so:

- With a number: the one with that number, with a new name or new facts. But not with a new name and facts
  that contradict, no role in common, or a name that is somebody else's: then the number is another series'
  or stands in the wrong line, and the line is refused. Else one without a number who has
  the same name, and on whom birth date, phone and e-mail agree (see `similarity`): that one gets the number.
  Else somebody new; a name alone never gives a number.
- Without a number: the one with that name, or that e-mail and first name, on whom birth date, phone and
  e-mail agree; with another surname the birth date or phone must be among it, for an office's e-mail is many
  people's. Else, if the line and they tell nothing in common, the only one with that name and a role in
  common. Else somebody new. So no line without a number changes a birth date, phone or e-mail that is known,
  a name alone changes nothing of whom more is known, and a phone alone tells no new birth date.
- In doubt the line is refused: some agrees and some doesn't, several fit, the e-mail is somebody's with
  another first name, or two lines may be about one person. A number each settles it.

`linkage` holds every line against this.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from app.identity.rules import STAFF, Role, first_name
from app.identity.text_normalisation import email_key, name_key
from app.people_import.line_errors import InvalidCell
from app.people_import.role_changes import Held, roles_after
from app.people_import.rules import PersonRow
from app.people_import.similarity import TELLING, Similarity, agreeing_facts, compare_facts, contradicts
from app.store.key_fingerprint import FIRST, SecretKeys

GIVE_NUMBER = "Giv hver person sit eget nummer i kolonnen id."
GIVE_BOTH = "Tag begge med i filen, og giv hver person sit eget nummer i kolonnen id."
NOT_THEIR_NUMBER = (
    "Nummeret hører til en person med et andet navn, og rolle, fødselsdato, telefon eller e-mail passer "
    "heller ikke. Er det en anden, så giv linjen et andet nummer, f.eks. med et bogstav foran. Er det "
    "den samme, så lad kun nummer, rolle og nyt navn stå i linjen denne gang."
)
SWAPPED = (
    "Nummeret hører til en person med et andet navn, og navnet i linjen er en andens. "
    "Se efter, om numrene er byttet om."
)
OTHER_NUMBER = (
    "Samme navn og fødselsdato, men et andet nummer. Mangler der et nul foran, så gør kolonnen til tekst. "
    f"Er det to personer? {GIVE_BOTH}"
)
KEEP_ONE = "Lad kun det stå i linjen, der passer på den rigtige."
DIFFERS = "men fødselsdato, telefon eller e-mail er en anden."


def external_key(secret_key: str, number: str) -> str:
    """Return what is stored of the number another system knows somebody by: HMAC-SHA256, keyed by the app."""
    return hmac.new(secret_key.encode(), b"enplan:person:" + number.encode(), hashlib.sha256).hexdigest()


def number_hashes(keys: SecretKeys, number: str) -> list[str]:
    """Return what may be stored of a number: by the key in use first, then by the one before it.

    A hash of a later key than the site's first says which, so that those that wait for it can be counted.
    """
    found = [_with_key_number(keys.number, external_key(keys.current, number))]
    if keys.old is not None:
        found.append(_with_key_number(keys.number - 1, external_key(keys.old, number)))
    return found


def _with_key_number(key_number: int, hashed: str) -> str:
    return hashed if key_number == FIRST else f"{key_number}:{hashed}"


@dataclass(slots=True, repr=False, eq=False)
class KnownPerson:
    """A person as the database knows them (`before`), and as they are once the file is taken (`facts`)."""

    id: UUID
    facts: dict[str, Any]  # by column of Person
    held: Held = field(default_factory=dict)  # the roles, and when each ends
    before: dict[str, Any] = field(default_factory=dict)  # empty: somebody new
    held_before: Held = field(default_factory=dict)
    past_roles: frozenset[Role] = frozenset()  # that have ended, or were held before the file
    not_begun: frozenset[Role] = frozenset()  # of those held: given from a later day
    row: PersonRow | None = None  # the line of the file that is about them

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(self.held)

    @property
    def known_roles(self) -> frozenset[Role]:
        """The roles they have or had: who somebody is doesn't end with a role."""
        return self.roles | self.past_roles

    @property
    def is_citizen(self) -> bool:
        return Role.CITIZEN in self.roles

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    @property
    def first_name(self) -> str:
        return name_key(first_name(self.facts["name"]))

    @property
    def is_guessed(self) -> bool:
        """Say whether their line has only their name to go by, though more is known that would tell."""
        return self.row is not None and self.is_known_by_name_alone(self.row)

    def is_known_by_name_alone(self, row: PersonRow) -> bool:
        """Say whether a line has only the name to go by, though more was known before that would tell."""
        if row.key or compare_facts(self.before, row.facts) is not Similarity.UNTOLD:
            return False
        return any(self.before.get(fact) is not None for fact in ("external_key", *TELLING))


class PersonIndex:
    """Everybody there is, to be found by number, e-mail and name."""

    def __init__(self, people: Iterable[KnownPerson], keys: SecretKeys) -> None:
        self.keys = keys
        self.everybody: dict[UUID, KnownPerson] = {}
        self.by_key: dict[str, KnownPerson] = {}
        self.by_email: dict[str, dict[UUID, KnownPerson]] = defaultdict(dict)
        self.by_name: dict[str, dict[UUID, KnownPerson]] = defaultdict(dict)
        for one in people:
            self._note(one)

    def _note(self, one: KnownPerson) -> None:
        """Let somebody be found by what is known of them now, besides what was known before."""
        self.everybody[one.id] = one
        self.by_name[name_key(one.facts["name"])][one.id] = one
        if one.facts["external_key"]:
            self.by_key[one.facts["external_key"]] = one
        if one.facts.get("email"):
            self.by_email[email_key(one.facts["email"])][one.id] = one

    def told(self) -> list[KnownPerson]:
        """Return those the file tells of, in its order."""
        return sorted(
            (one for one in self.everybody.values() if one.row),
            key=lambda one: one.row.line if one.row else 0,
        )

    def take(self, row: PersonRow, one: KnownPerson | None) -> None:
        """Note what a line tells of the person it was found to be about, or of somebody new."""
        one = one or KnownPerson(uuid4(), {"external_key": None})
        one.row = row
        one.facts |= row.facts | {"name": one.facts["name"] if one.is_guessed else row.name}
        one.facts["external_key"] = self.hashed(row) or one.facts["external_key"]
        one.held = roles_after(one.held, row, is_new=not one.before)
        self._note(one)

    def hashed(self, row: PersonRow) -> str | None:
        """Return what is stored of a line's number, or None if it has none."""
        return number_hashes(self.keys, row.key)[0] if row.key else None

    def with_number(self, number: str | None) -> KnownPerson | None:
        """Return who is known by a number, also by one that was hashed with the key before."""
        hashes = number_hashes(self.keys, number) if number else []
        return next((self.by_key[one] for one in hashes if one in self.by_key), None)

    def known_like(self, row: PersonRow) -> list[KnownPerson]:
        """Return who was known before by the number, the e-mail or the name of a line."""
        numbered = self.with_number(row.key)
        alike = [*self._named(row), *self._with_email(row), *([numbered] if numbered else [])]
        return [one for one in {one.id: one for one in alike}.values() if one.before]

    def find(self, row: PersonRow, but: Collection[UUID] = ()) -> KnownPerson | None:
        """Return the person a line is about, or None for somebody new; see the top of this file.

        `but` are people who other lines with a number are known to be about.

        Raises:
            InvalidCell: it can't be told who that is.
        """
        return self._keyed(row, but) if row.key else self._keyless(row)

    def find_again(self, one: KnownPerson, row: PersonRow) -> None:
        """Look somebody up by their line once all are taken in, as the next import will.

        Raises:
            InvalidCell: the line finds another, or may be about several.
        """
        others = [other for other in self._with_email(row) if other is not one]
        is_new = not one.before and row.key is None
        if is_new and others and one.first_name not in {other.first_name for other in others}:
            raise _not_theirs(row, others)
        found = self.find(row)
        if found is not one:
            raise _several(row, [found] if found else [])

    def _keyed(self, row: PersonRow, but: Collection[UUID]) -> KnownPerson | None:
        known = self.with_number(row.key)
        if known is not None:
            self._check_number(known, row)
            return known
        self._check_changed_number(row, but)
        free = [one for one in self._named(row) if not one.facts["external_key"] and one.id not in but]
        same, doubtful = _alike(free, row)
        if doubtful:
            raise InvalidCell(f"Det ligner en person uden nummer i Én plan, {DIFFERS} {GIVE_BOTH}")
        if len(same) > 1:
            raise InvalidCell(f"Det passer på flere personer uden nummer i Én plan. {KEEP_ONE}")
        if not same:
            return None
        _check_birth_date(same[0], row, GIVE_BOTH)
        return same[0]

    def _check_changed_number(self, row: PersonRow, but: Collection[UUID]) -> None:
        """Refuse a new number for somebody known with another, as when a spreadsheet took its first zero."""
        others = [one for one in self._named(row) if one.facts["external_key"] and one.id not in but]
        same, _doubtful = _alike(others, row)
        if any("born_on" in agreeing_facts(one.facts, row.facts) for one in same):
            raise InvalidCell(OTHER_NUMBER)

    def _check_number(self, owner: KnownPerson, row: PersonRow) -> None:
        """Refuse a number that is its owner's by nothing else: two series share it, or lines were moved."""
        if name_key(owner.facts["name"]) == name_key(row.name):
            return
        if contradicts(owner.facts, row.facts) or not owner.known_roles & (row.roles or {Role.CITIZEN}):
            raise InvalidCell(NOT_THEIR_NUMBER)
        is_new_surname = owner.first_name == name_key(first_name(row.name))
        if is_new_surname and "born_on" in agreeing_facts(owner.facts, row.facts):
            return
        if any(one is not owner for one in self._named(row)):
            raise InvalidCell(SWAPPED)

    def _keyless(self, row: PersonRow) -> KnownPerson | None:
        owners = self._with_email(row)
        with_email = [one for one in owners if one.first_name == name_key(first_name(row.name))]
        if owners and not with_email:
            raise _not_theirs(row, owners)
        named = self._named(row)
        same, doubtful = _alike({one.id: one for one in (*with_email, *named)}.values(), row)
        if doubtful:
            raise _in_line(row, doubtful) or InvalidCell(
                f"Det ligner en person i Én plan, {DIFFERS} {GIVE_NUMBER}"
            )
        is_named = any(one in named for one in same)  # else a new surname, or another's e-mail
        found = same if is_named else [*same, *self._by_name_alone(row, named)]
        if len(found) > 1:
            raise _several(row, found)
        if not found:
            return None
        _check_surname(found[0], row)
        _check_birth_date(found[0], row, GIVE_NUMBER)
        _check_name_alone(found[0], row)
        return found[0]

    def _by_name_alone(self, row: PersonRow, named: Iterable[KnownPerson]) -> list[KnownPerson]:
        """Return those with the name and a role of the line; nobody if they are all known to be others."""
        roles = row.roles or {Role.CITIZEN}
        namesakes = [one for one in named if one.known_roles & roles]
        others = [one for one in namesakes if compare_facts(one.facts, row.facts) is Similarity.OTHER]
        return namesakes if len(others) < len(namesakes) else []

    def _named(self, row: PersonRow) -> Collection[KnownPerson]:
        return self.by_name.get(name_key(row.name), {}).values()

    def _with_email(self, row: PersonRow) -> Collection[KnownPerson]:
        return self.by_email.get(row.facts.get("email", ""), {}).values()


def _alike(people: Iterable[KnownPerson], row: PersonRow) -> tuple[list[KnownPerson], list[KnownPerson]]:
    """Return those on whom the line's facts agree, and those on whom some do and some don't."""
    found = defaultdict[Similarity, list[KnownPerson]](list)
    for one in people:
        found[compare_facts(one.facts, row.facts)].append(one)
    return found[Similarity.SAME], found[Similarity.DOUBTFUL]


def _check_surname(one: KnownPerson, row: PersonRow) -> None:
    """Refuse another surname that only an e-mail speaks for: it may be an office's or a family's."""
    is_named = name_key(one.facts["name"]) == name_key(row.name)
    if not is_named and agreeing_facts(one.facts, row.facts) <= {"email"}:
        raise InvalidCell(f"E-mailen hører til en person med et andet efternavn. {GIVE_NUMBER}")


def _check_birth_date(one: KnownPerson, row: PersonRow, way_out: str) -> None:
    """Refuse to give a birth date to somebody found by name and phone: father and son may share both."""
    is_new = "born_on" in row.facts and one.facts.get("born_on") is None
    if is_new and agreeing_facts(one.facts, row.facts) == {"phone"}:
        raise InvalidCell(f"Navn og telefon afgør ikke, hvem fødselsdatoen hører til. {way_out}")


def _check_name_alone(one: KnownPerson, row: PersonRow) -> None:
    """Refuse what a line would change of somebody it has only the name of, though more is known of them."""
    if not one.is_known_by_name_alone(row):
        return
    changes = any(one.facts.get(name) != value for name, value in row.facts.items())
    if changes or roles_after(one.held, row, is_new=False) != one.held:
        raise InvalidCell(f"Et navn alene ændrer ikke noget om en person, Én plan kender. {GIVE_NUMBER}")


def _in_line(row: PersonRow, people: Iterable[KnownPerson]) -> InvalidCell | None:
    """Return the refusal that names the other line which may be about the same person, if there is one."""
    lines = [one.row.line for one in people if one.row is not None and one.row is not row]
    return same_as_line(min(lines)) if lines else None


def same_as_line(line: int) -> InvalidCell:
    """Return the refusal of a line that may be about the same person as another line."""
    return InvalidCell(f"Det ser ud til at være samme person som i linje {line}. {GIVE_NUMBER}")


def _several(row: PersonRow, people: Iterable[KnownPerson]) -> InvalidCell:
    return _in_line(row, people) or InvalidCell(f"Flere personer kan være den samme som denne. {GIVE_NUMBER}")


def _not_theirs(row: PersonRow, owners: Iterable[KnownPerson]) -> InvalidCell:
    lines = [one.row.line for one in owners if one.row is not None and one.row is not row]
    where = f" i linje {min(lines)}" if lines else ""
    return InvalidCell(f"E-mailen hører til en person med et andet fornavn{where}. {GIVE_NUMBER}")
