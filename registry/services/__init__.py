"""Use cases: each asks for permission, asks the policies, writes, audits and promises. None commits."""
