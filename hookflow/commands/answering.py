"""A run answered from memory, and a run whose answer is kept: between `answer` and the rest of the commands."""

import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack

from hookflow.adapters import files, runs
from hookflow.adapters.contents import Contents
from hookflow.adapters.witness import Spec, Status
from hookflow.commands import answer
from hookflow.commands.answer import Answer, Question, Row
from hookflow.commands.options import Place, Reporting, Selection
from hookflow.commands.preparation import Prepared
from hookflow.core import scopes
from hookflow.core.environment import Surroundings, step_environment
from hookflow.core.porcelain import text
from hookflow.core.scopes import Scope
