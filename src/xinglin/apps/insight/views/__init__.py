"""Pages of insight, one module each."""
