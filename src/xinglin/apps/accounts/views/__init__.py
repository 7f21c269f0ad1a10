"""Pages of signing in, of one's own account, of managing accounts, and the table of permissions."""
