"""Pages of organisations: load, authorise, call one action, answer."""
