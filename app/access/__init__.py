"""Who may do what (policy), who stands in front of every route (guard), and who has looked (adgangslog).

Table: access_log_entry.

Decision: the log row is committed before anything of a citizen is shown to somebody else.
"""
