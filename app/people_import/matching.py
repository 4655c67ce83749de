"""Who in the file is who in the database. A wrong match would show one person's plan to another, so:

- With a number: the one with that number. Else one without a number who has the same name and the same
  e-mail or phone, and who gets the number. Else somebody new.
- Without a number: the one with that e-mail, if the first name is the same too. Else the one with that name
  and phone. Else the only one with that name and a role in common, unless e-mail or phone tell them apart.
  Else somebody new. Where several fit, or the e-mail is somebody else's, the line is refused: give a number.
- Nobody is found by two lines.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from app.identity.characters import same_name
from app.identity.rules import STAFF, Role, first_name
from app.people_import import fields
from app.people_import.faults import LineProblem, Wrong
from app.people_import.rules import Row

GIVE_NUMBER = "Giv hver person sit eget nummer i kolonnen id."


def external_key(secret_key: str, number: str) -> str:
    """Return what is stored of the number another system knows somebody by: HMAC-SHA256, keyed by the app."""
    return hmac.new(secret_key.encode(), b"enplan:person:" + number.encode(), hashlib.sha256).hexdigest()


@dataclass(slots=True, repr=False, eq=False)
class Someone:
    """A person as the database knows them (`before`), and as they are once the file is taken (`facts`)."""

    id: UUID
    facts: dict[str, Any]  # by column of Person
    roles: set[Role] = field(default_factory=set)
    before: dict[str, Any] = field(default_factory=dict)  # empty: somebody new
    roles_before: frozenset[Role] = frozenset()
    row: Row | None = None  # the line of the file that is about them

    @property
    def is_citizen(self) -> bool:
        return Role.CITIZEN in self.roles

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    def may_be(self, row: Row) -> bool:
        """Say whether neither e-mail nor phone tells this person and the line apart."""
        return all(
            None in (pair := (self.facts.get(fact), row.facts.get(fact))) or pair[0] == pair[1]
            for fact in ("email", "phone")
        )

    def shares(self, fact: str, row: Row) -> bool:
        return self.facts.get(fact) is not None and self.facts.get(fact) == row.facts.get(fact)


class Crowd:
    """Everybody there is, to be found by number, e-mail and name."""

    def __init__(self, people: Iterable[Someone], secret_key: str) -> None:
        self.secret_key = secret_key
        self.everybody: dict[UUID, Someone] = {}
        self.by_key: dict[str, Someone] = {}
        self.by_email: dict[str, dict[UUID, Someone]] = defaultdict(dict)
        self.by_name: dict[str, dict[UUID, Someone]] = defaultdict(dict)
        for one in people:
            self._note(one)

    def _note(self, one: Someone) -> None:
        """Let somebody be found by what is known of them now, besides what was known before."""
        self.everybody[one.id] = one
        self.by_name[same_name(one.facts["name"])][one.id] = one
        if one.facts["external_key"]:
            self.by_key[one.facts["external_key"]] = one
        if one.facts.get("email"):
            self.by_email[one.facts["email"].casefold()][one.id] = one

    def told(self) -> list[Someone]:
        """Return those the file tells of, in its order."""
        return sorted(
            (one for one in self.everybody.values() if one.row),
            key=lambda one: one.row.line if one.row else 0,
        )

    def take(self, row: Row) -> None:
        """Find the person a line is about, or add a new one, and note what the line tells.

        Raises:
            Wrong: it can't be told who that is, or another line has told about them.
        """
        one = self.find(row) or Someone(uuid4(), {"external_key": None})
        if one.row is not None:
            raise Wrong(f"Det ser ud til at være samme person som i linje {one.row.line}. {GIVE_NUMBER}")
        one.row = row
        one.facts |= row.facts | {"name": row.name}
        one.facts["external_key"] = self._hashed(row) or one.facts["external_key"]
        one.roles |= row.roles or (set() if one.before else {Role.CITIZEN})
        self._note(one)

    def find(self, row: Row) -> Someone | None:
        """Return the person a line is about, or None for somebody new; see the top of this file."""
        return self._keyed(row) if row.key else self._keyless(row)

    def _hashed(self, row: Row) -> str | None:
        return external_key(self.secret_key, row.key) if row.key else None

    def _keyed(self, row: Row) -> Someone | None:
        known = self.by_key.get(self._hashed(row) or "")
        same = [
            one
            for one in self.by_name.get(same_name(row.name), {}).values()
            if not one.facts["external_key"] and (one.shares("email", row) or one.shares("phone", row))
        ]
        return known or (same[0] if len(same) == 1 else None)

    def _keyless(self, row: Row) -> Someone | None:
        with_email = self.by_email.get(row.facts.get("email", ""), {}).values()
        first = same_name(first_name(row.name))
        found = [one for one in with_email if same_name(first_name(one.facts["name"])) == first]
        if with_email and not found:
            raise Wrong(f"E-mailen hører til en person med et andet fornavn. {GIVE_NUMBER}")
        named = self.by_name.get(same_name(row.name), {}).values()
        found = found or [one for one in named if one.shares("phone", row)]
        roles = row.roles or {Role.CITIZEN}
        found = found or [one for one in named if one.roles & roles and one.may_be(row)]
        if len(found) > 1:
            raise Wrong(f"Flere personer kan være den samme som denne. {GIVE_NUMBER}")
        return found[0] if found else None

    def contact(self, said: str) -> Someone | None:
        """Return who is meant as contact person, or None if nobody is known by that.

        Raises:
            Wrong: several are, or the one who is lacks the role.
        """
        found = self._meant(said)
        able = [one for one in found if Role.CONTACT in one.roles]
        if len(able) > 1:
            raise Wrong("Flere kontaktpersoner hedder det samme. Skriv et nummer eller en e-mail i stedet.")
        if found and not able:
            raise Wrong("Den, der er skrevet her, har ikke rollen kontaktperson.")
        return able[0] if able else None

    def _meant(self, said: str) -> list[Someone]:
        number = self.by_key.get(external_key(self.secret_key, _number(said)))
        if number is not None:
            return [number]
        found = self.by_email.get(said.casefold()) or self.by_name.get(same_name(fields.right_way(said)), {})
        return list(found.values())


def _number(said: str) -> str:
    try:
        return fields.key(said)
    except Wrong:
        return said


def match(crowd: Crowd, rows: Iterable[Row]) -> list[LineProblem]:
    """Tie every line to its person; return those that can't be. Lines with a number go first.

    At the end every line is looked up again among all: it must find the same person the next time too.
    """
    problems = []
    for row in sorted(rows, key=lambda one: (one.key is None, one.line)):
        try:
            crowd.take(row)
        except Wrong as why:
            problems.append(LineProblem(row.line, "", str(why)))
    for one in crowd.everybody.values():
        try:
            if one.row and crowd.find(one.row) is not one:
                raise Wrong(f"Flere personer kan være den samme som denne. {GIVE_NUMBER}")
        except Wrong as why:
            problems.append(LineProblem(one.row.line if one.row else 0, "", str(why)))
    return problems


def name_contacts(crowd: Crowd, doubtful: set[str]) -> tuple[dict[UUID, UUID], list[LineProblem]]:
    """Return each citizen's contact person as the file names them, and the lines that name nobody.

    `doubtful` are names, e-mails and numbers from lines with a fault of their own: they may be who is meant.
    """
    wanted, problems = {}, []
    for one in crowd.everybody.values():
        if one.row is None or not one.row.contact:
            continue
        try:
            contact = _contact_of(crowd, one, one.row.contact, doubtful)
        except Wrong as why:
            problems.append(LineProblem(one.row.line, "kontaktperson", str(why)))
            continue
        if contact is not None:
            wanted[one.id] = contact.id
    return wanted, problems


def _contact_of(crowd: Crowd, one: Someone, said: str, doubtful: set[str]) -> Someone | None:
    """Return the contact person; None only if the line that could tell has a fault of its own."""
    if not one.is_citizen:
        raise Wrong("Kun en borger kan have en kontaktperson.")
    contact = crowd.contact(said)
    if contact is one:
        raise Wrong("En borger kan ikke være sin egen kontaktperson.")
    if contact is None and not {same_name(said), said.casefold(), _number(said)} & doubtful:
        raise Wrong("Kontaktpersonen findes ikke i filen eller i Én plan. Tag personen med i filen.")
    return contact
