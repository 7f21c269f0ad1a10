"""Tasks of a place: made from the documents that bind it, read as they are or were, assigned, settled, reported."""

TASK, STOCKTAKING, DIFFERENCE, ISSUE = (
    "task_item",
    "stocktaking",
    "stocktaking_difference",
    "coordination_issue",
)
"""Definitions that this room works with."""
