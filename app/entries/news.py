"""What can be told of entries, and where in the plan they stand."""

from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.i18n import gettext as _
from app.i18n import ngettext
from app.notifications.rules import AboutTable, Link, NewsGroup, NoticeKind

ENTRIES = AboutTable(Entry.id, Entry.kind)
ANCHORS = {
    EntryKind.DREAM: "droem",
    EntryKind.GOAL: "maal",
    EntryKind.STEP: "skridt",
    EntryKind.OTHER: "andet",
}  # ids on /plan


def link_to_entry(news: NewsGroup) -> Link:
    """Return the way to the one entry in the plan, or to the plan."""
    of = _one(news)
    return Link("goals.index", {"ved": news.about, "_anchor": f"{ANCHORS[of]}-{news.about}"} if of else {})


def _one(news: NewsGroup) -> EntryKind | None:
    """Return what the one entry is; None of several."""
    return news.detail if news.about and isinstance(news.detail, EntryKind) else None


def _say_shared(news: NewsGroup) -> str:
    if _one(news) is EntryKind.STEP:
        return _("%(who)s tog et skridt med i din plan.", who=news.who)
    return _("%(who)s har skrevet noget nyt i din plan.", who=news.who)


def _say_approved(news: NewsGroup) -> str:
    named = {
        EntryKind.DREAM: _("%(who)s tog din drøm med i planen.", who=news.who),
        EntryKind.GOAL: _("%(who)s tog dit mål med i planen.", who=news.who),
        EntryKind.STEP: _("%(who)s tog dit skridt med i planen.", who=news.who),
        EntryKind.OTHER: _("%(who)s tog det, du skrev, med i planen.", who=news.who),
    }
    if of := _one(news):
        return named[of]
    return ngettext(
        "%(who)s tog dit forslag med i planen.",
        "%(who)s tog %(num)s af dine forslag med i planen.",
        news.count,
        who=news.who,
    )


def _say_talk(news: NewsGroup) -> str:
    named = {
        EntryKind.DREAM: _("%(who)s vil gerne tale med dig om din drøm.", who=news.who),
        EntryKind.GOAL: _("%(who)s vil gerne tale med dig om dit mål.", who=news.who),
        EntryKind.STEP: _("%(who)s vil gerne tale med dig om dit skridt.", who=news.who),
        EntryKind.OTHER: _("%(who)s vil gerne tale med dig om det, du skrev.", who=news.who),
    }
    if of := _one(news):
        return named[of]
    return ngettext(
        "%(who)s vil gerne tale med dig om dit forslag.",
        "%(who)s vil gerne tale med dig om %(num)s forslag.",
        news.count,
        who=news.who,
    )


def _say_undone(news: NewsGroup) -> str:
    named = {
        EntryKind.DREAM: _(
            "%(who)s har fortrudt sit svar på din drøm. Den er her stadig og venter på et nyt svar.",
            who=news.who,
        ),
        EntryKind.GOAL: _(
            "%(who)s har fortrudt sit svar på dit mål. Det er her stadig og venter på et nyt svar.",
            who=news.who,
        ),
        EntryKind.STEP: _(
            "%(who)s har fortrudt sit svar på dit skridt. Det er her stadig og venter på et nyt svar.",
            who=news.who,
        ),
    }
    of = _one(news)
    rest = _(
        "%(who)s har fortrudt sit svar på det, du skrev. Det er her stadig og venter på et nyt svar.",
        who=news.who,
    )
    return named.get(of, rest) if of else rest


# To those who answer, what is shared and what is late stands in their queue.
ENTRY_SHARED = NoticeKind("entry_shared", link_to_entry, _say_shared, about=ENTRIES)
ENTRY_APPROVED = NoticeKind("entry_approved", link_to_entry, _say_approved, about=ENTRIES)
ENTRY_TALK = NoticeKind("entry_talk", link_to_entry, _say_talk, about=ENTRIES)
ENTRY_LATE = NoticeKind(
    "entry_late",
    link_to_entry,
    lambda news: ngettext(
        "Et svar til dig er forsinket. Se i planen, hvem der svarer.",
        "%(num)s svar til dig er forsinkede. Se i planen, hvem der svarer.",
        news.count,
    ),
    about=ENTRIES,
)
ENTRY_UNDONE = NoticeKind(
    "entry_undone",
    link_to_entry,
    _say_undone,
    lambda news: _(
        "%(citizen)s: Et svar er fortrudt. Forslaget venter på et nyt svar.", citizen=news.citizen
    ),
    about=ENTRIES,
)
ENTRY_TAKEN_BACK = NoticeKind(
    "entry_taken_back",
    lambda _news: Link("goals.index"),
    to_helper=lambda news: _("%(citizen)s har taget et forslag tilbage.", citizen=news.citizen),
)
