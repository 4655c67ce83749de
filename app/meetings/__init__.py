"""A meeting (møde): its tables, its rules, the way to it, and the guard that no two of one person overlap.

Tables: calendar_subject, place, travel, meeting_series, meeting, meeting_option, participant, occupancy.

Decision: overlap is refused by the database on both kinds (`no_overlap`); the rules here only say it sooner.
"""
