"""The calendar's tables: meetings and the time they take, wishes, what is talked and agreed, feeds."""

from app.calendar.models.feeds import BusySource, BusyTime, CalendarFeed
from app.calendar.models.meetings import (
    CalendarSubject,
    Meeting,
    MeetingOption,
    MeetingSeries,
    Occupancy,
    Participant,
    Place,
    Travel,
)
from app.calendar.models.talk import MeetingAgreement, MeetingMinutes, MeetingReminder, MeetingTask
from app.calendar.models.wishes import CalendarLimits, CalendarWish

__all__ = [
    "BusySource",
    "BusyTime",
    "CalendarFeed",
    "CalendarLimits",
    "CalendarSubject",
    "CalendarWish",
    "Meeting",
    "MeetingAgreement",
    "MeetingMinutes",
    "MeetingOption",
    "MeetingReminder",
    "MeetingSeries",
    "MeetingTask",
    "Occupancy",
    "Participant",
    "Place",
    "Travel",
]
