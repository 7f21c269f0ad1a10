"""Ids, encryption and keyed hashes: how the site protects what it stores. No tables of its own."""
