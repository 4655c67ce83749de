"""Retention (opbevaring): what is kept how long, and what never goes.

Table: retention_mark (how far each rule has come).

`tables` says it of every table, in one place: a rule with a period from the municipality's TOML, or kept,
with the reason; a table that is not named there turns a test red. `purge` deletes, and nothing else in the
house deletes because time has passed.

Decisions. The log of who has seen whom goes from its oldest end alone, so that what is left is always all of
it since a moment; that moment, and how many rows went, stand in `RetentionMark`, written with each deletion.
Were the rows chained one day, the mark is where the link to the first that is left belongs. What a citizen
wrote, what belongs to a plan or a meeting, and what somebody still has to settle is kept for good here: it
may be deleted by the law on archives alone, and then by people.
"""
