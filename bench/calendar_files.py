"""Calendar files as large, as broken and as hostile as they come: read or refused, in time, nothing uncaught.

The properties of tests/calendar_sync run with many more examples, too: `ENPLAN_TEST_EXAMPLES` says how many.
"""

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.calendar_sync.ical_process.ical_lines import Stop
from app.calendar_sync.ical_process.ical_start import read_events
from app.calendar_sync.ical_reader import MOST_BYTES, UnreadableCalendar, read_calendar, what_is_asked
from bench.table import Row
from tests.calendar_sync.files import NOW, entry, file, romance
from tests.calendar_sync.world import CASES, FREE_BUSY, HOME, TEN, zone

ENTRIES, WITHIN = 40_000, 4_000
LARGE_SECONDS, SECONDS = 10.0, 2.0
SLACK = 0.3  # the limit is looked at by the tick
MUTATED, SEED = 300, 13
EXAMPLES = "1500"
PROPERTIES = tuple(
    f"tests/calendar_sync/{name}.py"
    for name in (
        "test_as_the_world_writes",
        "test_other_kinds",
        "test_import_histories",
        "test_unread_busy",
    )
)
SPAN = (NOW, NOW + timedelta(weeks=26))


def run() -> list[Row]:
    return [
        _large(),
        _many("mutated calendars", mutated()),
        _many("hostile calendars", hostile()),
        _properties(),
    ]


def large() -> bytes:
    """Return a working life's calendar, some 20 MiB, of which `WITHIN` entries lie in the next half year."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//DA"]
    for number in range(ENTRIES):
        hours = 3 + number % 4000 if number < WITHIN else -(30 + number % 70_000)
        day = NOW + timedelta(hours=hours)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number:056x}@outlook.example",
            *(f"{name}:20260101T000000Z" for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED")),
            f"DTSTART;TZID=Romance Standard Time:{day:%Y%m%dT%H%M%S}",
            f"DTEND;TZID=Romance Standard Time:{day + timedelta(hours=1):%Y%m%dT%H%M%S}",
            "SUMMARY:Optaget",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "CLASS:PUBLIC",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
            f"DESCRIPTION:{'Et møde om noget. ' * 4}",
            *("BEGIN:VALARM", "TRIGGER:-PT15M", "ACTION:DISPLAY", "DESCRIPTION:Husk", "END:VALARM"),
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _large() -> Row:
    raw = large()
    began = time.monotonic()
    found = read_calendar(raw, *SPAN)
    took = time.monotonic() - began
    whole = len(found.entries) == WITHIN and not found.faults and found.held == ENTRIES
    what = f"{ENTRIES} entries, {WITHIN} within, {len(raw) / 2**20:.0f} MiB"
    return Row(
        what, f"{took:.1f} s", f"{LARGE_SECONDS:.0f} s", took / LARGE_SECONDS, whole and took < LARGE_SECONDS
    )


def mutated() -> Iterator[bytes]:
    """Yield calendars with bytes, lines and pieces of lines changed, doubled, moved and gone."""
    dice = random.Random(SEED)
    whole = [case.raw for case in CASES.values()]
    for _ in range(MUTATED):
        lines = dice.choice(whole).split(b"\r\n")
        for _turn in range(dice.randint(1, 6)):
            at = dice.randrange(len(lines))
            match dice.randrange(6):
                case 0:
                    lines[at] = lines[at][: dice.randint(0, len(lines[at]))]
                case 1:
                    lines.insert(at, dice.choice(lines))
                case 2:
                    del lines[at : at + dice.randint(0, 2)]
                case 3:
                    lines[at] = lines[at].replace(b"0", bytes([dice.randrange(256)]), 1)
                case 4:
                    lines[at] = lines[at][::-1]
                case _:
                    lines[at] += dice.choice((b"Z", b";X", b",", b"\\", b"\x00", b"\xff", b"99999999"))
            lines = lines or [b""]
        yield b"\r\n".join(lines)


BAD_RULES = (
    *("FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY;COUNT=999999999", "FREQ=DAILY;INTERVAL=0"),
    *(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;INTERVAL=86400;BYHOUR=10;BYMINUTE=0;BYSECOND=0",
    ),
    *("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6"),
    *(
        "FREQ=DAILY;COUNT=99999999999999999999",
        "FREQ=DAILY;UNTIL=99991231T235959Z",
        "FREQ=DAILY;INTERVAL=-1",
    ),
    *(
        "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 5000),
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(1, 367))),
    ),
    *("FREQ=YEARLY;BYEASTER=0", "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU,WE,TH,FR", "FREQ=" + "A" * 100_000),
)


def hostile() -> Iterator[bytes]:
    """Yield 41 calendars that were made to take long, take much, or break what reads them."""
    yield from _endless()
    yield from _crowded()
    yield from _shapeless()


def _endless() -> Iterator[bytes]:
    """Yield what repeats for ever, or never."""
    for rule in BAD_RULES:
        yield file(entry(f"{TEN}RRULE:{rule}"))
    for begins in ("00010101T000000", "16010101T000000", "99991231T235959"):
        yield file(entry(f"DTSTART:{begins}\nDURATION:PT1H\nRRULE:FREQ=DAILY"))
    yield file(entry("DTSTART:20270303T100000\nDURATION:P999999999D"))
    yield file(entry("DTSTART:20270303T100000\nDURATION:PT99999999999999999999S"))
    yield from _hostile_shapes()


def _hostile_shapes() -> Iterator[bytes]:
    """Yield those that are hostile by how much there is of a thing, not by a rule."""
    yield file(entry(f"{TEN}EXRULE:FREQ=SECONDLY\nRRULE:FREQ=DAILY"))
    yield file(entry(f"{TEN}RDATE:{','.join(f'{20270303 + n % 28}T100000' for n in range(60_000))}"))
    yield file(entry(f"{TEN}EXDATE:{','.join(['20270303T100000'] * 60_000)}\nRRULE:FREQ=DAILY"))


def _crowded() -> Iterator[bytes]:
    """Yield very many entries, changes and zones."""
    yield file(*[entry(f"{TEN}RRULE:FREQ=DAILY", str(number)) for number in range(1500)])
    yield file(
        *[entry(f"{TEN}RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", str(number)) for number in range(300)]
    )
    yield file(*[entry("", str(number)) for number in range(20_000)])
    yield file(
        *[entry(f"RECURRENCE-ID;RANGE=THISANDFUTURE:20270303T09{n % 60:02}00Z\n{TEN}") for n in range(2000)],
        entry(f"{TEN}RRULE:FREQ=DAILY"),
    )
    yield file(
        zone("X", HOME.replace("YEARLY", "SECONDLY")),
        entry(romance("20270303T100000", "20270303T110000").replace("Romance Standard Time", "X")),
    )
    yield file(zone("X", HOME * 3000), entry("DTSTART;TZID=X:20270303T100000\nDURATION:PT1H"))
    yield file(
        *[
            zone(f"X{n}", HOME) + entry(f"DTSTART;TZID=X{n}:20270303T100000\nDURATION:PT1H", str(n))
            for n in range(2000)
        ]
    )


def _shapeless() -> Iterator[bytes]:
    """Yield lines without end, and what is no calendar."""
    yield file(entry(f"DTSTART;TZID={'/' * 20_000}:20270303T100000\nDURATION:PT1H"))
    yield file(entry(f"DTSTART{';A=B' * 50_000}:20270303T100000\nDURATION:PT1H"))
    yield file(entry(f"{TEN}SUMMARY:{chr(92) * 500_000}"))
    yield file(entry(f"{TEN}" + 'ATTENDEE;CN="' + ";" * 500_000))
    yield file(FREE_BUSY.format(more=f"FREEBUSY:{','.join(['20270303T090000Z/PT1H'] * 30_000)}\n"))
    yield b"BEGIN:VCALENDAR\r\n" * 60_000
    yield b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 200_000
    yield b"\r\n ".join([b"x" * 60] * 200_000)
    yield b"\xff\xfe" + bytes(range(256)) * 2000
    yield b"\x00" * MOST_BYTES


def _many(what: str, files: Iterator[bytes]) -> Row:
    slowest, longest, count, uncaught = 0.0, 0.0, 0, []
    for raw in files:
        began, used = time.monotonic(), _processor()
        try:
            read_calendar(raw, *SPAN, texts=True)
        except UnreadableCalendar as refused:
            if refused.fault.value == "broken":
                uncaught += _why_broken(raw)
        slowest, count = max(slowest, _processor() - used), count + 1
        longest = max(longest, time.monotonic() - began)
    took = f"slowest {slowest:.1f} s of a processor, {longest:.1f} s by the clock"
    said = f"{took}, uncaught {len(uncaught)} {uncaught[:3] or ''}".strip()
    holds = not uncaught and slowest < SECONDS + SLACK
    return Row(f"{count} {what}", said, f"{SECONDS:.0f} s of a processor, none", slowest / SECONDS, holds)


def _processor() -> float:
    """Return the seconds of a processor that the processes that have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _why_broken(raw: bytes) -> list[str]:
    """Return what stopped the reading that is no reason the reader knows of."""
    try:
        read_events(raw, what_is_asked(*SPAN, texts=True))
    except Stop:
        return []
    except Exception as problem:
        return [repr(problem)[:200]]
    return []


def _properties() -> Row:
    began = datetime.now(UTC)
    around = os.environ | {"ENPLAN_TEST_EXAMPLES": EXAMPLES, "ENPLAN_TEST_DATABASES": "sqlite"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PROPERTIES]
    done = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
    took = (datetime.now(UTC) - began).total_seconds()
    last = (done.stdout.strip().splitlines() or ["nothing"])[-1]
    return Row(
        f"properties, {EXAMPLES} examples each",
        f"{took:.0f} s: {last}",
        "all hold",
        None,
        not done.returncode,
    )
