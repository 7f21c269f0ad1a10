"""Records on the site: what `xinglin.records` defines is kept, moved, listed, counted and reported here."""
