"""Residents as a register of the exchange: template, import with dry run and undoing, export."""
