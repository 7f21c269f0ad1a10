"""The log: who did or read what, in the transaction of the deed; sealed in a keyed hash chain."""
