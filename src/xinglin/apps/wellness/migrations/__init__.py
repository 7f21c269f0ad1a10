"""Migrations of the wellness app."""
