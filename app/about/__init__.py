"""Public pages: accessibility statement, privacy; whether the app is alive and ready. Owns no tables."""
