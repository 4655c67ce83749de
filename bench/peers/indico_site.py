"""Indico's room booking behind one address. Run by the Python it is installed in: `indico_site.py PORT DSN`.

The professionals are its rooms, and the citizen is whom each is booked for. A booking is what its own page
does: `Reservation.create_from_data`, then a commit. No mail, no cache.
"""

import os
import sys
import tempfile
from datetime import datetime
from typing import Any

from flask import Flask, request
from indico.core.db import db  # type: ignore[import-not-found]  # installed where this runs, and nowhere else
from indico.core.db.sqlalchemy.util.management import create_all_tables  # type: ignore[import-not-found]
from indico.core.errors import NoReportError  # type: ignore[import-not-found]
from indico.web.flask.app import configure_db, make_app  # type: ignore[import-not-found]
from waitress import serve

PORT, DSN = sys.argv[1:]
PLACE = dict(part.split("=") for part in DSN.split())
THREADS, PROFESSIONALS = 16, 15

folder = tempfile.mkdtemp()
indico = make_app(
    testing=True,
    config_override={
        "BASE_URL": "http://localhost",
        "SMTP_USE_CELERY": False,
        "EMAIL_BACKEND": "indico.vendor.django_mail.backends.locmem.EmailBackend",
        "TEMP_DIR": folder,
        "CACHE_DIR": folder,
        "REDIS_CACHE_URL": None,
        "STORAGE_BACKENDS": {"default": "mem:"},
        "ENABLE_ROOMBOOKING": True,
        "SECRET_KEY": os.urandom(16),
    },
)
indico.config["SQLALCHEMY_DATABASE_URI"] = (
    f"postgresql://{PLACE['user']}@/{PLACE['dbname']}?host={PLACE['host']}"
)
indico.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": THREADS, "max_overflow": THREADS}
configure_db(indico)

from indico.modules.rb.models.locations import Location  # type: ignore[import-not-found]  # noqa: E402
from indico.modules.rb.models.reservations import (  # type: ignore[import-not-found]  # noqa: E402
    RepeatFrequency,
    Reservation,
)
from indico.modules.rb.models.rooms import Room  # type: ignore[import-not-found]  # noqa: E402
from indico.modules.users import User  # type: ignore[import-not-found]  # noqa: E402

with indico.app_context():
    create_all_tables(db)
    citizen = User(first_name="Anna", last_name="Jensen", email="anna@example.com")
    place = Location(name="Rådhuset")
    db.session.add_all([citizen, place])
    db.session.flush()
    rooms = [
        Room(location=place, building="1", floor="1", number=str(n), owner=citizen)
        for n in range(PROFESSIONALS)
    ]
    db.session.add_all(rooms)
    db.session.commit()
    citizen_id, room_ids = citizen.id, [room.id for room in rooms]

app = Flask("indico_site")


@app.post("/")
def book() -> tuple[str, int]:
    told: Any = request.get_json()
    with indico.test_request_context():
        wanted = {
            "start_dt": datetime.fromisoformat(told["start"]),
            "end_dt": datetime.fromisoformat(told["end"]),
            "repeat_frequency": RepeatFrequency.NEVER,
            "repeat_interval": 0,
            "booking_reason": "Samtale",
        }
        try:
            room, user = Room.get(room_ids[told["professional"]]), User.get(citizen_id)
            Reservation.create_from_data(room, wanted, user, prebook=False, ignore_admin=True)
            db.session.commit()
        except NoReportError:
            db.session.rollback()
            return "", 409
    return "", 201


serve(app, host="127.0.0.1", port=int(PORT), threads=THREADS)
