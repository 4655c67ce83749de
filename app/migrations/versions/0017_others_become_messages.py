"""What was written as "something else" moves into the thread of messages.

Nothing becomes visible to anybody who couldn't see it just before, and nothing is lost. What the contact
person could read is sent messages: what is shared, with the answer to it, and what stands in the plan, which
leaves everybody else's sight while its writer is asked. The rest is drafts, which only the writer sees: older
versions, what was taken back, and what was said of them. Where nobody could read (no contact person, or a
plan that is not open), all of it is drafts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WORDS_MOST = 4000
OTHER_CHECK, OTHER_RULE = "ck_entry_other_by_yes", "kind != 'other' OR approved_version IS NOT NULL"

entry = sa.table(
    "entry",
    *(sa.column(name, sa.Uuid()) for name in ("id", "plan_id", "author_id", "answered_by")),
    *(
        sa.column(name)
        for name in ("kind", "state", "version", "shared_version", "approved_version", "reply")
    ),
    *(sa.column(name, UtcDateTime()) for name in ("written_at", "shared_at", "answered_at", "late_at")),
    sa.column("answer_by", sa.Date()),
)
version = sa.table(
    "entry_version",
    *(sa.column(name, sa.Uuid()) for name in ("entry_id", "author_id")),
    sa.column("number", sa.Integer()),
    sa.column("words", sa.String()),
    sa.column("written_at", UtcDateTime()),
)
event = sa.table(
    "entry_event",
    *(sa.column(name, sa.Uuid()) for name in ("id", "entry_id", "actor_id")),
    sa.column("version", sa.Integer()),
    sa.column("what", sa.String()),
    sa.column("words", sa.String()),
    sa.column("at", UtcDateTime()),
)
plan = sa.table(
    "plan",
    *(sa.column(name, sa.Uuid()) for name in ("id", "citizen_id")),
    sa.column("state", sa.String()),
    sa.column("revision", sa.Integer()),
    sa.column("opened_at", UtcDateTime()),
)
contact = sa.table(
    "contact_assignment", sa.column("citizen_id", sa.Uuid()), sa.column("ends_at", UtcDateTime())
)
notice = sa.table(
    "notice",
    *(sa.column(name, sa.Uuid()) for name in ("id", "person_id", "citizen_id", "actor_id", "about_id")),
    sa.column("kind", sa.String()),
    sa.column("at", UtcDateTime()),
)
cover = sa.table(
    "cover",
    sa.column("about_id", sa.Uuid()),
    sa.column("needs_plan", sa.Boolean()),
    *(sa.column(name, UtcDateTime()) for name in ("starts_at", "ends_at")),
)
person = sa.table("person", sa.column("id", sa.Uuid()), sa.column("name", sa.String()))
message = sa.table(
    "message",
    *(sa.column(name, sa.Uuid()) for name in ("id", "citizen_id", "author_id")),
    sa.column("words", sa.String()),
    *(sa.column(name, UtcDateTime()) for name in ("sent_at", "read_at", "late_at", "removed_at")),
    sa.column("answer_by", sa.Date()),
)
draft = sa.table(
    "message_draft",
    *(sa.column(name, sa.Uuid()) for name in ("id", "citizen_id", "author_id")),
    sa.column("words", sa.String()),
    sa.column("written_at", UtcDateTime()),
)
request = sa.table(
    "plan_request",
    *(sa.column(name, sa.Uuid()) for name in ("id", "message_id")),
    sa.column("asked_at", UtcDateTime()),
)

Row = dict[str, Any]

# Whose words somebody else may read: with a contact person, in a plan that is open.
READ = sa.and_(
    plan.c.state == "active",
    sa.exists().where(contact.c.citizen_id == plan.c.citizen_id, contact.c.ends_at.is_(None)),
)


def _others(wanted: Any) -> Any:
    """Narrow a select to what citizens wrote as "something else", which is what this step moves."""
    found = wanted.select_from(entry.join(plan, plan.c.id == entry.c.plan_id))
    return found.where(entry.c.kind == "other", entry.c.author_id == plan.c.citizen_id)


IDS = _others(sa.select(entry.c.id))
STILL_WAITING = IDS.where(READ, entry.c.state == "shared")


def upgrade() -> None:
    connection = op.get_bind()
    now = _now(connection)
    _move_others(connection, now)
    _set_covers(connection, now)
    _remove_entries(connection)
    if connection.dialect.name == "sqlite":
        _edit_entry(connection, lambda made: made.rstrip().removesuffix(")") + f"{_rule()})")
    else:
        op.create_check_constraint(op.f(OTHER_CHECK), "entry", OTHER_RULE)


def _now(connection: sa.Connection) -> datetime:
    """Return the time by the database's clock."""
    return connection.execute(sa.select(sa.type_coerce(sa.func.now(), UtcDateTime()))).scalar_one()


def _rule() -> str:
    return f", CONSTRAINT {OTHER_CHECK} CHECK ({OTHER_RULE})"


def _edit_entry(connection: sa.Connection, edit: Callable[[str], str]) -> None:
    """Change the rules of `entry` on SQLite where they are written.

    To make the table anew is to drop the old one and, by ON DELETE CASCADE, every word of every plan with it.
    A CHECK isn't in the rows, so its text is all there is to change: sqlite.org/lang_altertable.html, 7.
    """
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    named = "FROM sqlite_master WHERE type = 'table' AND name = 'entry'"
    made = connection.exec_driver_sql(f"SELECT sql {named}").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = sa.text("UPDATE sqlite_master SET sql = :made WHERE type = 'table' AND name = 'entry'")
    connection.execute(changed, {"made": edit(made)})
    connection.exec_driver_sql(f"PRAGMA schema_version = {number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")


# --- what was written as "something else" ---


@dataclass(frozen=True, slots=True)
class Other:
    """One of them: its row, its texts by number, and what the contact person said of it, oldest first."""

    row: Any
    texts: dict[int, Any]
    talks: list[Any]

    @property
    def read(self) -> dict[int, str]:
        """Return the versions that somebody else can read, and the name under which each was read."""
        if not self.row.read:
            return {}
        numbers = {self.row.approved_version: "approved", self.row.shared_version: "shared"}
        return {number: name for number, name in numbers.items() if number is not None}

    @property
    def answer(self) -> Any | None:
        """Return what was said last, if who said it can still read it."""
        return self.talks[-1] if self.row.read and self.row.state == "talk" and self.talks else None


def _move_others(connection: sa.Connection, now: datetime) -> None:
    """Make each into messages, drafts and questions."""
    found = _load(connection)
    sent = [row for one in found for row in _sent(one)]
    stood = [one for one in found if one.row.read and one.row.approved_version]
    asked = [_asked(one, now) for one in stood]
    drafts = [row for one in found for row in _drafts(one)]
    for table, rows in ((message, sent), (request, asked), (draft, drafts)):
        _insert(connection, table, rows)
    _tell(connection, "plan_requested", {one.row.citizen_id for one in stood}, now)
    _tell(connection, "drafts_moved", {one["citizen_id"] for one in drafts}, now)


def _load(connection: sa.Connection) -> list[Other]:
    shared_at = sa.func.max(event.c.at).label("shared_at")
    texts: dict[UUID, dict[int, Any]] = defaultdict(dict)
    told = sa.and_(
        event.c.entry_id == version.c.entry_id, event.c.version == version.c.number, event.c.what == "shared"
    )
    written = sa.select(version, shared_at).outerjoin(event, told).where(version.c.entry_id.in_(IDS))
    for row in connection.execute(written.group_by(*version.c)):
        texts[row.entry_id][row.number] = row
    talks: dict[UUID, list[Any]] = defaultdict(list)
    said = sa.select(event, person.c.name).join(person, person.c.id == event.c.actor_id)
    said = said.where(event.c.entry_id.in_(IDS), event.c.what == "talk", event.c.words.is_not(None))
    for row in connection.execute(said.order_by(event.c.at, event.c.version)):
        talks[row.entry_id].append(row)
    others = _others(sa.select(entry, plan.c.citizen_id, READ.label("read")))
    rows = connection.execute(others.order_by(entry.c.written_at))
    return [Other(row, texts[row.id], talks[row.id]) for row in rows]


def _sent(one: Other) -> Iterator[Row]:
    """Yield the messages: what can be read, and what was answered to it."""
    row = one.row
    for number, name in one.read.items():
        newest = name == "shared"
        at = one.texts[number].shared_at or row.shared_at or row.written_at
        waits = newest and row.state == "shared"
        yield _message(row, row.author_id, one.texts[number].words, at) | {
            "id": _id(row, name),
            "read_at": None if waits else max(at, row.answered_at or at),
            "late_at": row.late_at if waits else None,
            "answer_by": row.answer_by if waits else None,
        }
    if one.answer:
        yield _message(row, one.answer.actor_id, one.answer.words, one.answer.at)


def _message(row: Any, author_id: UUID, words: str, at: datetime) -> Row:
    new = {"id": uuid4(), "citizen_id": row.citizen_id, "author_id": author_id, "words": words, "sent_at": at}
    return new | {"read_at": None, "late_at": None, "answer_by": None}


def _id(row: Any, name: str) -> UUID:
    """Return the id of a message: what was shared last has the entry's own, so that its cover still holds."""
    return row.id if name == "shared" else UUID(int=row.id.int ^ int.from_bytes(name.encode(), "big"))


def _asked(one: Other, now: datetime) -> Row:
    name = one.read[one.row.approved_version]
    return {"id": uuid4(), "message_id": _id(one.row, name), "asked_at": now}


def _drafts(one: Other) -> list[Row]:
    """Return what only the writer sees: words that stand in no newer version, and what was said of them.

    What somebody else said stands under the newest, marked by their name; if it is too long, by itself.
    """
    texts, read = one.texts, one.read
    left = [
        text
        for number, text in sorted(texts.items())
        if number not in read
        and not any(text.words.strip() in texts[newer].words for newer in texts if newer > number)
    ]
    found = [_draft(one.row.citizen_id, text.words, text.written_at) for text in left]
    for talk in one.talks:
        if talk is one.answer:
            continue
        said = _quoted(talk.name, talk.words)
        if found and len(found[-1]["words"]) + 2 + len(said) <= WORDS_MOST:
            found[-1]["words"] += f"\n\n{said}"
        else:
            found.append(_draft(one.row.citizen_id, said, talk.at))
    return found


def _quoted(name: str, words: str) -> str:
    """Return what somebody said, marked by their first name; without it where there is no room."""
    said = f"{name.split(maxsplit=1)[0]} skrev:\n{words}"
    return said if len(said) <= WORDS_MOST else words


def _draft(citizen_id: UUID, words: str, at: datetime) -> Row:
    return {
        "id": uuid4(),
        "citizen_id": citizen_id,
        "author_id": citizen_id,
        "words": words,
        "written_at": at,
    }


def _tell(connection: sa.Connection, kind: str, citizen_ids: Iterable[UUID], now: datetime) -> None:
    """Note once for each citizen that there is something to see in the thread."""
    rows = [
        {"id": uuid4(), "person_id": one, "citizen_id": one, "kind": kind, "at": now}
        for one in sorted(citizen_ids)
    ]
    _insert(connection, notice, rows)


def _insert(connection: sa.Connection, table: sa.TableClause, rows: list[Row]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _set_covers(connection: sa.Connection, now: datetime) -> None:
    """Let a substitute stay for what still waits; there is nobody to stand in for where nothing does."""
    is_open = sa.update(cover).where(cover.c.ends_at.is_(None), cover.c.about_id.in_(IDS))
    connection.execute(is_open.where(cover.c.about_id.in_(STILL_WAITING)).values(needs_plan=False))
    connection.execute(is_open.where(cover.c.needs_plan).values(ends_at=_end(now)))


def _end(now: datetime) -> Any:
    """Return the end of a cover, which is not before its start, whatever the clocks said."""
    moment = sa.literal(now, UtcDateTime())
    return sa.case((cover.c.starts_at > moment, cover.c.starts_at), else_=moment)


def _remove_entries(connection: sa.Connection) -> None:
    _grow_plans(connection)
    connection.execute(sa.delete(notice).where(notice.c.about_id.in_(IDS)))
    connection.execute(sa.delete(event).where(event.c.entry_id.in_(IDS)))
    connection.execute(sa.delete(version).where(version.c.entry_id.in_(IDS)))
    connection.execute(sa.delete(entry).where(entry.c.id.in_(IDS)))


def _grow_plans(connection: sa.Connection) -> None:
    """What is kept of a plan by its number is another one now."""
    grown = sa.update(plan).where(plan.c.id.in_(_others(sa.select(entry.c.plan_id))))
    connection.execute(grown.values(revision=plan.c.revision + 1))


# --- the way back: all that the citizens could read is drafts again, which nobody else sees ---


def downgrade() -> None:
    """Lost are the helpers' own drafts and what they took out: nobody but they could see them."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _edit_entry(connection, lambda made: made.replace(_rule(), ""))
    else:
        op.drop_constraint(op.f(OTHER_CHECK), "entry", type_="check")
    _move_back(connection, _now(connection))


def _move_back(connection: sa.Connection, now: datetime) -> None:
    sent = sa.select(
        message.c.citizen_id, message.c.author_id, message.c.words, message.c.sent_at.label("at")
    )
    kept = sa.select(draft.c.citizen_id, draft.c.author_id, draft.c.words, draft.c.written_at.label("at"))
    words = sa.union_all(
        sent.where(message.c.removed_at.is_(None)), kept.where(draft.c.author_id == draft.c.citizen_id)
    ).subquery()
    named = sa.select(words, person.c.name).join(person, person.c.id == words.c.author_id)
    own = connection.execute(named.order_by(words.c.at)).all()
    plans = _plans(connection, {row.citizen_id for row in own}, now)
    rows = [_entry_rows(plans[row.citizen_id], row) for row in own]
    for number, table in enumerate((entry, version, event)):
        _insert(connection, table, [one[number] for one in rows])
    _grow_plans(connection)
    about = cover.c.about_id.in_(sa.select(message.c.id))
    connection.execute(sa.update(cover).where(cover.c.ends_at.is_(None), about).values(ends_at=_end(now)))
    told = notice.c.about_id.in_(sa.select(message.c.id))
    moved = sa.and_(notice.c.kind.in_(["drafts_moved", "plan_requested"]), notice.c.about_id.is_(None))
    connection.execute(sa.delete(notice).where(told | moved))
    for emptied in (request, message, draft):
        connection.execute(sa.delete(emptied))


def _plans(connection: sa.Connection, citizen_ids: set[UUID], now: datetime) -> dict[UUID, UUID]:
    """Return each citizen's newest plan; who wrote without one gets one that waits for the yes."""
    rows = connection.execute(sa.select(plan.c.id, plan.c.citizen_id).order_by(plan.c.opened_at))
    plans: dict[UUID, UUID] = {row.citizen_id: row.id for row in rows}
    new = {one: uuid4() for one in sorted(citizen_ids - plans.keys())}
    opened = {"state": "waiting", "revision": 0, "opened_at": now}
    _insert(connection, plan, [opened | {"id": id_, "citizen_id": one} for one, id_ in new.items()])
    return plans | new


def _entry_rows(plan_id: UUID, row: Any) -> tuple[Row, Row, Row]:
    entry_id, by, at = uuid4(), row.citizen_id, row.at
    words = row.words if row.author_id == by else _quoted(row.name, row.words)
    return (
        {"id": entry_id, "plan_id": plan_id, "author_id": by, "kind": "other", "state": "draft"}
        | {"version": 1, "written_at": at},
        {"entry_id": entry_id, "number": 1, "words": words, "written_at": at, "author_id": by},
        {"id": uuid4(), "entry_id": entry_id, "version": 1, "what": "written", "at": at, "actor_id": by},
    )
