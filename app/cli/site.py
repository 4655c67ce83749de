"""Which site a command that doesn't serve works on: it needs only what it uses.

`--data DIR` means the demo in DIR. Else ENPLAN_DATABASE_URL decides. Else it is the demo in `.data/demo`, if
there is one and no ENPLAN_CONFIG names a site, and at last the database a server would use. A database in a
demo's folder is that demo's: its key and municipality are then the demo's own, unless the environment names
others.
"""

import os
from argparse import Namespace

from app.cli.database_checks import sqlite_path
from app.cli.error_messages import CommandFailed
from app.config import DEMO_SITE, Site, read_configured_site, read_site
from app.demo.demo_instance import DEFAULT, DemoInstance
from app.environment import DEFAULT_DATABASE_URL, read_origin, read_secret


def database_url(asked: Namespace) -> str:
    """Return the address of the database that the command means."""
    if asked.data is not None:
        return DemoInstance(asked.data).database_url
    named = os.environ.get("ENPLAN_DATABASE_URL")
    if named:
        return named
    demo = DemoInstance(DEFAULT)
    is_site = bool(
        os.environ.get("ENPLAN_CONFIG")
    )  # as `serve` has it: never a demo that happens to lie here
    return demo.database_url if demo.database_file.exists() and not is_site else DEFAULT_DATABASE_URL


def read_site_of(url: str) -> Site:
    """Return the municipality's own settings: those of ENPLAN_CONFIG, or the demo's for a demo's database.

    Raises:
        BadConfiguration: neither is there.
    """
    if os.environ.get("ENPLAN_CONFIG") or find_demo_of(url) is None:
        return read_configured_site(os.environ)
    return read_site(DEMO_SITE)


def read_secret_of(url: str) -> str:
    """Return the site's secret key, or the demo's own for a demo's database.

    Raises:
        BadConfiguration: there is none, or it is too short.
        CommandFailed: a demo's own is gone; another is not made, for it would not be the same.
    """
    named = os.environ.get("ENPLAN_SECRET_KEY", "")
    demo = find_demo_of(url)
    if not named and demo is not None:
        if not demo.key_file.exists():
            raise CommandFailed(lost_key_sentence(demo), code=2)
        return demo.secret_key()
    return read_secret(os.environ)


def secret_if_set(url: str) -> str | None:
    """Return what `read_secret_of` does, or None if no key is set: for commands that hash nothing with it."""
    if not os.environ.get("ENPLAN_SECRET_KEY"):
        demo = find_demo_of(url)
        if demo is None or not demo.key_file.exists():
            return None
    return read_secret_of(url)


def lost_key_sentence(demo: DemoInstance) -> str:
    """Return what to do when a demo's key file is gone, or holds another key."""
    return (
        f"Demoens nøgle i {demo.key_file} er væk eller er en anden end før: læg den gamle fil tilbage, eller"
        f" begynd forfra med ./enplan demo --data {demo.path} --reset."
    )


def read_origin_of(url: str) -> str:
    """Return the public address: that of ENPLAN_ORIGIN, or where this demo was last served.

    Raises:
        BadConfiguration: neither is there.
    """
    demo = find_demo_of(url)
    if os.environ.get("ENPLAN_ORIGIN") or demo is None:
        return read_origin(os.environ)
    return demo.read_origin()


def find_demo_of(url: str) -> DemoInstance | None:
    """Return the demo whose database this is, or None if it is a site's. A demo may have lost its key."""
    path = sqlite_path(url)
    demo = DemoInstance(path.parent) if path is not None else None
    return demo if demo is not None and (demo.key_file.exists() or demo.origin_file.exists()) else None
