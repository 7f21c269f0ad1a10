"""Wellness (治未病): constitution, health management of the elderly and of children, chronic groups, what is due."""
