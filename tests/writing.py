"""Entries in every state, made by the verbs themselves."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from app.config import DEMO_SITE, read_site
from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.entries.service.authoring import revise_entry, share_entry, write_entry
from app.entries.service.inclusion import accept_plan_request
from app.entries.service.review import approve_entry, talk_about_entry
from app.messages.models import PlanRequest
from app.messages.service import ask_for_plan, send_to_contact
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
        workdays=SITE.workdays,
    )


def _said_yes(session: Session, author: Someone, words: str, *, at: datetime) -> Entry:
    """Let Line ask whether a message may stand in the plan, and the citizen say yes."""
    message = send_to_contact(session, author.id, words, now=at, workdays=SITE.workdays)
    ask_for_plan(session, author.id, message.id, by=People().line.id, now=at)
    asked = session.exec(select(PlanRequest).where(PlanRequest.message_id == message.id)).one()
    return accept_plan_request(session, author.id, asked.id, words, now=at)


def wrote(
    database: Database,
    author: Someone,
    to: str = "draft",
    *,
    words: str = WORDS,
    kind: EntryKind = EntryKind.DREAM,
    at: datetime = YESTERDAY,
) -> Entry:
    """Let a citizen of Line's write at `at`, and take it as far as `to`: draft, shared, in_plan, talk.

    What is neither dream, goal nor step is in the plan by a yes to a message; *shared* is a newer version.
    """
    line = People().line.id
    with database.writing() as session:
        if kind is EntryKind.OTHER:
            entry = _said_yes(session, author, words, at=at)
            if to == "in_plan":
                return entry
            revise_entry(session, author.id, entry.id, f"{words} Tak.", by=author.id, now=at)
            return share(session, entry, now=at)
        entry = write_entry(session, author.id, kind, words, by=author.id, now=at)
        if to != "draft":
            share(session, entry, now=at)
        if to == "in_plan":
            approve_entry(session, author.id, entry.id, version=1, by=line, now=NOW)
        if to == "talk":
            talk_about_entry(session, author.id, entry.id, REPLY, version=1, by=line, now=NOW)
    return entry
