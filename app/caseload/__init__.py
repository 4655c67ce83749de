"""The contact person's citizens (/borgere) and what awaits an answer (/godkend). Owns no tables.

Decision: an approval is undone within ten minutes, unless somebody has gone on from it (`goals.approvals`):
what is under a goal would hang in the air, and the words of the citizen's own answer to it would be lost.
"""
