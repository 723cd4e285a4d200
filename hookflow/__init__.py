"""hookflow runs a project's checks as a dependency graph.

The map of the house; imports go downwards only:

- ``start``: where the program starts. ``answers`` and ``answered``: the same run on the same content, answered before
  the rest is imported.
- ``cli``: a command line carried out, exceptions to exit codes; the one place for that.
- ``plain_words``: the command lines that most people write, read without a parser. ``arguments``: the parser of all,
  made from the ``catalogue`` of commands; ``choices`` are the options that some share.
- ``commands``: one file a command; each wires the edges that it needs.
- ``runner``: drives a schedule in one nursery and emits events; ``head_start`` starts the first steps before trio is
  there, ``short_steps`` runs those that end at once without it. What all of them need of the outside is in ``outside``.
- ``reporters``: events to something that a person or a machine reads.
- ``adapters``: the edges; each hides one outside thing (git, TOML, processes, files, locks).
- ``core``: pure decisions: configuration, graph, selection, schedule. No I/O, no clock.
"""

__version__ = "0.1.0"
