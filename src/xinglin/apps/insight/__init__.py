"""Insight: what a published vintage says of an area, opened down to units and rows, over time."""
