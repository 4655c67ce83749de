"""A municipality's own list of people, as a spreadsheet really exports it: all of it, or nothing.

Bytes become cells (spreadsheet), cells become people (rules, fields), people find those already known
(matching), and only then is anything written (service), in one transaction.

Decision 2026-11-22: the number another system knows a person by is kept as a keyed hash (HMAC-SHA256 with the
app's secret key). CPR digits are never stored, printed or logged. Cost: with a new secret key no number is
recognised, so the list must then be matched by e-mail, phone and name.
"""
