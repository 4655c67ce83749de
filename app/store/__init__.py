"""Storing: sessions and commits, column types, prepared reads, idempotency keys, which key and file it is.

Tables: stored_answer (what was answered to an idempotency key), key_fingerprint.

There is one `select`, SQLModel's, and one way to ask in a session, `session.exec(statement, params=...)`: a
select of one thing gives its values, of two to four columns rows to unpack. What differs:

- `query.select_columns`: rows read by their columns' names, more than four columns, or whole tables; SQLModel
  has no types for them. `query.add_columns` adds to such a select, `query.rows_of` takes a union.
- `prepared.PreparedReader.exec` and `prepared.execute_prepared`: what every request asks, of the driver
  itself. They answer as `session.exec`, but know no models: `select_columns(Model)` gives its columns.
- `connection.execute`, SQLAlchemy's own, where no model is met: `session.connection()` for plain SQL, for one
  UPDATE with many rows, and for the search of `scheduling`, which a session would make twice as dear;
  `engine.connect()` for copies and checks of a whole database.
- Migrations say their SQL themselves: the models are of today, the steps of their own day.
"""
