"""The demo municipality (Solbjerg Kommune), its people, its stories and its one-tap sign-in. Owns no tables.

Decision: stories are laid by the same verbs as everywhere else, at earlier times, so that no row is one the
app could not have made.
"""
