"""Events to something that a person or a machine reads. Reporters only listen."""
