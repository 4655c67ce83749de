"""The contact person's citizens (/borgere) and what awaits an answer (/godkend). Owns no tables."""
