"""Numbers out of records: facts read out of the database, counted anew, published as vintages."""
