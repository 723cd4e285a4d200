"""``hookflow validate``: is the configuration right?"""

from hookflow.commands import preparation
from hookflow.commands.options import Place
from hookflow.core import display


def validate(place: Place) -> int:
    """Say what the configuration holds; a wrong one raises."""
    project = preparation.open_project(place)
    stages = dict.fromkeys(stage for step in project.config.steps for stage in step.stages)
    members = f" of {display.count(len(project.config.members), 'project')}" if project.config.members else ""
    print(f"{project.file}: {display.count(len(project.config.steps), 'step')}{members} in {', '.join(stages)}")
    return 0
