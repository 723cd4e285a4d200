"""Files beside a project that say which versions of its tools are installed, by their names."""

_LOCKS = frozenset(
    {
        *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"),
        *("package-lock.json", "pnpm-lock.yaml", "yarn.lock"),
    }
)


def is_lock(name: str) -> bool:
    """Whether a file of that name says which versions of tools are installed."""
    return name in _LOCKS or (name.startswith("requirements") and name.endswith(".txt"))
