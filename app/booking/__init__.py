"""Booking, and all that changes when a meeting is, who is in it and where: nothing else writes occupancy.

Each verb works in the caller's transaction: it locks everybody concerned, looks under the lock, writes all or
nothing, and notifies. Run it by `book.with_alternatives` or `book.change_with_alternatives` (or
`Database.retrying`), which try again when the database asks for that.

Tables: meeting_task, meeting_reminder, queued_proposal.
"""
