"""What leaders (leder) see of their department: what is late, and with whom, never a word. Owns no tables.

Decision: a kind of thing that can be late is a source (`sources`); the list asks all of them in one question.
"""
