"""Questions that are put to git in more than one place, so that an answer that is there already can be had by each."""

import os

TYPE_CHECKING = False  # to import `typing` for it would take longer than all the rest
if TYPE_CHECKING:
    from collections.abc import Mapping

# No monitor is asked, and names are printed as they are.
QUIET = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
READING = {"GIT_OPTIONAL_LOCKS": "0"}  # no lock on the index, no refreshed copy of it
# Its many threads would keep us from working meanwhile.
IN_TURN = ("-c", "core.preloadIndex=false")

# Where the work tree, its own git directory, the shared one and the hooks are.
PLACES = (
    *("rev-parse", "--path-format=absolute", "--show-toplevel", "--git-dir", "--git-common-dir"),
    *("--git-path", "hooks"),
)
# Names and kinds of change; of a rename both names count, so it is a deletion and an addition. A submodule
# counts when another commit of it is recorded; what is dirty inside it is its own business.
NAMES = ("--name-status", "-z", "--no-renames", "--ignore-submodules=dirty")
# What is staged, against a commit that is named after it.
STAGED = ("diff-index", "--cached", "--ita-invisible-in-index", *NAMES)
# Where each setting comes from, its name and its value.
CONFIGURATION = ("config", "-z", "--list", "--show-origin")
# The index: tag, mode, object id, stage and name of each entry.
INDEX = ("ls-files", "-s", "-v", "-z")
# Files that git neither tracks nor ignores.
UNTRACKED = ("ls-files", "--others", "--exclude-standard", "-z")
# Tracked files that are not as the index has them: for this, git looks at each of them. To be asked for contents.
UNSTAGED = (
    *("diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
)
# What git says is in English, as GitPython has it; pathspecs of ours mean what they say (git(1)).
_PATHSPECS = ("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")
_OURS = {"LANGUAGE": "C", "LC_ALL": "C", **dict.fromkeys(_PATHSPECS, "0")}


def commit(revision: str) -> tuple[str, ...]:
    """Which commit a revision names."""
    return ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")


def environment(more: "Mapping[str, str]") -> dict[str, str]:
    """All variables of a git of ours: those of the process, ours, and more."""
    return {**os.environ, **_OURS, **more}
