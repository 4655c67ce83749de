"""A municipality's own list of people, as a spreadsheet really exports it: all of it, or nothing.

Bytes become cells (spreadsheet), cells become people (rules, fields), people find those already known
(linkage by matching and similarity; their contact persons by contacts), and only then is anything written
(service), in one transaction.

Decision 2026-11-29: who somebody is, is never guessed. A number decides; without one, birth date, phone and
e-mail must agree or be told by one side only, and what agrees in part is refused. Cost: a list without
numbers can't tell a new phone, so its line is refused until the person has a number. A number that nothing
else on the line bears out is refused too: two systems may use the same one for two people.

Decision 2026-11-22: the number another system knows a person by is kept as a keyed hash (HMAC-SHA256 with the
app's secret key). CPR digits are never stored, printed or logged. Cost: with a new secret key no number is
recognised, so the list must then be matched by e-mail, phone and name.
"""
