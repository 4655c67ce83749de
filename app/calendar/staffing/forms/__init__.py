"""What the pages of those who help are sent. No field takes a time of day: times are shown, then chosen."""

from app.calendar.staffing.forms.about import CHANNELS, ELSEWHERE, AboutMeeting, MeetingForm, choices_of
from app.calendar.staffing.forms.asked import (
    ASK,
    LENGTHS,
    MOVE,
    NO,
    SAID_YES,
    YES,
    CancelForm,
    EditForm,
    EndForm,
    NeedForm,
    NewTimesForm,
    SaidForm,
)

__all__ = [
    "ASK",
    "CHANNELS",
    "ELSEWHERE",
    "LENGTHS",
    "MOVE",
    "NO",
    "SAID_YES",
    "YES",
    "AboutMeeting",
    "CancelForm",
    "EditForm",
    "EndForm",
    "MeetingForm",
    "NeedForm",
    "NewTimesForm",
    "SaidForm",
    "choices_of",
]
