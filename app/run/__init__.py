"""How the app is started: the server and the worker."""
