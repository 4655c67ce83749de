"""What can be told of how it goes."""

from app.i18n import gettext as _
from app.notifications.rules import Link, NewsGroup, NoticeKind


def _link(_news: NewsGroup) -> Link:
    return Link("assessments.index")


ASSESSMENT_SHOWN = NoticeKind(
    "assessment_shown",
    _link,
    to_helper=lambda news: _("%(citizen)s har vist, hvordan det går.", citizen=news.citizen),
)
ASSESSMENT_READ = NoticeKind(
    "assessment_read",
    _link,
    lambda news: _("%(who)s har læst dit svar på, hvordan det går.", who=news.who),
)
