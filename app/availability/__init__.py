"""When people can and would rather (det passer mig): wishes, limits, languages, busy time.

Tables: calendar_wish, calendar_limits, busy_source, busy_time.

Decision: a citizen is asked one question a page, and nobody is asked why; why a time is wished for is read by
the citizen alone.
"""
