"""The one thread between a citizen and their contact person (besked): never plan content.

Tables: message, message_draft, plan_request.

Decision: reading or answering a message never changes who sees it. Whether something in it is taken into the
plan is asked by the contact person (`PlanRequest`) and done by the citizen's yes alone, in `entries`.

Decision: a draft is a row of its own table. No query of the thread reads that table, so that none can show by
a forgotten condition what nobody has sent.

Decision: what a message is about is a kind and an id. The room that owns the thing registers what it is
called and where it stands (`AboutKind`); the thread holds no copy of it.
"""
