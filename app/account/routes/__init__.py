"""The doors of one's own sign-in and settings: /log-ind, /log-af, /invitation, /indstillinger."""
