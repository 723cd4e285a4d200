"""The edges, independent of one another; each module names the outside thing that it hides."""
