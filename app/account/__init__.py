"""One's own sign-in and settings: /log-ind, /log-af, /indstillinger, /invitation. Owns no tables.

Decision: it stands above the guard, which its pages need, and not in `identity`, which the guard needs.
"""
