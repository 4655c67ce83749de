"""Storing: sessions and commits, column types, prepared reads, idempotency keys, which key and file it is.

Tables: stored_answer (what was answered to an idempotency key), key_fingerprint.

There is one `select`, SQLModel's, and one way to ask in a session, `session.exec(statement, params=...)`: a
select of one thing gives its values, of two to four columns rows to unpack. What differs:

- `query.select_columns`: rows read by their columns' names, more than four columns, or whole tables; SQLModel
  has no types for them. `query.add_columns` adds to such a select, `query.rows_of` takes a union.
- `prepared.PreparedReader.exec`: what pages show, asked of the driver itself. It answers as `session.exec`,
  but knows no models: `query.columns_of(Model)` gives its columns. A function that takes a `Reader` is given
  either, and asks `.exec`. It asks by `prepared.execute_prepared` where a verb that holds a lock calls it:
  then its questions go to the driver as well, in the session's own transaction.
- `insert.commit_missing`, by `prepared.insert_rows`: the rows of the access log, and nothing else.
- `connection.execute`, SQLAlchemy's own, where no model is met: `session.connection()` for plain SQL and for
  one UPDATE with many rows; `engine.connect()` for copies and checks of a whole database.
- Migrations say their SQL themselves: the models are of today, the steps of their own day.
"""
