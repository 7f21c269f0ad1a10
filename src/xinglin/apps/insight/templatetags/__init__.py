"""Tags and filters of the insight pages."""
