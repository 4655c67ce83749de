"""What the button that says yes sends."""

from app.config import DEMO_SITE, read_site

YES = {"version": read_site(DEMO_SITE).consent_version}
