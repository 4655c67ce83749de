"""Who you are: people, roles, departments, sessions, settings, machine tokens."""
