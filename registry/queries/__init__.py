"""Reads: what the record says, as frozen values and pages. Nothing here writes."""
