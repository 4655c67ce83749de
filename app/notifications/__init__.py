"""What is new for a person (besked om nyt): in-app notices, read on I dag.

Table: notice.

Decision: a notice holds ids, never words; its sentence is made where it is read, in the reader's language.
"""
