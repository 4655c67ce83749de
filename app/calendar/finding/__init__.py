"""Finding times that suit everybody: what is known, what fits, in what order, and what stands in the way.

`known` asks the database once, everything after it is pure. Moments are whole seconds since 1970 here: a
sweep over integers costs a third of one over datetimes, and the comparison is in UTC by itself.
"""
