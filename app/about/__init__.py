"""Public pages: accessibility statement, privacy; the machine's alive and ready."""
