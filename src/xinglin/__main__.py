"""``python -m xinglin`` is the command ``xinglin``."""

from xinglin.cli import main

if __name__ == "__main__":
    main()
