"""Greets in a language."""

import json
from pathlib import Path

GREETINGS = Path(__file__).parents[2] / "libs" / "greetings" / "dist" / "greetings.json"


def greet(name: str, language: str = "en") -> str:
    """A greeting for somebody."""
    return f"{json.loads(GREETINGS.read_text(encoding='utf-8'))[language]}, {name}!"
