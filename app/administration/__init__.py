"""/administration: people and roles from-to, invitations, systems' keys, lists of people. Owns no tables.

What the terminal does of this it does by the verbs here too, so that both stand in one list of
what was done (`access.models`).
An administrator sees names, roles and ways in, and nothing of a plan; that a citizen was looked up stands in
the access log.

Decision 2026-12-01: the room stands above the other pages, for it puts lists of people, invitations and their
QR codes together. What ends access is `offboarding`, which the import uses too.
"""
