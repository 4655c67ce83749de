"""Upkeep: a safe copy of everything, the way back from it, and whether all is as promised. Owns no tables."""
