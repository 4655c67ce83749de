"""The site around django-appointment. Run by the Python it is installed in: `django_site.py PORT DSN`.

Whoever asks is signed in as the one citizen. Mail goes nowhere.
"""

import sys
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import django  # type: ignore[import-not-found]  # installed where this runs, and nowhere else
from django.conf import settings  # type: ignore[import-not-found]
from django.core.management import call_command  # type: ignore[import-not-found]
from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found]
from django.urls import include, path  # type: ignore[import-not-found]
from waitress import serve

PORT, DSN = sys.argv[1:]
PLACE = dict(part.split("=") for part in DSN.split())
THREADS, PROFESSIONALS = 16, 15


def as_the_citizen(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def signed_in(request: Any) -> Any:
        request.user = CITIZEN
        return answer(request)

    return signed_in


settings.configure(
    SECRET_KEY="only to measure",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    TIME_ZONE="Europe/Copenhagen",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    LOGGING_CONFIG=None,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "appointment",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        f"{__name__}.as_the_citizen",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": PLACE["dbname"],
            "USER": PLACE["user"],
            "HOST": PLACE["host"],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()
urlpatterns = [path("", include("appointment.urls"))]
call_command("makemigrations", "appointment", verbosity=0)  # it comes without its own
call_command("migrate", verbosity=0)

from appointment.models import Service, StaffMember  # type: ignore[import-not-found]  # noqa: E402
from django.contrib.auth import get_user_model  # type: ignore[import-not-found]  # noqa: E402

service = Service.objects.create(name="Samtale", duration=timedelta(hours=1), price=0)
for number in range(PROFESSIONALS):
    user = get_user_model().objects.create_user(
        f"f{number}", f"f{number}@example.com", first_name=f"Fag {number}"
    )
    staff = StaffMember.objects.create(user=user, lead_time=time(8), finish_time=time(16))
    staff.services_offered.add(service)
CITIZEN = get_user_model().objects.create_user("anna", "anna@example.com", first_name="Anna")
serve(get_wsgi_application(), host="127.0.0.1", port=int(PORT), threads=THREADS)
