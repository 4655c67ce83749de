"""Meetings (møder) that never clash; occupancy (optaget tid) carries the guard."""
