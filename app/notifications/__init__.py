"""What is new for a person (besked om nyt): in-app notices, read on I dag.

Table: notice.

Decision: each room registers what it can tell (`news.py`): the sentences, where they lead, what is gathered.
One more kind is one registration. The registry and a test hold the kinds, no CHECK does.

Decision: a notice holds ids, never words; its sentence is made where it is read, in the reader's language.
"""
