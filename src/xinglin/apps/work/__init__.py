"""Work in the background: what takes longer than a page may wait for, with progress, cancel, retry and kept results."""
