"""The installation as a whole: creating it, checking it, serving it, backing it up and bringing it back."""
