"""A meeting (møde): its tables, its life and rules, the way to it, and the guard against overlap.

Tables: calendar_subject, place, travel, meeting_series, meeting, meeting_option, participant, occupancy.

Decision: overlap is refused by the database on both kinds (`no_overlap`); the rules here only say it sooner.
Decision: `service.transition_meeting` alone writes state, sequence and time, as `life_cycle.NEXT` says.
"""
