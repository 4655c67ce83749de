"""The access log: one row for each sign-in, citizen, relation and action; a list of citizens is one row."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LOOK, LIST = "uq_access_log_entry_look", "uq_access_log_entry_list"
CHECKS = {
    "ck_access_log_entry_session_of_a_person": "session_id IS NULL OR actor_id IS NOT NULL",
    "ck_access_log_entry_citizen_or_list": "(citizen_id IS NULL) = (list_digest IS NOT NULL)",
    "ck_access_log_entry_relation_or_list": "(relation IS NULL) = (list_digest IS NOT NULL)",
    "ck_access_log_entry_lists": (
        "list_digest IS NULL OR action IN ('caseload:read', 'late:read', 'threads:read')"
    ),
}
REFERS = {
    "session_id": ("fk_access_log_entry_session_id_login_session", "login_session", "id"),
    "list_digest": ("fk_access_log_entry_list_digest_access_log_list", "access_log_list", "digest"),
}
# What the step down reads and writes.
ENTRY = sa.table(
    "access_log_entry",
    sa.column("id", sa.Uuid()),
    sa.column("at", app.store.db.UtcDateTime(timezone=True)),
    *(sa.column(name, sa.Uuid()) for name in ("citizen_id", "actor_id", "system_id", "department_id")),
    *(sa.column(name, sa.String()) for name in ("action", "relation", "list_digest")),
)
SHOWN = sa.table("access_log_list", sa.column("digest", sa.String()), sa.column("citizens", sa.String()))


def upgrade() -> None:
    op.create_table(
        "access_log_list",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("citizens", sa.String(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_access_log_list_digest_length")),
        sa.CheckConstraint(
            "length(trim(citizens)) BETWEEN 1 AND 1000000", name=op.f("ck_access_log_list_citizens_length")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_access_log_list")),
    )
    with op.batch_alter_table("access_log_entry") as table:
        table.alter_column("citizen_id", existing_type=sa.Uuid(), nullable=True)
        table.alter_column("relation", existing_type=sa.String(), nullable=True)
        table.add_column(sa.Column("session_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("list_digest", sa.String(), nullable=True))
        for column, (name, other, key) in REFERS.items():
            table.create_foreign_key(op.f(name), other, [column], [key])
        for name, rule in CHECKS.items():
            table.create_check_constraint(op.f(name), rule)
    _one_row(LOOK, ["session_id", "citizen_id", "action", "relation"], "citizen_id")
    _one_row(LIST, ["session_id", "list_digest", "action"], "list_digest")


def _one_row(name: str, columns: list[str], of: str) -> None:
    rows = sa.text(f"{of} IS NOT NULL AND session_id IS NOT NULL")
    op.create_index(name, "access_log_entry", columns, unique=True, sqlite_where=rows, postgresql_where=rows)


def downgrade() -> None:
    _write_lists_out()
    for name in (LIST, LOOK):
        op.drop_index(name, table_name="access_log_entry")
    with op.batch_alter_table("access_log_entry") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(name), type_="check")
        for column, (name, _other, _key) in REFERS.items():
            table.drop_constraint(op.f(name), type_="foreignkey")
            table.drop_column(column)
        table.alter_column("relation", existing_type=sa.String(), nullable=False)
        table.alter_column("citizen_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_table("access_log_list")


def _write_lists_out() -> None:
    """Give each citizen of each list a row, as the step before had them: no look is lost."""
    connection = op.get_bind()
    lists = sa.select(ENTRY, SHOWN.c.citizens).join(SHOWN, SHOWN.c.digest == ENTRY.c.list_digest)
    for row in connection.execute(lists).mappings().all():
        same = {name: row[name] for name in ("at", "actor_id", "system_id", "department_id", "action")}
        for line in row["citizens"].splitlines():
            relation, *citizens = line.split(" ")
            connection.execute(
                sa.insert(ENTRY),
                [
                    same | {"id": uuid4(), "citizen_id": UUID(one), "relation": relation, "list_digest": None}
                    for one in citizens
                ],
            )
    connection.execute(sa.delete(ENTRY).where(ENTRY.c.list_digest.is_not(None)))
