"""The API: what the pages show and the writes that pages do, for programs, by tokens (ADR 0020)."""
