"""What is booked in, for `bench.bookings`: the app itself, or a bare Flask that inserts an unguarded row.

Both on the same server, by the same `Database`: what is answered is as safely stored, and connections are
kept from one request to the next.
"""

import json
import sys
from datetime import datetime
from uuid import UUID, uuid4

from flask import Flask, Response, request
from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, insert

from app import create_app
from app.config import DEMO_SITE, Settings, read_site
from app.store.db import Database
from bench.server import answer

SECRET_KEY = "only to measure, 32 bytes and more"  # noqa: S105
BARE_TABLE = Table(
    "bare",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("citizen_id", Uuid, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("purpose", Text, nullable=False),
)


def main(name: str, url: str) -> None:
    settings = Settings(url, SECRET_KEY, "http://localhost:5000", True, read_site(DEMO_SITE))
    answer(_bare(settings) if name == "bare" else create_app(settings))


def _bare(settings: Settings) -> Flask:
    app, database = Flask("bare", static_folder=None), Database(settings.database_url)
    app.extensions.update(settings=settings, db=database)  # the server asks for both
    BARE_TABLE.create(database.engine)

    @app.post("/")
    def book() -> Response:
        told = request.get_json()
        row = {
            "id": uuid4(),
            "citizen_id": UUID(told["citizen"]),
            "starts_at": datetime.fromisoformat(told["starts_at"]),
            "ends_at": datetime.fromisoformat(told["ends_at"]),
            "purpose": told["purpose"],
        }
        with database.writing() as session:
            session.exec(insert(BARE_TABLE), params=[row])
        return Response(json.dumps({"id": str(row["id"])}), 201, mimetype="application/json")

    return app


if __name__ == "__main__":
    main(*sys.argv[1:])
