"""Who may do what (policy), who stands in front of every route (guard), and who has looked (adgangslog).

Tables: access_log_entry, access_log_list (who stood on a list that was shown), administration_act (what
an administrator did).

Decisions: the log row is committed before anything of a citizen is shown to somebody else, once for each
sign-in and kind of page; a list of citizens is one row (docs/adr/0038).
"""
