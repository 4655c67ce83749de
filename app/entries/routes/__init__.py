"""/skriv, and the question whether something in a message may stand in the plan: the citizen's own only."""
