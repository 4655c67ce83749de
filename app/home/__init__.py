"""I dag, put together from the rooms below. Owns no tables."""
