"""Pages of wellness."""
