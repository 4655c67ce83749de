"""I dag, put together from the rooms below."""
