"""The pages of the plan: reading it, and what is done with steps and promises in it."""
