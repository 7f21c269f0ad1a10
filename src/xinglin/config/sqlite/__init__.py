"""Django's SQLite back end with a queue for writers (``ENGINE = "xinglin.config.sqlite"``)."""
