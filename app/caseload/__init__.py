"""The contact person's citizens (/borgere) and what awaits an answer (/godkend)."""
