"""`python -m app` is the `enplan` command."""

import sys

try:
    from app.cli import main

    status = main(sys.argv[1:])
except KeyboardInterrupt:  # Ctrl+C while the house is still being opened
    status = 130
sys.exit(status)
