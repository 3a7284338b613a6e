"""What do the votes on labels come to? Majorities, workers weighed by how they vote, and how far people agree.

Asks crowd-kit, which is an extra (`accession[votes]`), and refuses where it is not installed.
"""
