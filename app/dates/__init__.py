"""Dates and times: the clock (the only place that asks the time), working days, Danish time of day."""
