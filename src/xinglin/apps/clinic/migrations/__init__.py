"""Migrations of clinic."""
