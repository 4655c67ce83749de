"""What the domain can say no with; `web.error_pages` turns each into one page, or into problem+json."""

from typing import Any


class Refused(Exception):
    """The request was understood and the rules say no.

    `reason` is a Danish msgid that says what to do; `params` fills its %(name)s places.
    Both are translated where the answer is written, never here.
    """

    reason = "Det kan ikke lade sig gøre. Ring til din kontaktperson."

    def __init__(self, **params: Any) -> None:
        super().__init__(self.reason)
        self.params = params


class Missing(Exception):
    """No such thing, or none that this person may know of."""


class SchemaIsNewer(Exception):
    """The database has taken steps that this program does not know. The text says what to do, in Danish."""
