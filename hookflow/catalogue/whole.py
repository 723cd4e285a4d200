"""All commands; apart from the modules that list them, since a run needs but one."""

from hookflow.catalogue import afterwards, running, setting_up

COMMANDS = (*running.COMMANDS, *setting_up.COMMANDS, *afterwards.COMMANDS)
"""In the order of help."""
