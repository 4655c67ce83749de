"""Handing citizens over, how far each has seen a plan, and which citizens one wants to see.

What each has seen until now is taken from the access log, as near as it says: the plan as it stood at the
first look of their newest sign-in. A step down forgets what was to be handed over later.
"""

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OLD = ("caseload:read", "late:read", "my_day:read", "threads:read")
NEW = ("caseload:read", "citizens:hand_over", "late:read", "my_day:read", "threads:read")
LISTS = "ck_access_log_entry_lists"
RULES = (
    ("from_id != to_id", "somebody_else"),
    ("citizen_id != to_id", "not_their_own"),
    ("done_at IS NULL OR withdrawn_at IS NULL", "done_or_withdrawn"),
    ("note IS NULL OR length(trim(note)) BETWEEN 1 AND 1000", "note_length"),
)
OPEN = sa.text("done_at IS NULL AND withdrawn_at IS NULL")
KINDS = ("contact_coming", "contact_new", "contact_stays", "handed_over", "handover_stopped")
SEEN = (
    "INSERT INTO plan_look (person_id, plan_id, revision) "
    "SELECT seen.actor_id, plan.id, (SELECT count(*) FROM plan_revision "
    "WHERE plan_revision.plan_id = plan.id AND plan_revision.at <= seen.at) "
    "FROM (SELECT actor_id, citizen_id, max(at) AS at FROM access_log_entry "
    "WHERE action = 'plan:read' AND actor_id IS NOT NULL AND citizen_id IS NOT NULL "
    "GROUP BY actor_id, citizen_id) AS seen "
    "JOIN plan ON plan.citizen_id = seen.citizen_id AND plan.state = 'active'"
)


def upgrade() -> None:
    _create_handover()
    op.create_table(
        "plan_look",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_look_person_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_look_plan_id_plan")),
        sa.PrimaryKeyConstraint("person_id", "plan_id", name=op.f("pk_plan_look")),
    )
    op.create_index(op.f("ix_plan_look_plan_id"), "plan_look", ["plan_id"])
    op.create_table(
        "caseload_filter",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("waits", "no_consent", "interpreter", "changed")
        ),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_caseload_filter_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["life_area.id"], name=op.f("fk_caseload_filter_area_id_life_area")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_caseload_filter")),
    )
    op.execute(SEEN)
    _allow(NEW)


def downgrade() -> None:
    """Looks at a list that this version alone knows are, to the one before, looks at one's citizens."""
    _forget_lists()
    _allow(OLD)
    for name in ("caseload_filter", "plan_look", "contact_handover"):
        op.drop_table(name)
    op.execute(f"DELETE FROM notice WHERE kind IN ({', '.join(map(repr, KINDS))})")


def _create_handover() -> None:
    op.create_table(
        "contact_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("citizen_id", "from_id", "to_id")),
        sa.Column("takes_over_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("meetings_asked_at", UtcDateTime(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_contact_handover_{name}")) for rule, name in RULES),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_contact_handover_{name}_person"))
            for name in ("citizen_id", "from_id", "to_id", "registered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_handover")),
    )
    for name in ("citizen_id", "from_id", "to_id"):
        op.create_index(op.f(f"ix_contact_handover_{name}"), "contact_handover", [name])
    unasked = sa.text("meetings_asked_at IS NULL")
    op.create_index(
        "ix_contact_handover_unasked",
        "contact_handover",
        ["done_at"],
        sqlite_where=unasked,
        postgresql_where=unasked,
    )
    for name, column, unique in (
        ("uq_contact_handover_one_open", "citizen_id", True),
        ("ix_contact_handover_due", "takes_over_on", False),
    ):
        op.create_index(
            name, "contact_handover", [column], unique=unique, sqlite_where=OPEN, postgresql_where=OPEN
        )


def _forget_lists() -> None:
    entry = sa.table(
        "access_log_entry",
        sa.column("action", sa.String()),
        sa.column("session_id", sa.Uuid()),
        sa.column("list_digest", sa.String()),
    )
    noted = entry.alias("noted")
    again = sa.exists().where(
        noted.c.action == "caseload:read",
        noted.c.session_id == entry.c.session_id,
        noted.c.list_digest == entry.c.list_digest,
    )
    listed = entry.c.action == "citizens:hand_over"
    op.execute(sa.delete(entry).where(listed, again))
    op.execute(sa.update(entry).where(listed).values(action="caseload:read"))


def _allow(actions: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{one}'" for one in actions)
    with op.batch_alter_table("access_log_entry") as table:
        table.drop_constraint(op.f(LISTS), type_="check")
        table.create_check_constraint(op.f(LISTS), f"list_digest IS NULL OR action IN ({listed})")
