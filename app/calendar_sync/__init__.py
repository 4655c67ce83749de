"""iCalendar (RFC 5545) in and out: feeds for phones, professionals' own calendars, import of meetings.

Table: calendar_feed.

Decision: a file from elsewhere is read in a process of its own, with limits on time and memory.
"""
