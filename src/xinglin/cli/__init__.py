"""The command line: everything the library does, without a database."""

from xinglin.cli.main import main

__all__ = ["main"]
