"""People found by how the words of their names begin, by an index: no more are read than are wanted.

`person_name_word` holds each name's words, folded. Who writes a name writes them too (`write_name_words`).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, select

from app.identity.models import PersonNameWord
from app.identity.text_normalisation import WORD_MOST, name_words

AT_ONCE = 500  # people whose words are deleted at a time
MOST_WORDS = 4  # that are looked for; more tell nobody apart
LAST_SIGN = "\U0010ffff"  # after every other, by bytes


def add_name_words(session: Session, names: Mapping[UUID, str]) -> None:
    """Let these people, who are new, be found by their names."""
    rows = [{"person_id": one, "word": word} for one in names for word in sorted(name_words(names[one]))]
    if rows:
        session.exec(insert(PersonNameWord), params=rows)


def write_name_words(session: Session, names: Mapping[UUID, str]) -> None:
    """Let these people be found by these names, and by no other."""
    ids = list(names)
    for start in range(0, len(ids), AT_ONCE):
        theirs = col(PersonNameWord.person_id).in_(ids[start : start + AT_ONCE])
        session.exec(delete(PersonNameWord).where(theirs))
    add_name_words(session, names)


def find_by_beginnings(session: Session, text: str, *, most: int | None = None) -> Sequence[UUID]:
    """Return whose names have a word that begins as each word of `text`, no more than `most`; each once."""
    return _find(session, text, most, _begins_as)


def find_by_words(session: Session, name: str) -> Sequence[UUID]:
    """Return whose names have every word of a name, among them all with the same `name_key`."""
    return _find(session, name, None, lambda row, word: row.word == word)


def _find(session: Session, text: str, most: int | None, fits: Any) -> Sequence[UUID]:
    words = sorted(name_words(text), key=lambda word: (-len(word), word))[:MOST_WORDS]
    if not words:
        return []
    longest, *others = words  # it leads to the fewest
    row: Any = aliased(PersonNameWord)
    wanted = select(row.person_id).where(fits(row, longest))
    for word in others:
        also: Any = aliased(PersonNameWord)
        has_it = select(also.word).where(also.person_id == row.person_id, fits(also, word))
        wanted = wanted.where(has_it.exists())
    before: Any = aliased(PersonNameWord)  # else somebody called Anders Andersen is found twice
    twice = select(before.word).where(
        before.person_id == row.person_id, fits(before, longest), before.word < row.word
    )
    wanted = wanted.where(~twice.exists()).order_by(row.word, row.person_id)
    return session.exec(wanted if most is None else wanted.limit(most)).all()


def _begins_as(row: Any, beginning: str) -> Any:
    if len(beginning) == WORD_MOST:  # no more of a word is stored
        return row.word == beginning
    return and_(row.word >= beginning, row.word < beginning + LAST_SIGN)
