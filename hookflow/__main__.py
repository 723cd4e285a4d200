"""``python -m hookflow``."""

import sys

from hookflow.start import main

if __name__ == "__main__":
    sys.exit(main())
