"""What a citizen writes, and its life: kladde, delt, lad os tale om det, med i planen.

Tables: entry, entry_version, entry_event.

Decision: a dream (drøm) is an entry of kind `dream` and no table of its own: words, versions and life cycle
are the same; goals and steps add a row for what only they have.

Decision: an approval that is undone leaves both events in the history, and who read the words meanwhile in
the access log; nothing is rewritten but that it stands in the plan.
"""
