"""Given these facts, what should happen? Verdicts on images, moves of a takedown case, approvals of a release.

Pure: no database, no network, no clock, no files but the policies that are shipped in `policies/data`. It decides and
explains; it never writes, and it knows nothing of the registry that asks it.
"""
