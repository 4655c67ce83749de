"""Passkeys, invitations, and one more kind of notice."""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    "entry_shared",
    "entry_approved",
    "entry_talk",
    "entry_late",
    "entry_taken_back",
    "step_done",
    "goal_answered",
    "meeting_new",
    "meeting_answered",
    "consent_given",
    "consent_revoked",
    "assessment_shown",
    "assessment_read",
)
NEW_KIND = "device_new"
KIND_CHECK = "ck_notice_noticekind"
OPEN = sa.text("used_at IS NULL AND revoked_at IS NULL")


def upgrade() -> None:
    _create_passkey()
    _create_challenge()
    _create_invitation()
    op.create_table(
        "door_try",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(key_hash) = 64", name=op.f("ck_door_try_key_hash_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_try")),
    )
    op.create_index(op.f("ix_door_try_at"), "door_try", ["at"], unique=False)
    op.create_index("ix_door_try_key_hash_at", "door_try", ["key_hash", "at"], unique=False)
    _allow_kinds((*KINDS, NEW_KIND))


def _create_passkey() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.String(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(credential_id) BETWEEN 1 AND 1023", name=op.f("ck_passkey_credential_id_length")
        ),
        sa.CheckConstraint(
            "length(public_key) BETWEEN 1 AND 4096", name=op.f("ck_passkey_public_key_length")
        ),
        sa.CheckConstraint("length(transports) <= 200", name=op.f("ck_passkey_transports_length")),
        sa.CheckConstraint("length(trim(name)) BETWEEN 1 AND 60", name=op.f("ck_passkey_name_length")),
        sa.CheckConstraint("sign_count BETWEEN 0 AND 4294967295", name=op.f("ck_passkey_sign_count")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"], unique=False)


def _create_challenge() -> None:
    op.create_table(
        "webauthn_challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_hash", sa.String(), nullable=False),
        sa.Column(
            "ceremony",
            sa.Enum(
                "register",
                "sign_in",
                name="ceremony",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ceremony = 'register') = (person_id IS NOT NULL)",
            name=op.f("ck_webauthn_challenge_register_names_somebody"),
        ),
        sa.CheckConstraint(
            "length(challenge_hash) = 64", name=op.f("ck_webauthn_challenge_challenge_hash_length")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_webauthn_challenge_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webauthn_challenge")),
        sa.UniqueConstraint("challenge_hash", name=op.f("uq_webauthn_challenge_challenge_hash")),
    )
    op.create_index(
        op.f("ix_webauthn_challenge_created_at"), "webauthn_challenge", ["created_at"], unique=False
    )


def _create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("place_hash", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("link_hash", sa.String(), nullable=False),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("claim_hash", sa.String(), nullable=True),
        sa.Column("claimed_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("used_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(claim_hash IS NULL) = (claimed_at IS NULL)", name=op.f("ck_invitation_claim_has_time")
        ),
        sa.CheckConstraint(
            "claim_hash IS NULL OR length(claim_hash) = 64", name=op.f("ck_invitation_claim_hash_length")
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_invitation_order")),
        sa.CheckConstraint("length(code_hash) = 64", name=op.f("ck_invitation_code_hash_length")),
        sa.CheckConstraint("length(link_hash) = 64", name=op.f("ck_invitation_link_hash_length")),
        sa.CheckConstraint("length(place_hash) = 64", name=op.f("ck_invitation_place_hash_length")),
        sa.CheckConstraint("tries_left BETWEEN 0 AND 5", name=op.f("ck_invitation_tries_left")),
        sa.CheckConstraint(
            "used_at IS NULL OR claimed_at IS NOT NULL", name=op.f("ck_invitation_used_was_claimed")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_invitation_made_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_invitation_link_hash")),
    )
    for name, column in (("one", "person_id"), ("place", "place_hash")):
        op.create_index(
            f"uq_invitation_{name}_open",
            "invitation",
            [column],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )


def _allow_kinds(kinds: tuple[str, ...]) -> None:
    """Let a notice be of one of these kinds alone."""
    allowed = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f(KIND_CHECK), type_="check")
        notice.create_check_constraint(op.f(KIND_CHECK), allowed)


def downgrade() -> None:
    op.execute(f"DELETE FROM notice WHERE kind = '{NEW_KIND}'")
    _allow_kinds(KINDS)
    for table in ("door_try", "invitation", "webauthn_challenge", "passkey"):
        op.drop_table(table)
