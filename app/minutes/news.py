"""What can be told of what was agreed at a meeting."""

from app.i18n import gettext as _
from app.meetings.news import link_to_meeting
from app.notifications.rules import NoticeKind

MINUTES_SHARED = NoticeKind(
    "minutes_shared",
    link_to_meeting,
    lambda news: _("%(who)s har skrevet, hvad I aftalte.", who=news.who),
    beside_question=True,
    revision="minutes_shared",
)
MINUTES_ANSWERED = NoticeKind(
    "minutes_answered",
    link_to_meeting,
    to_helper=lambda news: _("%(citizen)s har skrevet noget til det, I aftalte.", citizen=news.citizen),
    revision="minutes_answered",
)
