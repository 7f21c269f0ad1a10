"""Accounts: who signs in, what they are granted, and how they prove who they are."""
