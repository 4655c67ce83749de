"""Calendars as the world writes them, each for a kind of trouble that was reported of other readers."""

from dataclasses import dataclass

from tests.calendar_sync.files import entry, file, romance

TEN = romance("20270303T100000", "20270303T110000")
NEXT = romance("20270310T100000", "20270310T110000")
HOUR = "20270303T100000\nDURATION:PT1H"
TEN_IN_UTC = ("2027-03-03T09:00", "2027-03-03T10:00")
NEXT_IN_UTC = ("2027-03-10T09:00", "2027-03-10T10:00")
BOTH = (TEN_IN_UTC, NEXT_IN_UTC)
WEEKLY = (TEN_IN_UTC, NEXT_IN_UTC, ("2027-03-17T09:00", "2027-03-17T10:00"))
DISPLAYED = "(UTC+00.00) Dublin, Edinburgh, Lisbon, London"
RULES = """\
BEGIN:STANDARD
DTSTART:16010101T{autumn}0000
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10;BYHOUR=2;BYMINUTE=0;BYSECOND=0
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T{spring}0000
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
"""
LONDON = RULES.format(autumn="02", spring="01", summer="+0100", winter="+0000")
HOME = RULES.format(autumn="03", spring="02", summer="+0200", winter="+0100")


def zone(name: str, rules: str) -> str:
    return f"BEGIN:VTIMEZONE\nTZID:{name}\n{rules}END:VTIMEZONE\n"


def alarm(line: str) -> str:
    return f"BEGIN:VALARM\nACTION:DISPLAY\n{line}\nEND:VALARM"


def whole(head: str, *entries: str) -> bytes:
    """Return a calendar with more lines at its head."""
    return file(*entries).replace(b"PRODID:", head.replace("\n", "\r\n").encode() + b"\r\nPRODID:", 1)


@dataclass(frozen=True, slots=True)
class Case:
    """A file, when it makes busy from 1 March 2027 on, and the days of it that nobody can tell."""

    raw: bytes
    busy: tuple[tuple[str, str], ...]
    unread: tuple[tuple[str, str], ...] = ()


def one(lines: str, *busy: tuple[str, str], unread: tuple[tuple[str, str], ...] = ()) -> Case:
    return Case(file(entry(lines)), busy, unread)


def with_next(lines: str, *busy: tuple[str, str], unread: tuple[tuple[str, str], ...] = ()) -> Case:
    """Return a case where a good entry stands after the one in question."""
    return Case(file(entry(lines), entry(NEXT, "two")), (*busy, NEXT_IN_UTC), unread)


def days(first: int, last: int) -> tuple[str, str]:
    """Return whole Danish days of March 2027, before the clocks change, as one time."""
    return f"2027-03-{first - 1:02}T23:00", f"2027-03-{last - 1:02}T23:00"


FREE_BUSY = """\
BEGIN:VFREEBUSY
UID:f
DTSTART:20270301T000000Z
DTEND:20270401T000000Z
FREEBUSY:20270303T090000Z/20270303T100000Z,20270310T090000Z/PT1H
FREEBUSY;FBTYPE=FREE:20270311T090000Z/PT1H
{more}END:VFREEBUSY
"""
CASES = {
    # what isn't used can't hurt
    "a trigger in words": with_next(f"{TEN}{alarm('TRIGGER:et kvarter før')}", TEN_IN_UTC),
    "an alarm that says what the entry could": with_next(
        f"{TEN}{alarm('DURATION:-PT5M')}\n{alarm('STATUS:CANCELLED')}\n{alarm('DTSTART:x')}",
        TEN_IN_UTC,
    ),
    "an alarm's line without colon": with_next(f"{TEN}{alarm('TRIGGER-P0DT1H0M0S')}", TEN_IN_UTC),
    "an alarm that never ends": with_next(f"{TEN}BEGIN:VALARM\nACTION:DISPLAY", TEN_IN_UTC),
    "an empty sequence": with_next(f"{TEN}SEQUENCE:", TEN_IN_UTC),
    "a stamp of nothing": with_next(f"{TEN}LAST-MODIFIED:i går\nGEO:;\nPRIORITY:høj", TEN_IN_UTC),
    "an empty scale": Case(whole("CALSCALE:", entry(TEN)), (TEN_IN_UTC,)),
    "a zone of the head that is none": Case(whole("X-WR-TIMEZONE:Romance", entry(TEN)), (TEN_IN_UTC,)),
    "a broken task": Case(file("BEGIN:VTODO\nDUE:snart\nEND:VTODO\n", entry(TEN)), (TEN_IN_UTC,)),
    "a zone without rules that nobody uses": Case(file(zone("X", ""), entry(TEN)), (TEN_IN_UTC,)),
    "words before and after": Case(
        b"Kalender:\r\n" + file(entry(TEN)) + b"Hilsen Line\r\n<!-- 3 ms -->", (TEN_IN_UTC,)
    ),
    "a line that was cut in two": with_next(f"{TEN}DESCRIPTION:Husk\nat tage med", TEN_IN_UTC),
    # unread is never free
    "two of one name": Case(file(entry(TEN), entry(NEXT)), BOTH),
    "two of one name, and which is older": Case(
        file(entry(f"{TEN}SEQUENCE:1"), entry(f"{NEXT}SEQUENCE:2")), BOTH
    ),
    "free and busy time": Case(file(FREE_BUSY.format(more="")), BOTH),
    "free and busy time, one period of nothing": Case(
        file(FREE_BUSY.format(more="FREEBUSY:20270312T09/x\n")), BOTH, (("2027-03-01", "2027-04-01"),)
    ),
    "a day that is none": with_next("DTSTART:20270231T100000", unread=(("", ""),)),
    "no day": with_next("SUMMARY:Noget", unread=(("", ""),)),
    "an hour that is none": with_next("DTSTART:20270303T990000Z", unread=(("2027-03-03", "2027-03-03"),)),
    "an end of nothing": with_next(
        "DTSTART:20270303T090000Z\nDTEND:x", unread=(("2027-03-03", "2027-03-04"),)
    ),
    "a leave with an end of nothing": with_next(
        "DTSTART;VALUE=DATE:20270303\nDTEND;VALUE=DATE:x", unread=(("2027-03-03", ""),)
    ),
    "an end before": with_next(
        f"{romance('20270304T100000', '20270303T110000')}", unread=(("2027-03-03", "2027-03-04"),)
    ),
    "a length below nothing": with_next(
        "DTSTART:20270303T090000Z\nDURATION:-PT1H", unread=(("2027-03-03", "2027-03-03"),)
    ),
    "up to a day of nothing": with_next(
        f"{TEN}RRULE:FREQ=WEEKLY;UNTIL=INVALID DATE;BYDAY=WE", TEN_IN_UTC, unread=(("2027-03-03", ""),)
    ),
    "a step of nothing": with_next(
        f"{TEN}RRULE:FREQ=DAILY;INTERVAL=0", TEN_IN_UTC, unread=(("2027-03-03", ""),)
    ),
    "one that was not ended": Case(
        file(entry(TEN).replace("END:VEVENT\n", ""), entry(NEXT, "two")),
        BOTH,
        (("2027-03-03", "2027-03-03"),),
    ),
    # how often, by the rule
    "once a day to the minute": one(
        f"{TEN}RRULE:FREQ=WEEKLY;COUNT=3;BYHOUR=10;BYMINUTE=0;BYSECOND=0", *WEEKLY
    ),
    "each 168 hours": one(f"{TEN}RRULE:FREQ=HOURLY;INTERVAL=168;COUNT=3", *WEEKLY),
    "the first of three hours": one(f"{TEN}RRULE:FREQ=WEEKLY;COUNT=3;BYHOUR=10,11,12;BYSETPOS=1", *WEEKLY),
    "zones' rules to the minute": Case(
        file(zone("W. Europe Standard Time", HOME), entry(TEN.replace("Romance", "W. Europe"))), (TEN_IN_UTC,)
    ),
    # over, by its end; a day
    "a leave begun long ago": one(
        "DTSTART;VALUE=DATE:20250601\nDTEND;VALUE=DATE:20270305", ("2025-05-31T22:00", "2027-03-04T23:00")
    ),
    "a day that ends as it begins": one("DTSTART;VALUE=DATE:20270303\nDTEND;VALUE=DATE:20270303", days(3, 4)),
    # up to and with the last
    "up to a day": one(f"{TEN}RRULE:FREQ=WEEKLY;UNTIL=20270317", *WEEKLY),
    "up to a time without zone": one(f"{TEN}RRULE:FREQ=WEEKLY;UNTIL=20270317T100000", *WEEKLY),
    "days up to midnight in UTC": one(
        "DTSTART;VALUE=DATE:20270303\nDTEND;VALUE=DATE:20270304\nRRULE:FREQ=DAILY;UNTIL=20270304T230000Z",
        days(3, 4),
        days(4, 5),
        days(5, 6),
    ),
    # what a message is
    "Annulleret": one(f"{TEN}SUMMARY;LANGUAGE=da-DK:Annulleret: Teammøde\nSTATUS:CONFIRMED"),
    "a message that calls off": Case(whole("METHOD:CANCEL", entry(TEN)), ()),
    "an answer": Case(whole("METHOD:REPLY", entry(TEN)), ()),
    # zones
    "a name as it is displayed": Case(
        file(zone(DISPLAYED, LONDON), entry(f"DTSTART;TZID={DISPLAYED}:20270303T090000\nDURATION:PT1H")),
        (TEN_IN_UTC,),
    ),
    "a name as it is displayed, unexplained": one(
        f"DTSTART;TZID=(UTC+01:00) Brussels, Copenhagen, Madrid, Paris:{HOUR}", TEN_IN_UTC
    ),
    "UTC by Microsoft": one("DTSTART;TZID=tzone://Microsoft/Utc:20270303T090000\nDURATION:PT1H", TEN_IN_UTC),
    "a maker's name before it": one(
        f"DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Copenhagen:{HOUR}", TEN_IN_UTC
    ),
    "a zone beside Z": one("DTSTART;TZID=Europe/Copenhagen:20270303T090000Z\nDURATION:PT1H", TEN_IN_UTC),
    "a zone that nobody knows": one(
        f"DTSTART;TZID=Ingen:{HOUR}", TEN_IN_UTC, unread=(("2027-03-03", "2027-03-03"),)
    ),
    "up to the end of the calendar": one(f"{TEN}RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z", TEN_IN_UTC),
    "days up to the end of the calendar": one(
        "DTSTART;VALUE=DATE:20270303\nDTEND;VALUE=DATE:20270305\nRRULE:FREQ=YEARLY;UNTIL=99991231", days(3, 5)
    ),
    # what is left out of a series
    "what a second rule leaves out": one(
        f"{TEN}RRULE:FREQ=WEEKLY;COUNT=4\nEXRULE:FREQ=WEEKLY;INTERVAL=3;COUNT=2", WEEKLY[1], WEEKLY[2]
    ),
    "left out by day": one(
        f"{TEN}RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20270310", WEEKLY[0], WEEKLY[2]
    ),
    "changed by day": Case(
        file(
            entry(f"{TEN}RRULE:FREQ=WEEKLY;COUNT=2"),
            entry(f"RECURRENCE-ID;VALUE=DATE:20270310\n{NEXT.replace('0310T', '0311T')}"),
        ),
        (TEN_IN_UTC, ("2027-03-11T09:00", "2027-03-11T10:00")),
    ),
    "moved out of sight": Case(
        file(
            entry(f"{TEN}RRULE:FREQ=WEEKLY;COUNT=2"),
            entry(f"RECURRENCE-ID:20270310T090000Z\n{NEXT.replace('2027', '2029')}"),
        ),
        (TEN_IN_UTC,),
    ),
    "all later from one on": Case(
        file(
            entry(f"{TEN}RRULE:FREQ=WEEKLY;COUNT=3"),
            entry(f"RECURRENCE-ID;RANGE=THISANDFUTURE:20270310T090000Z\n{NEXT.replace('T1', 'T2')}"),
        ),
        (TEN_IN_UTC, ("2027-03-10T19:00", "2027-03-10T20:00"), ("2027-03-17T19:00", "2027-03-17T20:00")),
    ),
}
