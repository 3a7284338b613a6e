"""One handler per job. Each is idempotent: done twice, or begun again after a kill, it ends in the same record."""
