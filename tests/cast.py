"""The people every test meets: the demo's cast, by slug, with their ids and their addresses."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.demo.cast import CAST, person_id

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday, 10.00 in Denmark


@dataclass(frozen=True, slots=True)
class Someone:
    """One of the cast."""

    slug: str
    id: UUID
    name: str

    @property
    def url(self) -> str:
        """The address under which those who help see this citizen."""
        return f"/borgere/{self.id}"


class People:
    """`people.anna`, `people.line`, …: who is who stands in the demo's cast list."""

    def __getattr__(self, slug: str) -> Someone:
        found = next((one for one in CAST if one.slug == slug), None)
        if found is None:
            raise AttributeError(slug)
        return Someone(slug, person_id(slug), found.name)
