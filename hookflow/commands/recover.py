"""``hookflow recover``: put back what an interrupted run left hidden."""

from hookflow.adapters import runs
from hookflow.adapters.leftovers import leftovers
from hookflow.adapters.repository import Repository
from hookflow.commands import tree
from hookflow.commands.options import Place


def recover(place: Place) -> int:
    """Put it back, and say what; works without a configuration.

    Raises:
        BrokenEnvironmentError: It cannot be put back.
    """
    repository = Repository(place.directory)
    if not leftovers(repository.git_dir):
        print("nothing is hidden: no run was interrupted here")
        return 0
    with tree.Tree(repository, runs.new_id()).held():
        return 0
