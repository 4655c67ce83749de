"""What can be told of goals and steps."""

from app.entries.news import ENTRIES, link_to_entry
from app.i18n import gettext as _
from app.i18n import ngettext
from app.notifications.rules import Link, NewsGroup, NoticeKind

STEP_DONE = NoticeKind(
    "step_done",
    link_to_entry,
    lambda news: ngettext(
        "%(who)s er færdig med et skridt i din plan.",
        "%(who)s er færdig med %(num)s skridt i din plan.",
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


GOAL_PLACED = NoticeKind(
    "goal_placed",
    link_to_entry,
    lambda news: _("%(who)s har rettet noget ved et mål i din plan. Selve målet er det samme.", who=news.who),
    lambda news: _("%(citizen)s: Der er rettet noget ved et mål.", citizen=news.citizen),
    about=ENTRIES,
    revision="goal_placed",
)


def _link_to_promise(news: NewsGroup) -> Link:
    return Link("goals.index", {"_anchor": f"loefte-{news.about}" if news.about else "loefter"})


PROMISE_MADE = NoticeKind(
    "promise_made",
    _link_to_promise,
    lambda news: _("Der er et nyt løfte i din plan. %(who)s har skrevet det.", who=news.who),
    lambda news: _("%(citizen)s: Der er et nyt løfte i planen.", citizen=news.citizen),
)
PROMISE_KEPT = NoticeKind(
    "promise_kept",
    _link_to_promise,
    lambda news: ngettext(
        "%(who)s har skrevet, at et løfte er holdt.",
        "%(who)s har skrevet, at %(num)s løfter er holdt.",
        news.count,
        who=news.who,
    ),
    lambda news: _("%(citizen)s: Et løfte er holdt.", citizen=news.citizen),
    revision="promise_kept",
)
PROMISE_CHANGED = NoticeKind(
    "promise_changed",
    _link_to_promise,
    lambda news: _("%(who)s har ændret et løfte. Se hvorfor i din plan.", who=news.who),
    lambda news: _("%(citizen)s: Et løfte er ændret.", citizen=news.citizen),
    revision="promise_changed",
)
PROMISE_WITHDRAWN = NoticeKind(
    "promise_withdrawn",
    _link_to_promise,
    lambda news: _("%(who)s har trukket et løfte tilbage. Se hvorfor i din plan.", who=news.who),
    lambda news: _("%(citizen)s: Et løfte er trukket tilbage.", citizen=news.citizen),
    revision="promise_withdrawn",
)
PROMISE_TAKEN_OVER = NoticeKind(
    "promise_taken_over",
    _link_to_promise,
    lambda news: _("%(who)s har overtaget et løfte i din plan.", who=news.who),
    lambda news: _("%(citizen)s: Et løfte er overtaget af en anden.", citizen=news.citizen),
    revision="promise_taken_over",
)
STEP_ADDED = NoticeKind(  # to those who help; to the citizen it is something new in the plan
    "step_added",
    link_to_entry,
    lambda news: _("%(who)s tog et skridt med i din plan.", who=news.who),
    lambda news: _("%(citizen)s: Der er et nyt skridt i planen.", citizen=news.citizen),
    about=ENTRIES,
)


def _link_to_proposal(news: NewsGroup) -> Link:
    return Link("step_proposals.show", {"entry_id": news.about}) if news.about else Link("goals.index")


STEP_PROPOSAL_TAKEN = NoticeKind(  # to who proposed it; to the citizen it is something new in the plan
    "step_proposal_taken",
    link_to_entry,
    to_helper=lambda news: _("%(citizen)s: Dit forslag er taget med i planen.", citizen=news.citizen),
    about=ENTRIES,
)
STEP_PROPOSAL_TALK = NoticeKind(
    "step_proposal_talk",
    _link_to_proposal,
    to_helper=lambda news: _(
        "%(citizen)s: Kontaktpersonen vil gerne tale om dit forslag.", citizen=news.citizen
    ),
    apart=lambda news: news.about,
)
STEP_PROPOSAL_UNDONE = NoticeKind(
    "step_proposal_undone",
    link_to_entry,
    lambda news: _("%(who)s har taget et skridt ud af din plan igen. Det er et forslag.", who=news.who),
    lambda news: _(
        "%(citizen)s: Svaret på dit forslag er fortrudt. Det venter på et nyt svar.", citizen=news.citizen
    ),
    about=ENTRIES,
)
STEP_BLOCKED = NoticeKind(
    "step_blocked",
    link_to_entry,
    lambda news: _("Et skridt i din plan må vente. %(who)s har skrevet hvorfor.", who=news.who),
    lambda news: _("%(citizen)s: Et skridt må vente.", citizen=news.citizen),
    about=ENTRIES,
    revision="step_blocked",
)
STEP_DROPPED = NoticeKind(
    "step_dropped",
    link_to_entry,
    lambda news: _("Et skridt i din plan er droppet. %(who)s har skrevet hvorfor.", who=news.who),
    lambda news: _("%(citizen)s: Et skridt er droppet.", citizen=news.citizen),
    about=ENTRIES,
    revision="step_dropped",
)
STEP_TAKEN_OVER = NoticeKind(
    "step_taken_over",
    link_to_entry,
    lambda news: _("%(who)s har overtaget et skridt i din plan.", who=news.who),
    lambda news: _("%(citizen)s: Et skridt er overtaget af en anden.", citizen=news.citizen),
    about=ENTRIES,
    revision="step_taken_over",
)
