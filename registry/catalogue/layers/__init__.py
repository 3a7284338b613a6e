"""What is said about images beside their bytes: labels, boxes, votes, defects, rights.

A layer is a list of rows about the images of a variant, in one order, with a digest of its own; it comes in versions
and never changes. This room reads and writes them; who imported which one is the database's to know.
"""
