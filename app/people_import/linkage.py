"""Ties every line of a file to its person, or says why it can't: nobody is found by two lines.

All lines are held against the people as they were before the file, so that the order of lines doesn't count.
Once all are taken in, every line must find its person again, as it will the next time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from app.people_import.line_errors import InvalidCell, LineProblem
from app.people_import.matching import KnownPerson, PersonIndex, same_as_line
from app.people_import.rules import PersonRow

GONE_BEFORE = "Rollen er slut, og personen står ikke i Én plan. Slet linjen."


@dataclass(slots=True, repr=False)
class _Candidate:
    """The lines that are about one person; None is somebody new."""

    one: KnownPerson | None
    rows: list[PersonRow] = field(default_factory=list)


def match_rows(index: PersonIndex, rows: Iterable[PersonRow]) -> list[LineProblem]:
    """Tie every line to its person; return those that can't be. What the others tell is then in `index`."""
    linking = _Linker(index)
    linking.claim(list(rows))
    linking.settle()
    linking.look_again()
    return linking.problems


class _Linker:
    def __init__(self, index: PersonIndex) -> None:
        self.index = index
        self.problems: list[LineProblem] = []
        self.claims: dict[str, _Candidate] = {}

    def claim(self, rows: list[PersonRow]) -> None:
        """Find who each line is about. Who has a number in this file is no longer a doubt for the others."""
        numbered = [row for row in rows if row.key]
        unclear = [row for row in numbered if not self._found(row, lambda _row, _why: None)]
        known = frozenset(claim.one.id for claim in self.claims.values() if claim.one)
        for row in unclear:
            self._found(row, self._refuse, known)
        for row in rows:
            if not row.key:
                self._found(row, self._refuse)

    def settle(self) -> None:
        """Take each line that is alone about its person; refuse those that several lines are about."""
        for claim in self.claims.values():
            first, *more = sorted(claim.rows, key=lambda row: row.line)
            if claim.one is None and first.has_ended:
                self._refuse(first, InvalidCell(GONE_BEFORE))
                continue
            if not more:
                self.index.take(first, claim.one)
                continue
            self._refuse(first, same_as_line(more[0].line))
            for row in more:
                self._refuse(row, same_as_line(first.line))

    def look_again(self) -> None:
        """Refuse every line that, with all taken in, no longer tells who it is about."""
        told = self.index.told()
        after = PersonIndex(self.index.everybody.values(), self.index.keys)
        for one in told:
            if one.row is not None:
                try:
                    after.find_again(one, one.row)
                except InvalidCell as why:
                    self._refuse(one.row, why)

    def _found(
        self,
        row: PersonRow,
        otherwise: Callable[[PersonRow, InvalidCell], None],
        settled: frozenset[UUID] = frozenset(),
    ) -> bool:
        try:
            one = self.index.find(row, settled)
        except InvalidCell as why:
            otherwise(row, why)
            return False
        who = str(one.id) if one else self.index.hashed(row) or f"line {row.line}"
        self.claims.setdefault(who, _Candidate(one)).rows.append(row)
        return True

    def _refuse(self, row: PersonRow, why: InvalidCell) -> None:
        self.problems.append(LineProblem(row.line, "", str(why)))
