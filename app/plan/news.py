"""What can be told of the plan as a whole: the yes and the no to it."""

from app.i18n import gettext as _
from app.notifications.rules import Link, NewsGroup, NoticeKind


def _link(_news: NewsGroup) -> Link:
    return Link("plan.contact")  # which can be read after a no, too


CONSENT_GIVEN = NoticeKind(
    "consent_given",
    _link,
    to_helper=lambda news: _("%(citizen)s: Der er sagt ja til planen.", citizen=news.citizen),
    revision="consent_given",
)
CONSENT_REVOKED = NoticeKind(
    "consent_revoked",
    _link,
    to_helper=lambda news: _("%(citizen)s: Der er sagt nej til planen. Den er lukket.", citizen=news.citizen),
    revision="consent_revoked",
)
