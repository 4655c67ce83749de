"""`python -m app` is the `enplan` command."""

import sys

from app.cli import main

sys.exit(main(sys.argv[1:]))
