"""The policies that are shipped with Accession: examples to run, to read and to change."""
