"""Measurements of hookflow that can be repeated: ``python -m benchmarks`` from the project's root."""
