"""Questions that are put to git by more than one, so that an answer that is there already can be had by both."""

# The index: tag, mode, object id, stage and name of each entry.
INDEX = ("ls-files", "-s", "-v", "-z")
# Files that git neither tracks nor ignores.
UNTRACKED = ("ls-files", "--others", "--exclude-standard", "-z")
# Tracked files that are not as the index has them: for this, git looks at each of them. To be asked for contents.
UNSTAGED = (
    *("diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
)
