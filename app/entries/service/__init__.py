"""What can be done with an entry, one function per verb. Callers own the transaction.

Everything is scoped by the citizen, and the row is locked before it is read: of two who answer at once the
second finds the answer of the first, and is told so (PostgreSQL by FOR UPDATE; SQLite has one writer).
"""
