"""The feed, 64 meetings of every shape, as six readers that others use have it: the same times and words.

icalendar and vobject are in the lock of the tests. The other four are run where they are found: in the folder
that `ENPLAN_FEED_PARSERS` names, a Python environment (`bin/python`) with ics and khal, and `node_modules`
with ical.js and node-ical. Those that aren't there are named as left out. One shape is not among the 64: to
node-ical 0.26 alone a backslash that is typed before an n is a line break.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from app.calendar_sync.ical_writer import calendar_text
from bench.table import Row
from tests.calendar_sync.feed_shapes import as_shown, feed_events

FIELDS = ("uid", "sequence", "status", "summary", "start", "end", "location", "description")
FOLDER = os.environ.get("ENPLAN_FEED_PARSERS", "")
MISSING = 3  # what a program ends with where its package isn't there

# Each reads the file that is its last argument, and writes a list of lists by FIELDS; null: it does not tell.
PYTHON = """
import importlib, json, sys
from datetime import timezone
try:
    {imports}
except ImportError:
    sys.exit(3)
def utc(moment):
    return moment.astimezone(timezone.utc).isoformat()
text = open(sys.argv[1], encoding="utf-8", newline="").read()
{read}
json.dump([[str(u), s, str(st), str(n), utc(b), utc(e), str(l or ""), str(d or "")]
           for u, s, st, n, b, e, l, d in rows], sys.stdout)
"""
ICALENDAR = """
calendar = icalendar.Calendar.from_ical(text)
rows = [(one["UID"], int(one["SEQUENCE"]), one["STATUS"], one["SUMMARY"], one.start, one.end,
         one.get("LOCATION"), one.get("DESCRIPTION")) for one in calendar.walk("VEVENT")]
"""
VOBJECT = """
text = text.replace("Europe/Copenhagen", "A zone by its rules")
def said(one, name):
    return getattr(one, name).value if hasattr(one, name) else ""
rows = [(one.uid.value, int(one.sequence.value), one.status.value, one.summary.value, one.dtstart.value,
         one.dtend.value, said(one, "location"), said(one, "description"))
        for one in vobject.readOne(text).contents["vevent"]]
"""
ICS = """
def sequence(one):
    return next(int(more.value) for more in one.extra if more.name == "SEQUENCE")
rows = [(one.uid, sequence(one), one.status, one.name, one.begin.datetime, one.end.datetime, one.location,
         one.description)
        for one in sorted(ics.Calendar(text).events, key=lambda one: one.uid)]
"""
KHAL = """
home = pytz.timezone("Europe/Copenhagen")
locale = {"default_timezone": home, "local_timezone": home, "unicode_symbols": True}
found = [event.Event.fromVEvents([item], calendar="x", locale=locale)
         for item in icalendar_of(text).walk("VEVENT")]
rows = [(one.uid, int(one.raw.split("SEQUENCE:")[1].split()[0]), one.status, one.summary, one.start, one.end,
         one.location, one.description) for one in found]
"""
NODE = """
const fs = require("fs");
let lib;
try {{ lib = require("{package}"); }} catch (problem) {{ process.exit(3); }}
const text = fs.readFileSync(process.argv[process.argv.length - 1], "utf-8");
const utc = (date) => date.toISOString();
(async () => {{ {read} process.stdout.write(JSON.stringify(rows)); }})();
"""
ICAL_JS = """
const ICAL = lib.default || lib;
const calendar = new ICAL.Component(ICAL.parse(text));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const rows = calendar.getAllSubcomponents("vevent").map((part) => {
  const one = new ICAL.Event(part);
  return [one.uid, one.sequence, part.getFirstPropertyValue("status"), one.summary,
          utc(one.startDate.toJSDate()), utc(one.endDate.toJSDate()), one.location || "",
          one.description || ""];
});
"""
NODE_ICAL = """
const said = (value) => (value && value.val !== undefined ? value.val : value) || "";
const rows = Object.values(lib.sync.parseICS(text)).filter((one) => one.type === "VEVENT").map((one) =>
  [one.uid, Number(one.sequence), one.status, said(one.summary), utc(one.start), utc(one.end),
   said(one.location), said(one.description)]);
"""


def run() -> list[Row]:
    events = feed_events()
    expected = [
        [one.isoformat() if hasattr(one, "isoformat") else one for one in astuple(as_shown(event))]
        for event in events
    ]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "feed.ics"
        path.write_bytes(calendar_text(events, "Aftaler").encode())
        return [_row(name, command, path, expected) for name, command in programs().items()]


def programs() -> dict[str, Sequence[str]]:
    """Return the command of each reader, by its name; the file comes after it."""
    theirs = Path(FOLDER) / "bin" / "python" if FOLDER else Path(sys.executable)
    khal = "import pytz; from khal.khalendar import event; from icalendar import Calendar"
    found = {
        "icalendar": _python(sys.executable, "import icalendar", ICALENDAR),
        "vobject": _python(sys.executable, "import vobject", VOBJECT),
        "ics": _python(str(theirs), "import ics", ICS),
        "khal": _python(str(theirs), khal, KHAL.replace("icalendar_of", "Calendar.from_ical")),
    }
    node = shutil.which("node") or "node"
    for name, read in (("ical.js", ICAL_JS), ("node-ical", NODE_ICAL)):
        found[name] = (node, "-e", NODE.format(package=name, read=read), "--")
    return found


def _python(python: str, imports: str, read: str) -> Sequence[str]:
    return (python, "-W", "ignore", "-c", PYTHON.format(imports=imports, read=read))


def _row(name: str, command: Sequence[str], path: Path, expected: list[list[Any]]) -> Row:
    what, against = f"the feed as {name} reads it", f"{len(expected)} meetings, times and words"
    around = os.environ | {"NODE_PATH": str(Path(FOLDER) / "node_modules"), "TZ": "America/New_York"}
    try:
        done = subprocess.run([*command, str(path)], env=around, capture_output=True, check=False, timeout=60)
    except OSError:
        return Row(what, "left out", "it is not on this machine", holds=None)
    if done.returncode == MISSING:
        return Row(what, "left out", "it is not on this machine", holds=None)
    if done.returncode:
        last = done.stderr.decode().strip().splitlines()[-1:] or ["nothing"]
        return Row(what, last[0][:200], against, holds=False)
    other = differences(json.loads(done.stdout), expected)
    said = f"{len(expected) - len({one[0] for one in other})} as written"
    return Row(what, f"{said} {other[:2] if other else ''}".strip(), against, holds=not other)


def differences(read: list[list[Any]], expected: list[list[Any]]) -> list[tuple[str, str, Any]]:
    """Return what a reader has otherwise: which meeting, which field, and what it has."""
    by_uid = {one[0]: one for one in read}
    return [
        (wanted[0], name, found)
        for wanted in expected
        for name, right, found in zip(FIELDS, wanted, by_uid.get(wanted[0], [""] * len(FIELDS)), strict=True)
        if found is not None and _plain(found) != _plain(right)
    ]


def _plain(value: Any) -> Any:
    """Return a time as every reader may write it; anything else as it is."""
    said = str(value)
    return said.replace(".000Z", "+00:00") if said.endswith("Z") else value
