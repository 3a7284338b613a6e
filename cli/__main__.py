"""`python -m cli` is the command `accession`."""

from cli.main import main

main()
