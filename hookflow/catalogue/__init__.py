"""Every command: its name, what it is for, examples, its arguments, and the call of it.

A command is added in one of these modules, by one decorated function; its arguments, if it has any, stand above
it. Each is imported when it is called: start-up is a feature.
"""
