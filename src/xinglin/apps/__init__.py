"""The Django site, one app per domain, in layers (see `.importlinter`)."""
