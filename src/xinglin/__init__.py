"""Xinglin (杏林): the records of grassroots TCM services, held against the promises made about them."""

__version__ = "0.1.0.dev0"
