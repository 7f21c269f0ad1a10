"""Import and export, written once for every register: templates, dry run, row report, undo, round trip."""
