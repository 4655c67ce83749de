"""Entries in every state, made by the verbs themselves."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.config import DEMO_SITE, read_site
from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.review import approve_entry, talk_about_entry
from app.store.db import Database
from tests.cast import NOW, People, Someone

SITE = read_site(DEMO_SITE)
WORDS = "Jeg vil bo tæt på min datter"
REPLY = "Skal vi tale om det på tirsdag?"
YESTERDAY = NOW - timedelta(days=1)


def share(session: Session, entry: Entry, *, now: datetime = NOW) -> Entry:
    """Let the author share the newest words."""
    return share_entry(
        session,
        entry.author_id,
        entry.id,
        by=entry.author_id,
        now=now,
        closing_days=SITE.closing_days,
        working_days=SITE.answer_working_days,
    )


def wrote(
    database: Database,
    author: Someone,
    to: str = "draft",
    *,
    words: str = WORDS,
    kind: EntryKind = EntryKind.DREAM,
    at: datetime = YESTERDAY,
) -> Entry:
    """Let a citizen of Line's write at `at`, and take it as far as `to`: draft, shared, in_plan, talk."""
    line = People().line.id
    with database.writing() as session:
        entry = write_entry(session, author.id, kind, words, by=author.id, now=at)
        if to != "draft":
            share(session, entry, now=at)
        if to == "in_plan":
            approve_entry(session, author.id, entry.id, version=1, by=line, now=NOW)
        if to == "talk":
            talk_about_entry(session, author.id, entry.id, REPLY, version=1, by=line, now=NOW)
    return entry
