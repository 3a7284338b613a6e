"""Do these bytes, hashes and signatures agree? Pure: bytes in, verdict out.

This room knows no database, no HTTP, no pixels and no policy, so an auditor can carry it to a laptop without a
network. It refuses to guess: a missing key, an empty list of signatures or an unknown format fails.
"""
