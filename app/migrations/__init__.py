"""The database's steps from nothing to now, and the check that it is as promised.

Alembic runs from code (no ini file), so that `migrate`, the demo and the tests take the same way.
It is imported when it is used: it costs 200 ms at start.
"""
