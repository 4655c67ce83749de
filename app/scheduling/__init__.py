"""Finding times (ledige tider) that suit everybody: what fits, in what order, and what stands in the way.

Owns no tables. Only `queries` and `service` know the database; the search itself is pure.
"""
