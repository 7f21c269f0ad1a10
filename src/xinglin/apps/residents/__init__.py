"""Residents: who they are, where they are known, what they are allergic to and have agreed to."""
