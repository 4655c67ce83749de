"""Who may do what (policy), who stands at the door (guard) and who has looked (log)."""
