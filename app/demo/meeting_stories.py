"""The demo's meetings, and the days they fall on when the demo starts at a given moment."""

from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from app.dates.local_time import DANISH_TIME, danish_day
from app.dates.workdays import WorkingCalendar, holiday_name
from app.demo.story import StoryMeeting
from app.meetings.rules import Channel, Reply, Slot

EVERY_DAY = frozenset({Channel.PHONE, Channel.HOME})  # in weekends too; the town hall is closed then
EARLIEST, LATEST = time(10), time(22, 30)
NOTICE = timedelta(minutes=30)

MEETINGS = (
    StoryMeeting(
        key="anna-i-dag",
        citizen="anna",
        day=0,
        at=None,
        minutes=30,
        channel=Channel.PHONE,
        purpose="Snak om din bolig",
        why="Line vil høre, om du har fundet brevet fra udlejeren.",
        people=("line",),
    ),
    StoryMeeting(
        key="anna-hjemme",
        citizen="anna",
        day=1,
        at="13:00",
        minutes=60,
        channel=Channel.HOME,
        purpose="Se på boliger sammen",
        why="Thea kommer hjem til dig. I ser, hvad der er ledigt.",
        bring="Dit nummer fra boligforeningen",
        people=("thea",),
        reply=Reply.COMING,
    ),
    StoryMeeting(
        key="anna-snak",
        citizen="anna",
        day=4,
        at="15:30",
        minutes=20,
        channel=Channel.PHONE,
        purpose="Snak om weekenderne med Maja",
        why="Ali vil høre, hvad du håber på, før han taler med Majas far.",
        people=("ali",),
        reply=Reply.COMING,
    ),
    StoryMeeting(
        key="anna-praktik",
        citizen="anna",
        day=6,
        at="10:30",
        minutes=45,
        channel=Channel.IN_PERSON,
        purpose="Møde om praktik i et gartneri",
        why="I vælger et sted, og I aftaler, hvornår du kan begynde.",
        bring="Listen med de tre gartnerier",
        room="raadhus-2",
        people=("jonas", "line"),
        duty=True,
    ),
    StoryMeeting(
        key="anna-sara",
        citizen="anna",
        day=7,
        at="11:00",
        minutes=20,
        channel=Channel.PHONE,
        purpose="Sådan går det med søvnen",
        people=("sara",),
        reply=Reply.COMING,
    ),
    StoryMeeting(
        key="anna-video",
        citizen="anna",
        day=9,
        at="14:00",
        minutes=30,
        channel=Channel.VIDEO,
        purpose="Tal om de dårlige nætter",
        why="Du har bedt om at tale om det, før du svarer på målet.",
        people=("sara",),
        agreed=False,
    ),
    StoryMeeting(
        key="anna-maja",
        citizen="anna",
        day=13,
        at="12:00",
        minutes=60,
        channel=Channel.IN_PERSON,
        purpose="Weekender med Maja",
        why="Når Ali har talt med Majas far, skal I finde datoer.",
        room="raadhus-2",
        people=("ali",),
        agreed=False,
        reply=Reply.OTHER_TIME,
    ),
    StoryMeeting(
        key="anna-alle",
        citizen="anna",
        day=29,
        at="13:00",
        minutes=90,
        channel=Channel.IN_PERSON,
        purpose="Vi ser på hele planen sammen",
        why="Alle, der hjælper dig, er med. Du bestemmer, hvad I taler om.",
        bring="En, du er tryg ved, hvis du har lyst",
        room="raadhus-2",
        people=("line", "jonas", "sara", "thea", "ali"),
        reply=Reply.CALL_ME,
    ),
    StoryMeeting(
        key="anna-foer",
        citizen="anna",
        day=-8,
        at="11:00",
        minutes=45,
        channel=Channel.IN_PERSON,
        purpose="Samtale om din plan",
        room="raadhus-2",
        people=("line",),
        reply=Reply.COMING,
    ),
    StoryMeeting(
        key="karim-tolk",
        citizen="karim",
        day=1,
        at="10:00",
        minutes=60,
        channel=Channel.IN_PERSON,
        purpose="Møde om job i et køkken",
        room="raadhus-2",
        people=("jonas", "line"),
        interpreter=True,
    ),
    StoryMeeting(
        key="karim-sara",
        citizen="karim",
        day=8,
        at="09:00",
        minutes=45,
        channel=Channel.IN_PERSON,
        purpose="Øvelser til din ryg",
        room="sundhed-1",
        people=("sara",),
        interpreter=True,
        agreed=False,
    ),
    StoryMeeting(
        key="bent-i-dag",
        citizen="bent",
        day=0,
        at="09:00",
        minutes=60,
        channel=Channel.HOME,
        purpose="Brevene i den røde kasse",
        people=("thea",),
        reply=Reply.COMING,
    ),
    StoryMeeting(
        key="bent-foer",
        citizen="bent",
        day=-4,
        at="09:00",
        minutes=60,
        channel=Channel.HOME,
        purpose="Brevene i den røde kasse",
        people=("thea", "line"),
        reply=Reply.COMING,
    ),
    StoryMeeting(
        key="bent-naeste",
        citizen="bent",
        day=3,
        at="09:00",
        minutes=60,
        channel=Channel.HOME,
        purpose="Breve og indkøb",
        people=("thea",),
    ),
    StoryMeeting(
        key="emil-ali",
        citizen="emil",
        day=2,
        at="15:00",
        minutes=45,
        channel=Channel.VIDEO,
        link="https://video.solbjerg.example/moede/hvor-mange-dage",
        purpose="Hvor mange dage i skole?",
        why="Du er uenig i målet. Vi finder et, der passer til dig.",
        people=("ali", "omar"),
        reply=Reply.COMING,
    ),
    StoryMeeting(
        key="signe-hjemme",
        citizen="signe",
        day=2,
        at="10:30",
        minutes=60,
        channel=Channel.HOME,
        purpose="Den første tur sammen",
        people=("thea",),
        reply=Reply.COMING,
    ),
    StoryMeeting(  # at a hidden place: her own pages say "En aftale", and when
        key="signe-birkehuset",
        citizen="signe",
        day=6,
        at="13:00",
        minutes=60,
        channel=Channel.IN_PERSON,
        purpose="Hvordan det går med at bo på Birkehuset",
        why="Vi taler om, hvad du har brug for, mens du bor her.",
        people=("thea",),
        room="birkehuset-1",
    ),
    StoryMeeting(
        key="signe-omar",
        citizen="signe",
        day=10,
        at="11:00",
        minutes=30,
        channel=Channel.PHONE,
        purpose="Sådan går det",
        people=("omar",),
        agreed=False,
    ),
)


def meeting_id(key: str) -> UUID:
    """Return the id a demo meeting always has, so that addresses survive a reset."""
    return uuid5(NAMESPACE_URL, f"enplan:demo:meeting:{key}")


def plan_meetings(now: datetime, workdays: WorkingCalendar) -> dict[UUID, Slot]:
    """Return when each meeting is if the demo starts at `now`: never on a public holiday, never two at once.

    One that can't stand on its day moves on to the next day that is free (one that is over: the day before).
    """
    today, taken = danish_day(now), list[tuple[StoryMeeting, Slot]]()
    for one in MEETINGS:
        slot = free_slot(one, today + timedelta(one.day), now, workdays)
        while any(slot.overlaps(other) and share_people(one, who) for who, other in taken):
            slot = free_slot(one, danish_day(slot.start) + _onward(one), now, workdays)
        taken.append((one, slot))
    return {meeting_id(one.key): slot for one, slot in taken}


def share_people(one: StoryMeeting, other: StoryMeeting) -> bool:
    """Say whether somebody would have to be in both, or both in one room; all share the interpreter."""
    both = {one.citizen, *one.people} & {other.citizen, *other.people}
    same_room = one.room is not None and one.room == other.room
    return bool(both) or same_room or (one.interpreter and other.interpreter)


def free_slot(one: StoryMeeting, day: date, now: datetime, workdays: WorkingCalendar) -> Slot:
    while not is_open(day, one.channel, workdays):
        day += _onward(one)
    if one.at is not None:
        at = time.fromisoformat(one.at)
    else:
        at = _later_today(now) if day == danish_day(now) else EARLIEST
    start = datetime.combine(day, at, DANISH_TIME)
    return Slot(start, start + timedelta(minutes=one.minutes))


def is_open(day: date, channel: Channel, workdays: WorkingCalendar) -> bool:
    """Say whether a meeting by `channel` may be on `day`: calls and home visits are on most days."""
    if channel in EVERY_DAY:
        return holiday_name(day) is None
    return workdays.is_working_day(day)


def _onward(one: StoryMeeting) -> timedelta:
    return timedelta(days=-1 if one.day < 0 else 1)


def _later_today(now: datetime) -> time:
    """Return the next half hour that leaves time to get ready, by day and evening."""
    wall = (now + NOTICE).astimezone(DANISH_TIME)
    minutes = wall.hour * 60 + wall.minute + bool(wall.second or wall.microsecond)
    half_hours = -(-minutes // 30)
    passed_midnight = wall.date() != danish_day(now)
    at = LATEST if passed_midnight or half_hours >= 2 * 24 else time(half_hours // 2, half_hours % 2 * 30)
    return min(max(at, EARLIEST), LATEST)
