"""What can be told of the thread. Leads to the thread itself, and says nothing of what stands in it."""

from app.i18n import gettext as _
from app.i18n import ngettext
from app.notifications.rules import Link, NewsGroup, NoticeKind

NEWEST = "nyeste"  # id on /beskeder: the page opens there


def _to_thread(_news: NewsGroup) -> Link:
    return Link("messages.index", {"_anchor": NEWEST})


def _say_sent(news: NewsGroup) -> str:
    return ngettext(
        "%(who)s har skrevet til dig.",
        "%(who)s har skrevet %(num)s beskeder til dig.",
        news.count,
        who=news.who,
    )


MESSAGE_SENT = NoticeKind("message_sent", _to_thread, _say_sent, _say_sent)
MESSAGE_LATE = NoticeKind(
    "message_late",
    _to_thread,
    lambda news: ngettext(
        "Svaret på din besked er forsinket. Se, hvad der sker nu.",
        "Svaret på %(num)s af dine beskeder er forsinket. Se, hvad der sker nu.",
        news.count,
    ),
    lambda news: _("%(citizen)s venter stadig på svar på en besked.", citizen=news.citizen),
)
MESSAGE_REMOVED = NoticeKind(
    "message_removed",
    _to_thread,
    lambda news: _("%(who)s har fjernet en besked. Den var ikke til dig.", who=news.who),
)
PLAN_REQUESTED = NoticeKind(
    "plan_requested",
    _to_thread,
    lambda news: _("%(who)s spørger, om noget, du skrev, må komme med i planen.", who=news.who),
    beside_question=True,
)
PLAN_ANSWERED = NoticeKind(
    "plan_answered",
    _to_thread,
    to_helper=lambda news: _(
        "%(citizen)s har svaret på, om noget må komme med i planen.", citizen=news.citizen
    ),
)
DRAFTS_MOVED = NoticeKind(
    "drafts_moved",
    _to_thread,
    lambda _news: _("Det, du skrev under »Noget andet«, ligger nu som kladder i dine beskeder."),
)
