"""Who you are: people, roles, departments, passkeys (adgangsnøgler), invitations, sign-ins, systems' keys.

Tables: municipality, department, person, person_name_word, person_role, login_session, system_token; in
`credentials`: passkey, webauthn_challenge, invitation, door_try.

Decision: a sign-in is a row and the cookie 256 random bits, so that it can be ended at once, everywhere.
Who is signed in is asked of flask-login's `current_user`, and in no other way; `login` loads it from the row.
"""
