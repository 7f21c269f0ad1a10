"""Registers of facilities, of the people who work in them, and of consortia; their history."""
