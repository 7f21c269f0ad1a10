"""How the site is put together: home folder, settings, addresses, server entry point."""
