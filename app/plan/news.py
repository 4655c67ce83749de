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
    to_helper=lambda news: _(
        "%(citizen)s: Et ja til planen er trukket tilbage. Den er lukket.", citizen=news.citizen
    ),
    revision="consent_revoked",
)

ACCESS_CHANGED = NoticeKind(
    "access_changed",
    lambda _news: Link("caseload.not_started"),  # which leads to the plan, while the reader sees any of it
    to_helper=lambda news: _("%(citizen)s har ændret, hvad du kan se af planen.", citizen=news.citizen),
    revision="access_changed",
)

# What one who has custody says beside a young person.
OTHER_YES_GIVEN = NoticeKind(
    "other_yes_given",
    lambda _news: Link("consent.index"),
    to_citizen=lambda news: _("%(who)s sagde ja til din plan.", who=news.who),
)
OTHER_YES_REVOKED = NoticeKind(
    "other_yes_revoked",
    lambda _news: Link("consent.index"),
    to_citizen=lambda news: _("%(who)s trak sit ja til din plan tilbage.", who=news.who),
)

CONTACT_AWAY = NoticeKind(
    "contact_away",
    _link,
    to_citizen=lambda news: _("Se, hvem der svarer dig, mens %(who)s er væk.", who=news.who),
)
CONTACT_BACK = NoticeKind(
    "contact_back",
    _link,
    to_citizen=lambda news: _("%(who)s er tilbage.", who=news.who),
)

# Another contact person. To the citizen, who did it is the one who comes: that is who the sentence is about.
CONTACT_COMING = NoticeKind(
    "contact_coming",
    _link,
    to_citizen=lambda news: _("%(who)s bliver din kontaktperson. Se hvornår.", who=news.who),
)
CONTACT_NEW = NoticeKind(
    "contact_new",
    _link,
    to_citizen=lambda news: _("%(who)s er nu din kontaktperson.", who=news.who),
    revision="contact_changed",
)
CONTACT_STAYS = NoticeKind(
    "contact_stays",
    _link,
    to_citizen=lambda news: _("Du beholder din kontaktperson: %(who)s.", who=news.who),
)


def _handover(_news: NewsGroup) -> Link:
    return Link("handover.show")


HANDED_OVER = NoticeKind(
    "handed_over",
    _handover,
    to_helper=lambda news: _("%(citizen)s: Du er nu kontaktperson.", citizen=news.citizen),
)
HANDOVER_STOPPED = NoticeKind(
    "handover_stopped",
    _handover,
    to_helper=lambda news: _(
        "%(citizen)s: Du er stadig kontaktperson. Overdragelsen blev ikke til noget.", citizen=news.citizen
    ),
)
