"""hookflow runs a project's checks as a dependency graph.

The map of the house; imports go downwards only:

- ``cli``: arguments to options, exceptions to exit codes; the one place for both.
- ``commands``: one file a command; each wires the edges that it needs.
- ``runner``: drives a schedule in one nursery and emits events.
- ``reporters``: events to something that a person or a machine reads.
- ``adapters``: the edges; each hides one outside thing (git, TOML, processes, files, locks).
- ``core``: pure decisions: configuration, graph, selection, schedule. No I/O, no clock.
"""

__version__ = "0.1.0"
