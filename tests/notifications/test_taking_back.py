"""What is taken back is found without reading all notices there are, since everybody waits while it is."""

import re
from uuid import UUID, uuid4

from sqlalchemy import event
from sqlmodel import Session, col, select

from app.assessments.news import ASSESSMENT_SHOWN
from app.entries.news import ENTRY_SHARED
from app.notifications.models import Notice
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.store.db import Database
from tests.cast import NOW, People

INDEX = "ix_notice_about_id"


def plan_of_taking_back(database: Database) -> str:
    """Return how the database finds what `withdraw_notice` deletes, in its own words."""
    asked: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        asked.append((statement, parameters))

    with database.writing() as session:
        event.listen(database.engine, "before_cursor_execute", note)
        withdraw_notice(session, ASSESSMENT_SHOWN, uuid4())
        event.remove(database.engine, "before_cursor_execute", note)
        ((statement, parameters),) = [one for one in asked if one[0].startswith("DELETE")]
        connection = session.connection()
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a small table is read as a whole
        how = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{how} {statement}", parameters)  # type: ignore[arg-type]
        return "\n".join(str(row[-1]) for row in rows)


def test_it_is_found_by_what_it_is_about(database: Database) -> None:
    plan = plan_of_taking_back(database)
    assert INDEX in plan
    assert not re.search(r"SCAN notice|Seq Scan", plan)


def test_without_its_index_all_would_be_read(database: Database) -> None:
    with database.writing() as session:
        session.connection().exec_driver_sql(f"DROP INDEX {INDEX}")
    assert re.search(r"SCAN notice|Seq Scan", plan_of_taking_back(database))


def test_only_that_kind_of_that_thing_is_taken_back_and_only_if_unseen(
    database: Database, people: People, session: Session
) -> None:
    one, other = uuid4(), uuid4()
    with database.writing() as writing:
        for kind, about in ((ASSESSMENT_SHOWN, one), (ENTRY_SHARED, one), (ASSESSMENT_SHOWN, other)):
            add_notice(writing, people.line.id, NoticeContent(kind, people.anna.id, about=about), now=NOW)
        writing.add(_seen(people, one))
        writing.flush()
        withdraw_notice(writing, ASSESSMENT_SHOWN, one)
    left = session.exec(
        select(Notice.kind, Notice.about_id, Notice.seen_at).where(col(Notice.about_id).in_((one, other)))
    ).all()
    assert sorted((kind, about == one, bool(seen)) for kind, about, seen in left) == [
        ("assessment_shown", False, False),
        ("assessment_shown", True, True),
        ("entry_shared", True, False),
    ]


def _seen(people: People, about: UUID) -> Notice:
    return Notice(
        person_id=people.omar.id,
        citizen_id=people.anna.id,
        kind=ASSESSMENT_SHOWN.name,
        about_id=about,
        at=NOW,
        seen_at=NOW,
    )
