"""Which ties to a citizen still count: each ends with the roles it comes of, that to oneself never does."""

from app.access.policy import Tie
from app.identity.rules import Role

AT_WORK = frozenset({Tie.CONTACT, Tie.SUBSTITUTE, Tie.PROFESSIONAL})
COMES_OF = {
    Tie.CONTACT: frozenset({Role.CONTACT}),
    Tie.SUBSTITUTE: frozenset({Role.CONTACT}),
    Tie.PROFESSIONAL: frozenset({Role.CONTACT, Role.PROFESSIONAL}),
    Tie.REPRESENTATIVE: frozenset({Role.REPRESENTATIVE}),
}


def ties_held(ties: frozenset[Tie], roles: frozenset[Role]) -> frozenset[Tie]:
    """Return the ties that still count for somebody who has these roles now."""
    return frozenset(tie for tie in ties if COMES_OF.get(tie, roles) & roles)
