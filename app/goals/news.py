"""What can be told of goals and steps."""

from app.entries.news import ENTRIES, link_to_entry
from app.i18n import gettext as _
from app.i18n import ngettext
from app.notifications.rules import NoticeKind

STEP_DONE = NoticeKind(
    "step_done",
    link_to_entry,
    lambda news: ngettext(
        "%(who)s har gjort et skridt i din plan.",
        "%(who)s har gjort %(num)s skridt i din plan.",
        news.count,
        who=news.who,
    ),
    lambda news: ngettext(
        "%(citizen)s: Et skridt er gjort.",
        "%(citizen)s: %(num)s skridt er gjort.",
        news.count,
        citizen=news.citizen,
    ),
    about=ENTRIES,
    revision="step_done",
)
GOAL_ANSWERED = NoticeKind(
    "goal_answered",
    link_to_entry,
    lambda news: _("%(who)s har svaret på et mål i din plan.", who=news.who),
    lambda news: _("%(citizen)s: Der er svaret på et mål.", citizen=news.citizen),
    about=ENTRIES,
    revision="goal_answered",
)
