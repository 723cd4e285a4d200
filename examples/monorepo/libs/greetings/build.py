"""Lines "language: greeting" as JSON on standard output."""

import json
import sys
from pathlib import Path

lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
print(json.dumps(dict(line.split(": ", 1) for line in lines)))
