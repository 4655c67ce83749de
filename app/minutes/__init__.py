"""What was agreed at a meeting ("det aftalte vi"): a draft for its author, then shared with the citizen.

Agreements stand in it as lines. Each can become a step or a promise in the plan: that is `caseload`'s, which
knows both. Callers own the transaction.

Tables: meeting_minutes, meeting_agreement.
"""
