"""What the states of an administrator's pages need: a system with a key."""

from sqlmodel import Session, select

from app.demo.states import StateContext, StateRows
from app.identity.models import SystemToken
from app.identity.tokens import create_token

SYSTEM = "Solbjerg Sagssystem"


def _find_key(session: Session) -> str | None:
    found = session.exec(select(SystemToken.id).where(SystemToken.name == SYSTEM)).first()
    return str(found) if found else None


def _make_key(stage: StateContext) -> str:
    """The key itself is shown to nobody."""
    create_token(stage.session, SYSTEM, ["meetings"], stage.now)
    stage.session.flush()
    return _find_key(stage.session) or ""


ADMINISTRATION_ROWS = {"system_key": StateRows(_find_key, _make_key)}
