"""The clinic: queue, encounters, signed records, prescriptions, technique sheets, templates, follow-up."""
