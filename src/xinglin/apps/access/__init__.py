"""Who may do what, where: roles and permissions as one table, routes that declare theirs, areas as scopes."""
