"""One file a command; each is a composition root that wires the edges it needs."""
