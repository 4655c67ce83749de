"""Access that ends: roles, and with the last of them every way in. Owns no tables.

Decision 2026-12-01: with the last role all ways in are closed at once: sign-ins, passkeys, invitations and
calendar links. Where a role ends on a day to come, its end is what shuts them, and they are closed for good
if the person is ever given a role again: nobody comes back by an old phone.

Decision 2026-12-01: a contact person's role ends only when all their citizens have another. Who they are is
not told to who ends it, who has no business with them: how many they are is.
"""
