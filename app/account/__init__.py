"""One's own sign-in and settings: /log-ind, /log-af, /indstillinger. They need the guard, so stand above it."""
