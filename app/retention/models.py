from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime, length_check


class RetentionMark(SQLModel, table=True):
    """How far one rule of retention has come: what was from before then is gone, but what the rule spares."""

    __tablename__ = "retention_mark"
    __table_args__ = (length_check("rule", 40), CheckConstraint("deleted >= 0", "deleted"))

    rule: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcDateTime)  # nothing before it has to be looked at again
    deleted: int = Field(sa_type=BigInteger)  # rows, since the site began
    at: datetime = Field(sa_type=UtcDateTime)  # when the rule last looked at a row
