"""What an administrator does, by the names it is remembered by. Pure."""

from enum import StrEnum

ABOUT_MOST, DETAILS_MOST = 120, 4000  # characters


class ActKind(StrEnum):
    """What was done. `about` of an act is a system's name, a department's, or a file's."""

    PERSON_ADDED = "person_added"
    ROLE_GIVEN = "role_given"
    ROLE_ENDED = "role_ended"
    WAYS_CLOSED = "ways_closed"
    CONTACT_GIVEN = "contact_given"
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    KEY_MADE = "key_made"
    KEY_ENDED = "key_ended"
    PEOPLE_IMPORTED = "people_imported"
    IMPORT_REFUSED = "import_refused"
