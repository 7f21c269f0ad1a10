"""Forms of organisations, and the bars that narrow lists down."""
