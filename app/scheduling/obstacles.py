"""What stands in the way of one time that was agreed elsewhere, each thing by name. Pure.

A meeting, an absence and the way there can't be passed: the database would refuse it, or somebody would not
come. What the citizen has said of herself gives way to her own yes, and somebody's own calendar to whoever
knows better: what stands in it may be this very meeting.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from app.availability.rules import wish_spans
from app.dates.local_time import DANISH_TIME, danish_day, span_edge
from app.meetings.rules import Channel, Slot
from app.meetings.travel import PROFESSIONAL_LEAD
from app.scheduling.candidates import CLOSES, OPENS
from app.scheduling.fit import SearchRules, TimeSearch, fitting_times
from app.scheduling.intervals import is_span_free, merge_spans
from app.scheduling.rules import ExactTime, FoundObstacle, TimeCheck, TimeObstacle

TakenBy = Mapping[TimeObstacle, Collection[UUID]]  # who is taken at the time, by what takes them
IMPASSABLE = (TimeObstacle.MEETING, TimeObstacle.AWAY)
TAKES = (*IMPASSABLE, TimeObstacle.OWN_CALENDAR)
ANY_DAY = SearchRules(limits=False, notice=False)


def check_time(search: TimeSearch, exact: ExactTime, taken: TakenBy) -> TimeCheck:
    """Return what is known of a search's exact time."""
    slot = exact.slot
    interpreters = [who for who in search.inputs.interpreters if _is_free(search, who, slot)]
    found = [
        *_of_those_who_help(search, slot, taken),
        *_of_the_citizen(search, slot, said_yes=exact.said_yes),
        *_of_the_day(search, slot, asked=exact.is_asked),
    ]
    if search.inputs.interpreters and not interpreters:
        found.append(FoundObstacle(TimeObstacle.NO_INTERPRETER, passable=False))
    chosen = search.search_request.interpreter_id or next(iter(interpreters), None)
    uncertain = tuple(one for one in search.inputs.uncertain if one.holds_on(danish_day(slot.start)))
    return TimeCheck(tuple(found), search.inputs.names, uncertain, chosen)


def _of_those_who_help(search: TimeSearch, slot: Slot, taken: TakenBy) -> Iterator[FoundObstacle]:
    """Yield who and what is taken, in the order they are asked in; each once, by what can't be passed."""
    asked = search.search_request
    for who in (*asked.with_ids, asked.room_id, asked.interpreter_id):
        kind = next((kind for kind in TAKES if who in taken.get(kind, ())), None)
        if who and kind:
            yield FoundObstacle(kind, kind not in IMPASSABLE, who)
        elif who in asked.with_ids and asked.channel is Channel.HOME:
            drive = Slot(slot.start - PROFESSIONAL_LEAD, slot.start)
            if not _is_free(search, who, drive):
                yield FoundObstacle(TimeObstacle.NO_TIME_TO_DRIVE, False, who)


def _of_the_citizen(search: TimeSearch, slot: Slot, *, said_yes: bool) -> Iterator[FoundObstacle]:
    alone = replace(search.search_request, with_ids=(), interpreter_id=None, room_id=None)
    unwished = replace(search.inputs, wishes=[], interpreters=())
    citizens = replace(search, search_request=alone, inputs=unwished)
    start, end = int(slot.start.timestamp()), int(slot.end.timestamp())
    if not fitting_times(citizens, ANY_DAY):
        taken = not is_span_free(merge_spans((one.start, one.end) for one in search.sits), start, end)
        yield FoundObstacle(TimeObstacle.CITIZEN_MEETING if taken else TimeObstacle.CITIZEN_TRAVEL, False)
    elif not fitting_times(citizens, replace(ANY_DAY, limits=True)):
        yield FoundObstacle(TimeObstacle.CITIZEN_FULL, said_yes)
    cannot = wish_spans(search.inputs.wishes, search.first, search.last)
    if any(Slot(*span).overlaps(slot) for span in cannot):
        yield FoundObstacle(TimeObstacle.CITIZEN_CANNOT, said_yes)


def _of_the_day(search: TimeSearch, slot: Slot, *, asked: bool) -> Iterator[FoundObstacle]:
    """Yield what is to be known of the day and the hour; `asked`: the citizen has yet to answer."""
    day = danish_day(slot.start)
    if asked and day == danish_day(search.now):
        yield FoundObstacle(TimeObstacle.TODAY, False)
    elif asked and day < search.first_noticed:
        yield FoundObstacle(TimeObstacle.SHORT_NOTICE, True)
    if not search.workdays.is_working_day(day):
        yield FoundObstacle(TimeObstacle.CLOSED_DAY, True)
    elif slot.start.astimezone(DANISH_TIME).time() < OPENS or slot.end > span_edge(day, CLOSES):
        yield FoundObstacle(TimeObstacle.ODD_HOURS, True)


def _is_free(search: TimeSearch, who: UUID, slot: Slot) -> bool:
    spans = merge_spans(search.inputs.taken.get(who, ()))
    return is_span_free(spans, int(slot.start.timestamp()), int(slot.end.timestamp()))
