"""Reads one calendar file and writes what it holds as JSON; ical_reader.py runs it as a process with limits.

Nothing of the app is imported: a file that takes too much takes this process with it and nothing else.
`ical_lines` finds the entries and passes over all that isn't used, `ical_zones` and `ical_times` say when
something is, `ical_series` what repeats, `ical_words` what it says; `ical_entries` is what becomes of each.
"""
