"""`python -m concorda` is the `concorda` command."""

import sys

from concorda.cli import main

sys.exit(main())
