"""People are found by how the words of their names begin, by e-mail and by phone, each by an index.

And more acts of administrators are remembered: somebody is added, given a contact person, or shut out.

An e-mail or a phone from long ago may stand as it was typed: now they stand as they are looked for.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.identity.text_normalisation import email_key, name_words

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

AT_ONCE = 5000  # people
PERSON = sa.table(
    "person", sa.column("id", sa.Uuid()), sa.column("name", sa.String()), sa.column("email", sa.String())
)
WORD = sa.table("person_name_word", sa.column("person_id", sa.Uuid()), sa.column("word", sa.String()))
OLD = (
    *("role_given", "role_ended", "invited", "invitation_withdrawn"),
    *("key_made", "key_ended", "people_imported", "import_refused"),
)
NEW = ("person_added", "ways_closed", "contact_given")
OF_A_PERSON = ("role_given", "role_ended", "invitation_withdrawn")
WITH_AN_END = ("role_given", "role_ended")


def upgrade() -> None:
    _allow((*NEW, *OLD), of_a_person=(*NEW, *OF_A_PERSON), with_an_end=("person_added", *WITH_AN_END))
    op.create_table(
        "person_name_word",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "length(trim(word)) BETWEEN 1 AND 40", name=op.f("ck_person_name_word_word_length")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_name_word_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "word", name=op.f("pk_person_name_word")),
    )
    # Before the rows are written: PostgreSQL makes no index on what waits for triggers.
    op.create_index("ix_person_name_word_word", "person_name_word", ["word", "person_id"])
    for column in ("email", "phone"):
        op.create_index(f"ix_person_{column}", "person", [column])
    connection = op.get_bind()
    for people in _portions(connection.execute(sa.select(PERSON)).all()):
        _fill(people)
    op.execute("UPDATE person SET phone = replace(phone, ' ', '') WHERE phone LIKE '% %'")
    if connection.dialect.name == "postgresql":  # else no later step can change the table
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _fill(people: Sequence[Any]) -> None:
    connection = op.get_bind()
    rows = [{"person_id": one.id, "word": word} for one in people for word in sorted(name_words(one.name))]
    if rows:
        connection.execute(sa.insert(WORD), rows)
    typed = [one for one in people if one.email is not None and email_key(one.email) != one.email]
    if typed:
        rewriting = sa.update(PERSON).where(PERSON.c.id == sa.bindparam("which"))
        rows = [{"which": one.id, "as_compared": email_key(one.email)} for one in typed]
        connection.execute(rewriting.values(email=sa.bindparam("as_compared")), rows)


def _portions(people: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (people[start : start + AT_ONCE] for start in range(0, len(people), AT_ONCE))


def downgrade() -> None:
    op.execute("UPDATE administration_act SET kind = 'role_given' WHERE kind = 'person_added'")
    op.execute("DELETE FROM administration_act WHERE kind IN ('ways_closed', 'contact_given')")
    _allow(OLD, of_a_person=OF_A_PERSON, with_an_end=WITH_AN_END)
    for column in ("email", "phone"):
        op.drop_index(f"ix_person_{column}", table_name="person")
    op.drop_index("ix_person_name_word_word", table_name="person_name_word")
    op.drop_table("person_name_word")


def _allow(kinds: Sequence[str], *, of_a_person: Sequence[str], with_an_end: Sequence[str]) -> None:
    rules = {
        "actkind": f"kind IN ({_listed(kinds)})",
        "of_a_person": f"kind NOT IN ({_listed(of_a_person)}) OR person_id IS NOT NULL",
        "until": f"until IS NULL OR kind IN ({_listed(with_an_end)})",
    }
    with op.batch_alter_table("administration_act") as act:
        for name, rule in rules.items():
            act.drop_constraint(op.f(f"ck_administration_act_{name}"), type_="check")
            act.create_check_constraint(op.f(f"ck_administration_act_{name}"), rule)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{one}'" for one in words)
