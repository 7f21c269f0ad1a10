"""Every write: allowed, checked, saved, written down, in one transaction."""
