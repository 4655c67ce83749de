"""Those of a hidden department, to a citizen and who acts for her: that somebody helps, not who."""

from collections.abc import Sequence
from dataclasses import replace

from app.access.policy import Field, Subject, may_see
from app.i18n import gettext as _
from app.plan.queries import CircleMember, HelperCard


def quiet_circle(subject: Subject, circle: Sequence[CircleMember]) -> Sequence[CircleMember]:
    """Return the circle as the reader of `subject` may know it."""
    if may_see(subject, Field.HIDDEN_HELPERS):
        return circle
    return [_quiet(one) if one.hidden else one for one in circle]


def _quiet(member: CircleMember) -> CircleMember:
    nobody = HelperCard(member.helper.id, _("Hjælperen"), None, None, None)
    return replace(member, helper=nobody, area="", helps_with=None, department=None)
