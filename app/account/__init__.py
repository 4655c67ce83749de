"""One's own sign-in and settings: /log-ind, /log-af, /indstillinger. Above the guard, which they need."""
