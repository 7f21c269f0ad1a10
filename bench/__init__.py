"""Measurements against the limits we promise. Run: python -m bench."""
