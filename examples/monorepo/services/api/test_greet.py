"""Greetings in each language."""

import unittest

from greet import greet


class Greetings(unittest.TestCase):
    """What people read."""

    def test_languages(self) -> None:
        """The default, and another one."""
        self.assertEqual(greet("Ada"), "Hello, Ada!")
        self.assertEqual(greet("Ada", "de"), "Hallo, Ada!")
